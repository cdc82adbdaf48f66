"""Groups of atoms of which one has failed. A single one is restarted by its own node, as its module says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.decision import Stop
from sojourn.control.registry import LIVING
from sojourn.model.record import Wish

if TYPE_CHECKING:
    from sojourn.control.draft import Draft
    from sojourn.control.state import State
    from sojourn.model.record import AtomRecord

WITHIN_S = 60.0


def failed(state: State, atom: AtomRecord, how: str, draft: Draft) -> None:
    """An atom has failed for good as far as its node goes.

    It is restored from its last image as often as is allowed, and with it those of its group, if they stand and fall
    together.
    """
    if atom.spec.restart in {"", "never"}:
        state.change(draft, atom, wish=Wish.STOP)
        return
    recent = tuple(at for at in atom.restarted_at if draft.now - at < WITHIN_S)
    if len(recent) >= atom.spec.restarts:
        reason = f"{how}, {len(recent)} times within a minute"
        state.change(draft, atom, wish=Wish.STOP, state="down", reason=reason, restarted_at=recent)
        draft.tell("atom.down", atom.name, f"{atom.name} stays down: it {reason}", node=atom.node)
        return
    state.change(draft, atom, state="lost", reason=how, restarted_at=(*recent, draft.now))
    if atom.spec.group and atom.spec.strategy == "all_for_one":
        stop_siblings(state, atom, draft)


def stop_siblings(state: State, atom: AtomRecord, draft: Draft) -> None:
    """All of a group fall with one of them; each goes on from its last image then."""
    cause = f"{atom.name} of its group {atom.spec.group} has failed"
    for other in list(state.registry.atoms.values()):
        same = other.spec.group == atom.spec.group and other.name != atom.name
        if not same or other.state not in LIVING or other.wish is not Wish.RUN or other.name in state.registry.busy:
            continue
        number = state.registry.next_number()
        state.registry.begin(draft, Stop(number=number, atom=other.name, cause=cause, again=True), other.node)
        text = f"{other.name} begins again from its last image: {cause}"
        draft.tell("atom.falls", other.name, text, node=other.node)
