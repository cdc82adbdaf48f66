"""What is over, and is put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.decision import Stop
from sojourn.control.registry import LIVING
from sojourn.model.record import NodeState, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State

# Atoms that ended, and nodes that are lost and have nothing any more, are remembered so long, in seconds.
ENDED_S = 3600.0
LOST_S = 86400.0
# Between two looks.
EVERY_S = 10.0


def sweep(state: State, draft: Draft) -> None:
    """Stops what runs and should not, and forgets what is long over."""
    registry = state.registry
    for atom in registry.restless():
        if atom.wish is Wish.STOP and atom.state in LIVING and atom.name not in registry.busy:
            number = registry.next_number()
            registry.begin(draft, Stop(number=number, atom=atom.name, cause="it is to be stopped"), atom.node)
    if draft.now - state.swept_at < EVERY_S:
        return
    state.swept_at = draft.now
    for atom in list(registry.atoms.values()):
        if atom.wish is Wish.STOP and atom.state not in LIVING and draft.now - atom.since > ENDED_S:
            state.forget_atom(draft, atom)
    for node in list(registry.nodes.values()):
        over = node.state is not NodeState.UP and draft.now - node.seen_at > LOST_S
        if over and not registry.atoms_at(node.key):
            registry.drop_node(node.key)
            state.fleet.remove(node.key)
            draft.drop(node.KIND, node.key)


def stop_settled(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """An atom was stopped, or not."""
    command = pending.command
    assert isinstance(command, Stop)  # noqa: S101 -- the table of commands says so
    atom = state.registry.atoms.get(command.atom)
    if atom is None or event.busy:
        return
    if command.again:
        state.change(draft, atom, state="lost", since=draft.now, reason=command.cause)
        return
    state.change(draft, atom, state="stopped", wish=Wish.STOP, since=draft.now, reason=command.cause)
    draft.tell("atom.stopped", atom.name, f"{atom.name} was stopped: {command.cause}")
