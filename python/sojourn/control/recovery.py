"""Atoms that nobody runs, and should: they go on from their last images, elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.decision import Restore
from sojourn.control.monitor import LOST, MISSING
from sojourn.control.placing import elsewhere
from sojourn.control.registry import LIVING
from sojourn.model.record import MoveRecord, MoveState, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State
    from sojourn.model.record import AtomRecord

# Between two tries, in seconds: the first, how much longer each is, and the longest.
FIRST_S, FACTOR, LONGEST_S = 0.5, 2.0, 30.0
# It cannot be placed now.
UNPLACED = "unplaced"
# It was to be, and failed too often, or has nothing to go on from.
DOWN = "down"
RECOVERABLE = frozenset({LOST, MISSING, UNPLACED})


def recover(state: State, draft: Draft) -> None:
    """Restores those who can be restored now."""
    registry = state.registry
    room = int(registry.settings.number("restore.at_once")) - under_way(state)
    grace = registry.settings.number("missing.grace_s")
    for atom in registry.restless():
        if room <= 0:
            return
        if atom.wish is not Wish.RUN or atom.state not in RECOVERABLE or atom.name in registry.busy:
            continue
        if atom.state == MISSING and draft.now - atom.since < grace:
            continue
        tries, again = state.tries.get(atom.name, (0, 0.0))
        if draft.now < again:
            continue
        state.tries[atom.name] = (tries + 1, draft.now + min(FIRST_S * FACTOR**tries, LONGEST_S))
        room -= restored(state, atom, draft)


def under_way(state: State) -> int:
    """How many are being restored."""
    return sum(isinstance(pending.command, Restore) for pending in state.registry.pending.values())


def restored(state: State, atom: AtomRecord, draft: Draft, module: str = "") -> int:
    """Has one restored, where there is a place for it; how many that are.

    Args:
        state: The registry and its fleet.
        atom: Who.
        draft: What is being decided.
        module: From its newest image with this module; empty: whatever its module.
    """
    choice = elsewhere(state.fleet, atom, draft.now)
    if choice.node is None:
        if (atom.state, atom.reason) != (UNPLACED, choice.reason):
            state.change(draft, atom, state=UNPLACED, reason=choice.reason)
            draft.tell("atom.unplaced", atom.name, f"{atom.name} has no place: {choice.reason}")
        return 0
    cause = f"{atom.reason or 'nobody runs it'}; {choice.node} {choice.reason}"
    number = state.registry.next_number()
    command = Restore(number=number, atom=atom.name, target=choice.node, cause=cause, module=module)
    state.registry.begin(draft, command, atom.node)
    state.fleet.place(atom.name, state.demand(atom), choice.node, module=atom.module)
    state.registry.keep(
        draft,
        MoveRecord(number=number, atom=atom.name, source="", target=choice.node, cause=cause, decided_at=draft.now),
    )
    return 1


def settled(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """It was restored, or not."""
    command = pending.command
    assert isinstance(command, Restore)  # noqa: S101 -- the table of commands says so
    record = state.registry.moves.get(command.number)
    atom = state.registry.atoms.get(command.atom)
    if record is not None:
        done = MoveState.FAILED if event.error else MoveState.DONE
        state.registry.keep(
            draft, msgspec.structs.replace(record, state=done, error=event.error, total_ms=event.total_ms)
        )
    if atom is None:
        return
    if not event.error:
        state.tries.pop(atom.name, None)
        if event.epoch >= atom.epoch:
            goes_on(state, atom, event, command.module, draft)
        draft.tell(
            "atom.restored",
            atom.name,
            f"{atom.name} goes on at {event.node}",
            number=command.number,
            node=event.node,
            epoch=event.epoch,
            total_ms=event.total_ms,
            cause=command.cause,
        )
        return
    if atom.state in LIVING:
        # It was on its way only, and somebody has told of it meanwhile.
        state.tries.pop(atom.name, None)
        return
    state.fleet.take_away(atom.name)
    if event.gone:
        state.change(draft, atom, state=DOWN, wish=Wish.STOP, reason=event.error)
        draft.tell("atom.gone", atom.name, f"{atom.name} cannot be restored: {event.error}", number=command.number)
    else:
        state.change(draft, atom, state=UNPLACED, reason=event.error)


def goes_on(state: State, atom: AtomRecord, event: Settled, module: str, draft: Draft) -> None:
    """It runs again."""
    there = {"node": event.node, "epoch": event.epoch, "state": "running", "since": draft.now, "reason": ""}
    state.change(draft, atom, module=module or atom.module, **there)
