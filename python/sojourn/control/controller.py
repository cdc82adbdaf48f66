"""The controller: an event and a time in, a decision out.

| room | what it decides |
|---|---|
| `monitor` | who is there and who is where, from what nodes tell |
| `recovery` | atoms that nobody runs go on from images |
| `supervision` | what is done when one of a group has failed |
| `moving` | moves that are asked for, drains, low energy |
| `adaptation` | moves for better places |
| `rollouts` | another module for many atoms |
| `wishes` | what users want |
| `programs`, `program_parts` | atoms that are started and stopped together |
| `foreign` | nodes that are not the realm's own, as doors tell of them |
| `placement`, `objective` | where an atom should be, and why |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from sojourn.control import foreign, moving, program_parts, programs, recovery, rollouts, wishes
from sojourn.control.adaptation import adapt
from sojourn.control.decision import (
    Adopt,
    Cordon,
    Dismiss,
    ForeignTold,
    Forget,
    Learned,
    Move,
    MoveAsked,
    NodeDown,
    NodeUp,
    ProgramPut,
    ProgramRemove,
    ProgramStart,
    ProgramStop,
    Progressed,
    Reload,
    Reported,
    Respecify,
    Restore,
    RolloutAsked,
    RolloutTurn,
    Set,
    Settled,
    Start,
    Stop,
    Tick,
)
from sojourn.control.draft import Draft
from sojourn.control.housekeeping import forgotten, stop_settled, sweep
from sojourn.control.monitor import learned, node_down, node_up, reported
from sojourn.control.placement import Fleet
from sojourn.control.placing import count
from sojourn.control.registry import Registry
from sojourn.control.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sojourn.control.decision import Decision, Event
    from sojourn.control.placement.interface import Policy
    from sojourn.model.record import Record

    Handler: TypeAlias = Callable[[State, Any, Draft], None]


def settled(state: State, event: Settled, draft: Draft) -> None:
    """A command was carried out, or not."""
    pending = state.registry.settle(event.number)
    if pending is not None:
        SETTLERS[type(pending.command)](state, pending, event, draft)
        if isinstance(pending.command, Forget | Stop):
            # A part of a program may have waited for that.
            program_parts.advance_all(state, draft)


def tick(state: State, _: Tick, draft: Draft) -> None:
    """Time has passed."""
    for number in state.registry.overdue(draft.now):
        settled(state, Settled(number=number, error="nobody answered", busy=True), draft)
    program_parts.advance_all(state, draft)
    recovery.recover(state, draft)
    moving.clear(state, draft)
    rollouts.advance(state, draft)
    adapt(state, draft)
    foreign.miss(state, draft)
    sweep(state, draft)


SETTLERS: dict[type, Callable[[State, Any, Settled, Draft], None]] = {
    Move: moving.settled,
    Start: program_parts.settled,
    Restore: recovery.settled,
    Reload: rollouts.settled,
    Stop: stop_settled,
    Forget: forgotten,
}

HANDLERS: dict[type, Handler] = {
    NodeUp: node_up,
    NodeDown: node_down,
    Reported: reported,
    Learned: learned,
    Settled: settled,
    Progressed: moving.progressed,
    Adopt: wishes.adopt,
    Respecify: wishes.respecify,
    Dismiss: wishes.dismiss,
    Cordon: wishes.cordon,
    MoveAsked: wishes.move_asked,
    RolloutAsked: wishes.roll_out,
    RolloutTurn: rollouts.turn,
    ProgramPut: programs.put,
    ProgramStart: programs.start,
    ProgramStop: programs.stop,
    ProgramRemove: programs.remove,
    Set: wishes.set_value,
    ForeignTold: foreign.told,
    Tick: tick,
}


class Controller:
    """Decides for one realm.

    Args:
        policies: Placement policies of users, by name, beside those that are built in.
    """

    def __init__(self, policies: Mapping[str, Policy] | None = None) -> None:
        self.state = State(Registry(), Fleet(policies=policies))

    def load(self, records: Iterable[Record]) -> None:
        """Takes what was kept before, once, before the first event."""
        registry, fleet = self.state.registry, self.state.fleet
        registry.load(records)
        fleet.objective = registry.settings.text("objective")
        for node in registry.nodes.values():
            fleet.update(node)
        for atom in registry.atoms.values():
            count(fleet, atom)
            if atom.module not in registry.modules:
                self.state.unread.setdefault(atom.module, []).append(atom.name)

    def handle(self, event: Event, now: float) -> Decision:
        """What follows from an event; the same events at the same times give the same decisions.

        Args:
            event: What happened.
            now: When, in seconds of the controller's clock; never less than before.
        """
        draft = Draft(now)
        HANDLERS[type(event)](self.state, event, draft)
        return draft.done()
