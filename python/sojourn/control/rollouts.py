"""Updates of a module over its atoms: some first, watched; then the others in parts; back where it goes wrong.

```text
running -> done
   |  `--> rolled back      so many have failed, or a user wants it
 paused                     after the step that it is at
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.decision import Reload
from sojourn.control.recovery import restored
from sojourn.control.registry import LIVING
from sojourn.model.record import RolloutRecord, RolloutState, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import RolloutTurn, Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State

UNDER_WAY = frozenset({RolloutState.RUNNING, RolloutState.PAUSED})


def advance(state: State, draft: Draft) -> None:
    """Takes the next step of each that is under way, when it is time."""
    for rollout in list(state.registry.rollouts.values()):
        if rollout.state is RolloutState.RUNNING:
            step(state, rollout, draft)
        elif rollout.state is RolloutState.ROLLED_BACK:
            give_back(state, rollout, draft)


def step(state: State, rollout: RolloutRecord, draft: Draft) -> None:
    """The next step of one."""
    bad = [name for name in rollout.updated if has_failed(state, name, rollout.new)]
    if len(bad) >= rollout.failures:
        turn_back(state, rollout, f"{bad[0]} failed with it", draft)
        return
    if any(name in state.registry.busy for name in rollout.atoms):
        return
    left = [name for name in rollout.atoms if name not in rollout.updated and is_there(state, name)]
    watched = draft.now - rollout.changed_at >= rollout.watch_s or not rollout.updated
    if not watched:
        return
    if not left:
        text = f"{len(rollout.updated)} atoms have {rollout.new[:12]}"
        state.registry.keep(draft, msgspec.structs.replace(rollout, state=RolloutState.DONE, changed_at=draft.now))
        draft.tell("rollout.done", rollout.name, text)
        return
    for name in left[: rollout.batch if rollout.updated else rollout.canary]:
        give(state, name, rollout.new, f"rollout {rollout.name}", draft)


def is_there(state: State, name: str) -> bool:
    """Whether an atom runs."""
    atom = state.registry.atoms.get(name)
    return atom is not None and atom.state in LIVING


def has_failed(state: State, name: str, module: str) -> bool:
    """Whether an atom that got a module has come to a bad end with it."""
    atom = state.registry.atoms.get(name)
    return atom is not None and atom.module == module and atom.state not in LIVING and atom.reason != ""


def give(state: State, name: str, module: str, cause: str, draft: Draft) -> None:
    """Gives an atom a module."""
    number = state.registry.next_number()
    atom = state.registry.atoms[name]
    state.registry.begin(draft, Reload(number=number, atom=name, module=module, cause=cause), atom.node)


def settled(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """An atom got its module, or not."""
    command = pending.command
    assert isinstance(command, Reload)  # noqa: S101 -- the table of commands says so
    atom = state.registry.atoms.get(command.atom)
    if atom is not None and not event.error:
        state.change(draft, atom, module=command.module, epoch=max(atom.epoch, event.epoch))
    for rollout in list(state.registry.rollouts.values()):
        if command.atom not in rollout.atoms or rollout.state not in UNDER_WAY or command.module != rollout.new:
            continue
        if event.error and not event.busy:
            turn_back(state, rollout, f"{command.atom} does not take it: {event.error}", draft)
        elif not event.error:
            updated = (*rollout.updated, command.atom)
            state.registry.keep(draft, msgspec.structs.replace(rollout, updated=updated, changed_at=draft.now))
            draft.tell("rollout.step", rollout.name, f"{command.atom} has {rollout.new[:12]}", atom=command.atom)


def turn_back(state: State, rollout: RolloutRecord, why: str, draft: Draft) -> None:
    """From now on all get the old module again."""
    back = msgspec.structs.replace(rollout, state=RolloutState.ROLLED_BACK, reason=why, changed_at=draft.now)
    state.registry.keep(draft, back)
    draft.tell("rollout.back", rollout.name, f"{rollout.name} is rolled back: {why}")
    give_back(state, back, draft)


def give_back(state: State, rollout: RolloutRecord, draft: Draft) -> None:
    """Those that have the new module get the old one; who failed with it goes on from its image of before."""
    for name in rollout.updated:
        atom = state.registry.atoms.get(name)
        if atom is None or atom.module != rollout.new or name in state.registry.busy:
            continue
        if atom.state in LIVING:
            give(state, name, rollout.old, f"rollout {rollout.name} is rolled back", draft)
        elif name not in rollout.given_back:
            rollout = msgspec.structs.replace(rollout, given_back=(*rollout.given_back, name))
            state.registry.keep(draft, rollout)
            atom = state.change(
                draft, atom, wish=Wish.RUN, state="lost", reason=f"rollout {rollout.name} is rolled back"
            )
            restored(state, atom, draft, rollout.old)


def turn(state: State, event: RolloutTurn, draft: Draft) -> None:
    """A user wants a rollout to rest, to go on, or to be taken back."""
    rollout = state.registry.rollouts.get(event.name)
    if rollout is None:
        draft.refuse(f"there is no rollout {event.name}")
    elif rollout.state not in UNDER_WAY and not (event.to == "back" and rollout.state is RolloutState.DONE):
        draft.refuse(f"the rollout {event.name} is over: it is {rollout.state.value.replace('_', ' ')}")
    elif event.to == "back":
        turn_back(state, rollout, "asked by a user", draft)
    else:
        to = RolloutState.PAUSED if event.to == "pause" else RolloutState.RUNNING
        state.registry.keep(draft, msgspec.structs.replace(rollout, state=to, changed_at=draft.now))
        draft.tell("rollout.turned", event.name, f"{event.name} is {to.value}")
