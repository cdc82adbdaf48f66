"""What is asked of placement, and what it answers."""

from __future__ import annotations

import msgspec

from sojourn.model.record import AtomSpec, NodeRecord, Periodic


class Demand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an atom takes of its node.

    Attributes:
        memory_bytes: Memory.
        cores: Cores that are kept for it, at speed 1.0.
        busy: Cores that it keeps busy, at speed 1.0.
        periodic: Deadlines; None: none.
        pinned: Whether it never moves.
    """

    memory_bytes: int = 0
    cores: float = 0.0
    busy: float = 0.0
    periodic: Periodic | None = None
    pinned: bool = False


class Ask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where should this atom be?

    Attributes:
        atom: Its global name.
        spec: What its user wants.
        module: Hash of its module, in hexadecimal; empty: unknown.
        cores: What it was measured to take, of its present node's cores; 0: not measured.
        memory_bytes: And its memory.
        node: Where it is; empty: nowhere.
        clients: Who sends to it, and how much (any measure, the same for all); empty: as the fleet saw.
    """

    atom: str
    spec: AtomSpec = AtomSpec()
    module: str = ""
    cores: float = 0.0
    memory_bytes: int = 0
    node: str = ""
    clients: tuple[tuple[str, float], ...] = ()


class Choice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where it should be.

    Attributes:
        atom: Who.
        node: Where; None: nowhere can it be.
        score: What it costs there, in the policy's measure.
        here: What it costs where it is; None: it is nowhere, or cannot stay.
        measure: Unit of both; empty: bare numbers.
        reason: Why there, or why nowhere, in words.
    """

    atom: str
    node: str | None
    score: float | None = None
    here: float | None = None
    measure: str = ""
    reason: str = ""

    @property
    def gain(self) -> float:
        """What is gained by going there, in the measure; 0 where that cannot be told."""
        return 0.0 if self.here is None or self.score is None else self.here - self.score


class Term(msgspec.Struct, frozen=True):
    """A part of a score."""

    text: str
    value: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is thought of one node.

    Attributes:
        node: Its name.
        refused: Why not, each reason in words; empty: it would do.
        terms: What its score is the sum of.
        score: What it costs there; None: refused.
        here: Whether the atom is there now.
        rank: 1 is the best; 0: refused.
    """

    node: str
    refused: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    score: float | None = None
    here: bool = False
    rank: int = 0


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why an atom is where it is, or should be: node by node, the best first, the refused last.

    Attributes:
        choice: What `place` answers.
        policy: By which policy.
        objective: By which expression; empty: the policy has its own measure.
        require: What must hold; empty: nothing.
        at: When.
        nodes: Of every node.
        notes: What was assumed, in words.
    """

    choice: Choice
    policy: str
    objective: str
    require: str
    at: float
    nodes: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()


class NodeLost(msgspec.Struct, frozen=True, tag=True):
    """What if a node were lost?"""

    node: str


class NodeDrained(msgspec.Struct, frozen=True, tag=True):
    """What if a node were drained?"""

    node: str


class NodeAdded(msgspec.Struct, frozen=True, tag=True):
    """What if there were one more node?"""

    record: NodeRecord


class Respecified(msgspec.Struct, frozen=True, tag=True):
    """What if an atom's user wanted something else of it?"""

    atom: str
    spec: AtomSpec


class AtomAdded(msgspec.Struct, frozen=True, tag=True):
    """What if there were one more atom?"""

    ask: Ask


Change = NodeLost | NodeDrained | NodeAdded | Respecified | AtomAdded


class PlannedMove(msgspec.Struct, frozen=True, kw_only=True):
    """A move that would follow.

    Attributes:
        atom: Who.
        source: From where; empty: from nowhere, or a node that is lost.
        target: To where.
        gain: What it gains, in the measure.
        cost_ms: How long the atom would stand still, as past moves tell.
        total_ms: How long the move would take.
        measure: Unit of the gain.
        reason: Why, in words.
    """

    atom: str
    source: str
    target: str
    gain: float
    cost_ms: float
    total_ms: float
    measure: str
    reason: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would follow of a change. Nothing has been done.

    Attributes:
        change: Of which, in words.
        moves: Who would go where, in order of atoms' names.
        unplaced: Who could be nowhere, and why.
        stays: How many would stay.
        gain: All gains together, by measure.
    """

    change: str
    moves: tuple[PlannedMove, ...]
    unplaced: tuple[Choice, ...]
    stays: int
    gain: dict[str, float]
