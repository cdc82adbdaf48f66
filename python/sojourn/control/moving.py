"""Moves that are wanted: by users, by drains, by low energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.decision import Move
from sojourn.control.placing import elsewhere
from sojourn.control.registry import LIVING
from sojourn.model.record import MoveRecord, MoveState

if TYPE_CHECKING:
    from sojourn.control.decision import Progressed, Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State
    from sojourn.model.record import AtomRecord, NodeRecord

# An atom that could not be moved away is tried again after so long, in seconds.
AGAIN_S = 5.0


def move(  # noqa: PLR0913 -- what a move is
    state: State, atom: AtomRecord, target: str, cause: str, draft: Draft, *, gain: float = 0.0, cost: float = 0.0
) -> MoveRecord:
    """Decides a move."""
    number = state.registry.next_number()
    record = MoveRecord(
        number=number,
        atom=atom.name,
        source=atom.node,
        target=target,
        cause=cause,
        decided_at=draft.now,
        gain=gain,
        cost=cost,
        trace=f"{number:016x}{abs(hash_of(atom.name)):016x}",
    )
    state.registry.keep(draft, record)
    command = Move(number=number, atom=atom.name, source=atom.node, target=target, cause=cause, trace=record.trace)
    state.registry.begin(draft, command, atom.node)
    state.fleet.place(atom.name, state.demand(atom), target, module=atom.module)
    draft.tell(
        "atom.moves",
        atom.name,
        f"{atom.name} moves from {atom.node} to {target}: {cause}",
        number=number,
        source=atom.node,
        node=target,
        cause=cause,
        gain=gain,
        cost=cost,
        trace=record.trace,
    )
    return record


def hash_of(text: str) -> int:
    """64 bits of a text that are the same in every process (FNV-1a)."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def settled(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """A move was made, or not."""
    command = pending.command
    assert isinstance(command, Move)  # noqa: S101 -- the table of commands says so
    record = state.registry.moves.get(command.number)
    if record is not None:
        ended = msgspec.structs.replace(
            record,
            state=MoveState.FAILED if event.error else MoveState.DONE,
            error=event.error,
            total_ms=event.total_ms,
            downtime_ms=event.downtime_ms,
            bytes=event.bytes,
            rounds=event.rounds,
        )
        state.registry.keep(draft, ended)
        state.history.record(ended)
        # Deadlines have to bear a move.
        state.fleet.blocking_ms = state.history.downtime_ms()
    atom = state.registry.atoms.get(command.atom)
    if atom is None:
        return
    if event.error:
        state.stays[atom.name] = draft.now + AGAIN_S
        draft.tell(
            "atom.refused",
            atom.name,
            f"{atom.name} did not move to {command.target}: {event.error}",
            number=command.number,
            source=command.source,
            node=command.target,
            cause=command.cause,
            error=event.error,
        )
        # It is counted where it is again.
        state.note_atom(atom)
        return
    if event.epoch > atom.epoch or (event.epoch == 0 and atom.node == command.source):
        epoch = event.epoch or atom.epoch + 1
        changed = {"node": command.target, "epoch": epoch, "state": "running", "since": draft.now, "reason": ""}
        state.change(draft, atom, **changed)
    draft.tell(
        "atom.moved",
        atom.name,
        f"{atom.name} moved from {command.source} to {command.target} in {event.total_ms:.1f} ms, "
        f"standing still for {event.downtime_ms:.1f} ms: {command.cause}",
        number=command.number,
        source=command.source,
        node=command.target,
        cause=command.cause,
        total_ms=event.total_ms,
        downtime_ms=event.downtime_ms,
        bytes=event.bytes,
        rounds=event.rounds,
    )


def progressed(state: State, event: Progressed, _: Draft) -> None:
    """A move has come further."""
    move = state.registry.underway.get(event.number)
    if move is not None:
        state.registry.underway[event.number] = msgspec.structs.replace(
            move,
            phase=event.phase,
            progress=max(move.progress, min(event.progress, 1.0)),
            rounds=event.rounds,
            bytes=event.bytes,
        )


def clear(state: State, draft: Draft) -> None:
    """Moves atoms away from nodes that are drained, or whose energy ends."""
    registry = state.registry
    for node in list(registry.up()):
        if node.draining:
            leave(state, node, f"{node.key} is drained", draft)
        elif node.facts.low_energy:
            leave(state, node, low_energy(node), draft)


def low_energy(node: NodeRecord) -> str:
    """Why its atoms leave, in words."""
    energy = node.facts.energy
    if energy is None or energy.capacity_joules <= 0:
        return f"{node.key} announces low energy"
    return f"{node.key} announces low energy, with {100 * energy.joules / energy.capacity_joules:.0f} % left"


def leave(state: State, node: NodeRecord, cause: str, draft: Draft) -> None:
    """Moves some of a node's atoms away; those that are on their way count."""
    registry = state.registry
    atoms = [atom for atom in registry.atoms_at(node.key) if atom.state in LIVING and not atom.kind]
    room = int(registry.settings.number("drain.at_once")) - sum(atom.name in registry.busy for atom in atoms)
    for atom in atoms:
        if room <= 0:
            return
        if atom.name in registry.busy or atom.spec.pinned or draft.now < state.stays.get(atom.name, 0.0):
            continue
        choice = elsewhere(state.fleet, atom, draft.now)
        if choice.node is None or choice.node == node.key:
            state.stays[atom.name] = draft.now + AGAIN_S
            told = choice.reason if choice.node is None else "no other node will do"
            if atom.reason != told:
                state.change(draft, atom, reason=told)
                text = f"{atom.name} stays at {node.key} although {cause}: {told}"
                draft.tell("atom.stays", atom.name, text, node=node.key)
            continue
        move(state, atom, choice.node, f"{cause}; {choice.node} {choice.reason}", draft)
        room -= 1
    if node.draining and not atoms:
        state.keep_node(draft, msgspec.structs.replace(node, draining=False, cordoned=True))
        draft.tell("node.drained", node.key, f"{node.key} is empty")
