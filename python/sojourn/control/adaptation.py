"""Moves for better places: rarely, one for a reason, and never back and forth.

An atom moves only when the gain is a share of its score that counts (hysteresis), when that gain earns the predicted
cost of the move within the time that is set, when the atom has been where it is for some time, and within a budget.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sojourn.control.moving import move
from sojourn.control.placement.predict import worth as predicted
from sojourn.control.placing import elsewhere
from sojourn.control.registry import LIVING
from sojourn.model.record import Wish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.control.draft import Draft
    from sojourn.control.state import State
    from sojourn.model.placement import Choice
    from sojourn.model.record import AtomRecord

# Atoms that are looked at in one round, in turn.
LOOKS = 256
MINUTE_S = 60.0


def adapt(state: State, draft: Draft) -> None:
    """Looks at some atoms, and moves those that should be elsewhere."""
    settings = state.registry.settings
    if settings.switch("adapt.paused") or draft.now - state.adapted_at < settings.number("adapt.every_s"):
        return
    state.adapted_at = draft.now
    state.adapted = [at for at in state.adapted if draft.now - at < MINUTE_S]
    budget = int(settings.number("adapt.moves_per_minute")) - len(state.adapted)
    for atom in in_turn(state):
        if budget <= 0:
            return
        if not may_move(state, atom, draft.now):
            continue
        choice = elsewhere(state.fleet, atom, draft.now, here=True)
        if choice.node is None or choice.node == atom.node:
            continue
        gain, cost = worth(state, atom, choice)
        if cost is None:
            continue
        state.adapted.append(draft.now)
        budget -= 1
        cause = f"better by {percent(choice)}: {choice.node} {choice.reason}"
        move(state, atom, choice.node, cause, draft, gain=gain, cost=cost)


def in_turn(state: State) -> Iterator[AtomRecord]:
    """Atoms to be looked at: those of which something else is wanted first."""
    atoms = state.registry.atoms
    soon, state.soon = sorted(state.soon), set()
    yield from (atoms[name] for name in soon if name in atoms)
    if not state.queue:
        state.queue = list(reversed(atoms))
    names = list(islice(iter(state.queue[::-1]), LOOKS))
    del state.queue[len(state.queue) - len(names) :]
    yield from (atoms[name] for name in names if name in atoms)


def may_move(state: State, atom: AtomRecord, now: float) -> bool:
    """Whether an atom could move at all now."""
    registry = state.registry
    if atom.state not in LIVING or atom.wish is not Wish.RUN or immobile(atom) or atom.name in registry.busy:
        return False
    if now < state.stays.get(atom.name, 0.0) or not registry.is_up(atom.node):
        return False
    return now - atom.since >= registry.settings.number("adapt.min_age_s")


def immobile(atom: AtomRecord) -> bool:
    """Whether it is nobody's here to move."""
    return bool(atom.spec.pinned or atom.kind)


def worth(state: State, atom: AtomRecord, choice: Choice) -> tuple[float, float | None]:
    """What a move gains while it has to pay, and what it costs; a cost of none: it is not worth it."""
    settings = state.registry.settings
    if choice.here is None:
        # It cannot stay: what it is worth to go has no number.
        return 0.0, 0.0
    if choice.gain <= 0 or choice.gain < settings.number("adapt.gain") * abs(choice.here):
        return choice.gain, None
    seconds = settings.number("adapt.payback_s")
    taken = state.history.cost(state.fleet, atom.node, choice.node or "", atom.memory_bytes)
    value = predicted(choice, taken)
    return value.gain_per_s * seconds, value.cost if value.pays_after_s <= seconds else None


def percent(choice: Choice) -> str:
    """The gain, for people."""
    if choice.here is None:
        return "staying is not possible"
    return f"{100 * choice.gain / abs(choice.here):.0f} %" if choice.here else f"{choice.gain:.3g}"
