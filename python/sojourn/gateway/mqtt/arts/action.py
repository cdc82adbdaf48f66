"""What the centre wants done, and what it is told of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.record import Module, Record
    from sojourn.model.record import AtomSpec


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish, QoS 0, not retained."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Listen:
    """Subscribe to a topic from now on."""

    topic: str


@dataclass(frozen=True, slots=True)
class Unlisten:
    """Do not any more."""

    topic: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a record, in place of that of its key; before anything that follows it."""

    record: Record


@dataclass(frozen=True, slots=True)
class Drop:
    """Let a record go."""

    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Place:
    """Ask where something should be; the answer is `Placed`. One after the other, changes told before each."""

    number: int
    name: str
    spec: AtomSpec


@dataclass(frozen=True, slots=True)
class Start:
    """Start a module at a node of this realm; the answer is `Started`."""

    number: int
    module: Module
    node: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop an atom for good; the answer is `Done`."""

    number: int
    atom: str


@dataclass(frozen=True, slots=True)
class Move:
    """Move an atom; the answer is `Done`, when it is there."""

    number: int
    atom: str
    node: str


@dataclass(frozen=True, slots=True)
class Channel:
    """Give an atom what came for one of its channel files."""

    atom: str
    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Input:
    """Give an atom what came for its standard input."""

    atom: str
    data: bytes


Action = Publish | Listen | Unlisten | Keep | Drop | Place | Start | Stop | Move | Channel | Input


@dataclass(frozen=True, slots=True)
class Placed:
    """Where something should be.

    Attributes:
        number: Of the question.
        node: The node's name; None: nowhere.
        why: Why there, or why nowhere.
    """

    number: int
    node: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A module runs as an atom."""

    number: int
    atom: str
    node: str


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not, and why."""

    number: int
    why: str


Outcome = Placed | Started | Done | Failed


@dataclass(frozen=True, slots=True)
class Changes:
    """What the realm has to be told.

    Attributes:
        nodes: Runtimes that are new or have changed.
        atoms: Modules at runtimes, the same.
        gone_nodes: Names of nodes that are gone.
        gone_atoms: Names of atoms that are gone.
    """

    nodes: tuple[str, ...] = ()
    atoms: tuple[str, ...] = ()
    gone_nodes: tuple[str, ...] = ()
    gone_atoms: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there are some."""
        return bool(self.nodes or self.atoms or self.gone_nodes or self.gone_atoms)
