"""What the controller hears, and what it decides: `Controller.handle(event, now) -> Decision`.

Nothing here reads a clock, a network or a disk. The runner (`app`) brings events, keeps `writes` in the store, and only
then carries out `commands`; it answers each command by `Settled`.
"""

from __future__ import annotations

import msgspec

from sojourn.model.fleet import NodeFacts, NodeReport  # noqa: TC001 -- msgspec reads annotations when it runs
from sojourn.model.record import (  # noqa: TC001 -- the same
    AtomRecord,
    AtomSpec,
    ModuleRecord,
    ProgramPart,
    Write,
)


class NodeUp(msgspec.Struct, frozen=True, tag=True):
    """A node is there: its liveliness began."""

    name: str
    incarnation: int


class NodeDown(msgspec.Struct, frozen=True, tag=True):
    """A node's liveliness ended."""

    name: str
    incarnation: int


class Reported(msgspec.Struct, frozen=True, tag=True):
    """A node's report came."""

    report: NodeReport


class Learned(msgspec.Struct, frozen=True, tag=True):
    """A module's annotation came, or a module was brought."""

    module: ModuleRecord


class Settled(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """A command was carried out, or not.

    Attributes:
        number: The command's.
        error: Why it was not, in words; empty: it was.
        busy: It may be tried again as it is.
        gone: It never will be: there is nothing to do it with.
        atom: The atom's global name, where it was started.
        node: Where the atom is now.
        epoch: Its ownership number there.
        total_ms: How long a move took.
        downtime_ms: How long the atom stood still.
        bytes: What went over the link.
        rounds: Rounds of pages that were sent while it ran.
    """

    number: int
    error: str = ""
    busy: bool = False
    gone: bool = False
    atom: str = ""
    node: str = ""
    epoch: int = 0
    total_ms: float = 0.0
    downtime_ms: float = 0.0
    bytes: int = 0
    rounds: int = 0


class Progressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A move has come further; nothing follows but that it can be shown.

    Attributes:
        number: The command's.
        phase: Where it stands; see `model.picture.Underway`, also what follows.
        progress: How much of it is done.
        rounds: Rounds of pages so far.
        bytes: Bytes so far.
    """

    number: int
    phase: str
    progress: float = 0.0
    rounds: int = 0
    bytes: int = 0


class Adopt(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """An atom was started, with what its user wants of it: it is the controller's from now on."""

    atom: str
    module: str
    spec: AtomSpec
    node: str
    epoch: int = 1


class Respecify(msgspec.Struct, frozen=True, tag=True):
    """A user wants something else of an atom."""

    atom: str
    spec: AtomSpec


class Dismiss(msgspec.Struct, frozen=True, tag=True):
    """A user wants an atom stopped, and for it to stay so; `keep`: its image at the end is kept."""

    atom: str
    keep: bool = True


class Cordon(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A node takes no further atoms; drained, those it has leave, too.

    Attributes:
        node: Its name.
        on: Whether from now on, or no longer.
        drain: Whether its atoms leave.
    """

    node: str
    on: bool = True
    drain: bool = False


class MoveAsked(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A user wants an atom at a node, whatever the policy thinks."""

    atom: str
    target: str
    cause: str = "asked by a user"


class RolloutAsked(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A user wants atoms to get another module."""

    name: str
    old: str
    new: str
    atoms: tuple[str, ...]
    canary: int = 1
    batch: int = 1
    watch_s: float = 10.0
    failures: int = 1


class RolloutTurn(msgspec.Struct, frozen=True, tag=True):
    """A user wants a rollout to `pause`, to `go_on`, or `back`."""

    name: str
    to: str


class ProgramPut(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A user wants a program kept, in place of that of its name; what of it runs goes on running.

    Attributes:
        name: Its name.
        description: What it is, for people.
        strategy: Of its supervision group.
        parts: What it is made of.
        running: Atoms that are parts of it already: name of the part, to global name.
    """

    name: str
    description: str = ""
    strategy: str = "one_for_one"
    parts: tuple[ProgramPart, ...] = ()
    running: dict[str, str] = {}


class ProgramStart(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A user wants all parts of a program to run; those that do go on.

    Attributes:
        name: Its name.
        ending: What to make names of atoms unlike those of other starts of.
    """

    name: str
    ending: str


class ProgramStop(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A user wants all parts of a program stopped; `keep`: their images at the end are kept."""

    name: str
    keep: bool = True


class ProgramRemove(msgspec.Struct, frozen=True, tag=True):
    """A user wants a program forgotten, of which nothing runs."""

    name: str


class Set(msgspec.Struct, frozen=True, tag=True):
    """A setting of the realm's is to be changed: see `control.settings`."""

    name: str
    value: str


class ForeignTold(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A door tells of foreign nodes and of what runs there.

    Attributes:
        door: Who tells.
        whole: Whether there is nothing beside what is told now.
        nodes: Those that are there or have changed; each has a kind.
        atoms: The same of atoms.
        gone_nodes: Names of those that are gone, and all at them.
        gone_atoms: The same of atoms.
    """

    door: str
    whole: bool = False
    nodes: tuple[NodeFacts, ...] = ()
    atoms: tuple[AtomRecord, ...] = ()
    gone_nodes: tuple[str, ...] = ()
    gone_atoms: tuple[str, ...] = ()


class Tick(msgspec.Struct, frozen=True, tag=True):
    """Time has passed: at least once a second."""


Event = (
    NodeUp
    | NodeDown
    | Reported
    | Learned
    | Settled
    | Progressed
    | Adopt
    | Respecify
    | Dismiss
    | Cordon
    | MoveAsked
    | RolloutAsked
    | RolloutTurn
    | ProgramPut
    | ProgramStart
    | ProgramStop
    | ProgramRemove
    | Set
    | ForeignTold
    | Tick
)


class Move(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Move an atom."""

    number: int
    atom: str
    source: str
    target: str
    cause: str
    trace: str = ""


class Start(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Start an atom that is a part of a program.

    Attributes:
        number: Of this command.
        atom: Its global name as it will be: it is born at `target`.
        target: Where.
        cause: Why, in words.
        program: Name of its program.
        part: What is started.
        spec: What is wanted of it, with what its module says.
        argv0: Its program name.
    """

    number: int
    atom: str
    target: str
    cause: str
    program: str
    part: ProgramPart
    spec: AtomSpec
    argv0: str


class Restore(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Let an atom that nobody runs any more go on from its newest image.

    Attributes:
        number: Of this command.
        atom: Which.
        target: Where.
        cause: Why, in words.
        module: Its newest image with this module; empty: whatever its module.
    """

    number: int
    atom: str
    target: str
    cause: str
    module: str = ""


class Stop(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Stop an atom.

    Attributes:
        number: Of this command.
        atom: Which.
        cause: Why, in words.
        keep: Whether its image at the end is kept.
        again: Whether it goes on from its last image then.
    """

    number: int
    atom: str
    cause: str
    keep: bool = False
    again: bool = False


class Forget(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Remove what a node still keeps of an atom that is nobody's."""

    number: int
    atom: str
    node: str
    cause: str


class Reload(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Give an atom another module while it runs; its image before is kept, to roll back to."""

    number: int
    atom: str
    module: str
    cause: str


Command = Move | Start | Restore | Stop | Forget | Reload


class Decision(msgspec.Struct, frozen=True):
    """What follows from an event.

    Attributes:
        writes: To be kept first, all or none.
        commands: To be carried out then.
        refused: Why a user's wish cannot be met, in words; empty: it can.
        hint: What to do instead.
    """

    writes: tuple[Write, ...] = ()
    commands: tuple[Command, ...] = ()
    refused: str = ""
    hint: str = ""
