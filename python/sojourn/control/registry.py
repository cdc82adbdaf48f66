"""What the controller knows: records by key, who is where, and what is being done."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from sojourn.control.settings import Settings
from sojourn.model.picture import Underway
from sojourn.model.record import (
    AtomRecord,
    ModuleRecord,
    MoveRecord,
    MoveState,
    NodeRecord,
    NodeState,
    ProgramRecord,
    RolloutRecord,
    SettingRecord,
    Wish,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sojourn.control.decision import Command
    from sojourn.control.draft import Draft
    from sojourn.model.record import Record

# States of atoms in which a guest is behind them.
LIVING = frozenset({"starting", "running", "leaving", "frozen", "held"})
# What was asked of a node so long ago is not waited for any more.
PATIENCE_S = 150.0


class Pending(msgspec.Struct):
    """Something that is being done with an atom.

    Attributes:
        command: It.
        since: When it was asked for.
        source: Where the atom was.
    """

    command: Command
    since: float
    source: str = ""


Nodes: TypeAlias = dict[str, NodeRecord]


class Registry:
    """Records by key, and what follows from them.

    Changes of records go through `put`, so that all that is derived is right; what is to outlast this process goes
    through a `Draft`, too.
    """

    def __init__(self) -> None:
        self.nodes: Nodes = {}
        self.atoms: dict[str, AtomRecord] = {}
        self.modules: dict[str, ModuleRecord] = {}
        self.rollouts: dict[str, RolloutRecord] = {}
        self.programs: dict[str, ProgramRecord] = {}
        # Moves that are under way.
        self.moves: dict[int, MoveRecord] = {}
        # The same, as they are shown: how far they have come.
        self.underway: dict[int, Underway] = {}
        self.pending: dict[int, Pending] = {}
        self.busy: dict[str, int] = {}
        self._values: dict[str, str] = {}
        self.settings = Settings(self._values)
        self._at: dict[str, dict[str, None]] = {}
        # States of those that need a look: name to state.
        self._restless: dict[str, None] = {}
        self._number = 0

    def load(self, records: Iterable[Record]) -> None:
        """Takes what was kept. Moves that were under way are settled by what nodes report."""
        for record in records:
            if isinstance(record, MoveRecord):
                self._number = max(self._number, record.number)
                if record.state is not MoveState.DECIDED:
                    continue
            self.put(record)

    def next_number(self) -> int:
        """Number of the next command."""
        self._number += 1
        return self._number

    def put(self, record: Record) -> None:
        """Takes a record in place of that of its key."""
        match record:
            case NodeRecord():
                self.nodes[record.key] = record
            case AtomRecord():
                self._put_atom(record)
            case ModuleRecord():
                self.modules[record.key] = record
            case RolloutRecord():
                self.rollouts[record.key] = record
            case ProgramRecord():
                self.programs[record.key] = record
            case SettingRecord():
                self._values[record.name] = record.value
            case MoveRecord():
                self._put_move(record)

    def _put_atom(self, record: AtomRecord) -> None:
        before = self.atoms.get(record.name)
        if before is not None and before.node != record.node:
            self._at.get(before.node, {}).pop(record.name, None)
        self.atoms[record.name] = record
        self._at.setdefault(record.node, {})[record.name] = None
        if is_restless(record):
            self._restless[record.name] = None
        else:
            self._restless.pop(record.name, None)

    def _put_move(self, record: MoveRecord) -> None:
        if record.state is MoveState.DECIDED:
            self.moves[record.number] = record
            self.underway[record.number] = Underway(
                number=record.number,
                atom=record.atom,
                source=record.source,
                target=record.target,
                cause=record.cause,
                decided_at=record.decided_at,
            )
        else:
            self.moves.pop(record.number, None)
            self.underway.pop(record.number, None)

    def drop_atom(self, name: str) -> None:
        """Forgets an atom."""
        record = self.atoms.pop(name, None)
        if record is not None:
            self._at.get(record.node, {}).pop(name, None)
            self._restless.pop(name, None)

    def drop_node(self, name: str) -> None:
        """Forgets a node that has no atoms."""
        self.nodes.pop(name, None)
        self._at.pop(name, None)

    def keep(self, draft: Draft, record: Record) -> None:
        """Takes a record, and has it kept."""
        self.put(record)
        draft.put(record)

    def atoms_at(self, node: str) -> list[AtomRecord]:
        """Atoms at a node, as far as is known."""
        return [self.atoms[name] for name in self._at.get(node, ())]

    def restless(self) -> list[AtomRecord]:
        """Atoms that are not as they are to be."""
        return [self.atoms[name] for name in self._restless]

    def up(self) -> Iterator[NodeRecord]:
        """Nodes that are there."""
        return (record for record in self.nodes.values() if record.state is NodeState.UP)

    def is_up(self, node: str) -> bool:
        """Whether a node is there."""
        record = self.nodes.get(node)
        return record is not None and record.state is NodeState.UP

    def begin(self, draft: Draft, command: Command, source: str = "") -> None:
        """Has something done with an atom; one thing at a time."""
        self.pending[command.number] = Pending(command, draft.now, source)
        self.busy[command.atom] = command.number
        draft.do(command)

    def settle(self, number: int) -> Pending | None:
        """Something was done, or not; what it was."""
        pending = self.pending.pop(number, None)
        if pending is not None and self.busy.get(pending.command.atom) == number:
            del self.busy[pending.command.atom]
        return pending

    def overdue(self, now: float) -> list[int]:
        """Numbers of what nobody answered."""
        return [number for number, pending in self.pending.items() if now - pending.since > PATIENCE_S]


def is_restless(record: AtomRecord) -> bool:
    """Whether an atom is not as it is to be: it should run and does not, or the other way round."""
    living = record.state in LIVING
    if record.wish is Wish.RUN:
        return not living and record.state != "ended"
    return living
