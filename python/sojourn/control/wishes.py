"""What users want of the realm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.decision import Stop
from sojourn.control.moving import move
from sojourn.control.placement import explain, validate
from sojourn.control.placing import ask_of
from sojourn.control.registry import LIVING
from sojourn.control.settings import SETTINGS, wrong
from sojourn.model.errors import SojournError
from sojourn.model.record import AtomRecord, RolloutRecord, RolloutState, SettingRecord, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Adopt, Cordon, Dismiss, MoveAsked, Respecify, RolloutAsked, Set
    from sojourn.control.draft import Draft
    from sojourn.control.state import State
    from sojourn.model.record import AtomSpec


def adopt(state: State, event: Adopt, draft: Draft) -> None:
    """An atom was started with what its user wants."""
    known = state.registry.atoms.get(event.atom)
    if known is not None and known.epoch > event.epoch:
        state.change(draft, known, spec=event.spec, wish=Wish.RUN)
        return
    atom = AtomRecord(
        name=event.atom,
        module=event.module,
        spec=event.spec,
        node=event.node,
        epoch=event.epoch,
        since=draft.now,
    )
    state.keep_atom(draft, atom)
    state.fleet.place(atom.name, state.demand(atom), event.node, module=event.module)
    if known is None:
        draft.tell("atom.started", atom.name, f"{atom.name} runs at {event.node}", node=event.node)


def foreign(atom: AtomRecord, draft: Draft) -> bool:
    """Whether an atom is somebody else's to command; then the wish is refused."""
    if atom.kind:
        hint = f"only requesters of {atom.kind} command it"
        draft.refuse(f"{atom.name} is foreign: a module of a runtime of {atom.kind}", hint)
    return bool(atom.kind)


def understood(state: State, spec: AtomSpec, draft: Draft) -> bool:
    """Whether placement can do with a wish; otherwise it is refused."""
    try:
        validate(state.fleet, spec)
    except SojournError as error:
        draft.refuse(str(error), error.hint or "")
        return False
    return True


def respecify(state: State, event: Respecify, draft: Draft) -> None:
    """A user wants something else of an atom."""
    atom = state.registry.atoms.get(event.atom)
    if atom is None:
        draft.refuse(f"there is no atom {event.atom}")
    elif not foreign(atom, draft) and understood(state, event.spec, draft):
        state.change(draft, atom, spec=event.spec)
        state.soon.add(atom.name)
        draft.tell("atom.respecified", atom.name, f"something else is wanted of {atom.name}")


def dismiss(state: State, event: Dismiss, draft: Draft) -> None:
    """A user wants an atom stopped for good."""
    atom = state.registry.atoms.get(event.atom)
    if atom is None:
        draft.refuse(f"there is no atom {event.atom}")
        return
    if not foreign(atom, draft):
        dismissed(state, atom, "asked by a user", draft, keep=event.keep)


def dismissed(state: State, atom: AtomRecord, cause: str, draft: Draft, *, keep: bool) -> None:
    """Has an atom stopped for good; if something is being done with it, when that is over."""
    state.change(draft, atom, wish=Wish.STOP)
    if atom.state in LIVING and atom.name not in state.registry.busy:
        number = state.registry.next_number()
        state.registry.begin(draft, Stop(number=number, atom=atom.name, cause=cause, keep=keep), atom.node)


def cordon(state: State, event: Cordon, draft: Draft) -> None:
    """A node takes no further atoms, or takes them again."""
    node = state.registry.nodes.get(event.node)
    if node is None:
        draft.refuse(f"there is no node {event.node}")
        return
    state.keep_node(draft, msgspec.structs.replace(node, cordoned=event.on, draining=event.on and event.drain))
    how = "is drained" if event.on and event.drain else "takes no further atoms" if event.on else "takes atoms again"
    draft.tell("node.cordoned", node.key, f"{node.key} {how}", on=event.on, drain=event.drain)


def move_asked(state: State, event: MoveAsked, draft: Draft) -> None:
    """A user wants an atom somewhere; filters hold all the same, the score does not."""
    atom = state.registry.atoms.get(event.atom)
    if atom is None:
        draft.refuse(f"there is no atom {event.atom}")
    elif foreign(atom, draft):
        return
    elif atom.state not in LIVING:
        draft.refuse(f"{atom.name} does not run: {atom.reason or atom.state}")
    elif atom.name in state.registry.busy:
        draft.refuse(f"something else is being done with {atom.name}", "try again in a moment")
    elif atom.node == event.target:
        draft.refuse(f"{atom.name} is already on {event.target}")
    elif event.target not in state.registry.nodes:
        draft.refuse(f"there is no node {event.target}")
    else:
        verdicts = explain(state.fleet, ask_of(atom), draft.now).nodes
        why = next((each.refused for each in verdicts if each.node == event.target), ())
        if why:
            draft.refuse(f"{event.target} cannot have {atom.name}: {'; '.join(why)}")
        else:
            move(state, atom, event.target, event.cause, draft)


def set_value(state: State, event: Set, draft: Draft) -> None:
    """A setting is to be another."""
    if event.name not in SETTINGS:
        draft.refuse(f"there is no setting {event.name}", f"there are {', '.join(sorted(SETTINGS))}")
        return
    why = wrong(event.name, event.value)
    if not why and event.name == "objective":
        why = not_an_objective(state, event.value)
    if why:
        draft.refuse(why)
        return
    state.registry.keep(draft, SettingRecord(name=event.name, value=event.value))
    if event.name == "objective":
        state.fleet.objective = event.value
    draft.tell("realm.setting", event.name, f"{event.name} is {event.value} now")


def not_an_objective(state: State, text: str) -> str:
    """Why an expression cannot be the realm's objective; empty: it can."""
    try:
        validate(state.fleet, msgspec.structs.replace(state.plain, objective=text))
    except SojournError as error:
        return str(error)
    return ""


def roll_out(state: State, event: RolloutAsked, draft: Draft) -> None:
    """A user wants atoms to get another module."""
    under_way = state.registry.rollouts.get(event.name)
    running = {RolloutState.RUNNING, RolloutState.PAUSED}
    if under_way is not None and under_way.state in running:
        draft.refuse(f"the rollout {event.name} is under way", "choose another name, or roll it back")
        return
    taken = {name for each in state.registry.rollouts.values() if each.state in running for name in each.atoms}
    twice = sorted(taken & set(event.atoms))
    if twice:
        draft.refuse(f"{twice[0]} is part of another rollout that is under way")
    elif not event.atoms:
        draft.refuse(f"no atom has the module {event.old[:12]}")
    else:
        record = RolloutRecord(
            name=event.name,
            old=event.old,
            new=event.new,
            canary=event.canary,
            batch=event.batch,
            watch_s=event.watch_s,
            failures=event.failures,
            atoms=event.atoms,
            changed_at=draft.now,
        )
        state.registry.keep(draft, record)
        draft.tell("rollout.begun", event.name, f"{len(event.atoms)} atoms get {event.new[:12]} for {event.old[:12]}")
