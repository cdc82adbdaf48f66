"""What is over, and is put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.decision import Forget, Stop
from sojourn.control.registry import LIVING, PATIENCE_S
from sojourn.model.record import MoveState, NodeState, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State

# Nodes that are lost and have nothing any more are remembered so long, in seconds.
LOST_S = 86400.0
# What is left of so many atoms is collected at once.
COLLECTED = 32
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
    collect(state, draft)
    settle_orphans(state, draft)
    for node in list(registry.nodes.values()):
        over = node.state is not NodeState.UP and draft.now - node.seen_at > LOST_S
        if over and not registry.atoms_at(node.key):
            registry.drop_node(node.key)
            state.fleet.remove(node.key)
            draft.drop(node.KIND, node.key)


def settle_orphans(state: State, draft: Draft) -> None:
    """Settles moves that a controller decided which has ended since: by where the atom is now."""
    registry = state.registry
    for move in list(registry.moves.values()):
        if move.number in registry.pending:
            continue
        atom = registry.atoms.get(move.atom)
        if atom is not None and atom.node == move.target and atom.state in LIVING:
            registry.keep(draft, msgspec.structs.replace(move, state=MoveState.DONE))
        elif draft.now - move.decided_at > PATIENCE_S:
            error = "the controller that decided it ended before it was told what came of it"
            registry.keep(draft, msgspec.structs.replace(move, state=MoveState.FAILED, error=error))


def collect(state: State, draft: Draft) -> None:
    """Has images removed of atoms that are over for long: they are nobody's."""
    registry, kept_s = state.registry, state.registry.settings.number("keep.ended_s")
    room = COLLECTED - sum(isinstance(pending.command, Forget) for pending in registry.pending.values())
    for atom in list(registry.atoms.values()):
        if room <= 0:
            return
        over = atom.wish is Wish.STOP and atom.state not in LIVING and draft.now - atom.since > kept_s
        if over and atom.name not in registry.busy:
            command = Forget(number=registry.next_number(), atom=atom.name, node=atom.node, cause="it is over for long")
            registry.begin(draft, command)
            room -= 1


def forgotten(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """What was left of an atom is gone; where a node did not answer, it is tried again."""
    atom = state.registry.atoms.get(pending.command.atom)
    if atom is not None and not event.busy and atom.state not in LIVING:
        state.forget_atom(draft, atom)
        draft.tell("atom.forgotten", atom.name, f"what was left of {atom.name} is removed: {pending.command.cause}")


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
    draft.tell("atom.stopped", atom.name, f"{atom.name} was stopped: {command.cause}", node=atom.node)
