"""Parts of programs: how each is begun, and how it is.

| a part is | when |
|---|---|
| `starting` | it waits for its turn, or its node begins it |
| `running` | its atom runs |
| `waiting` | its atom is nowhere, and will go on as soon as there is a place for it |
| `stopping` | its atom still runs, and will not for long |
| `ended` | its atom has done its work |
| `failed` | it could not be begun, or its atom came to a bad end |
| `stopped` | it was stopped, or never begun |

An atom is known to the controller, with its name, before its node is asked to start it: whatever happens in between, no
part is begun twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from sojourn.control.annotation import merged, spec_of
from sojourn.control.decision import Forget, Start
from sojourn.control.monitor import LOST, MISSING, WELL, misunderstood
from sojourn.control.placement import explain, place
from sojourn.control.registry import LIVING
from sojourn.model.placement import Ask
from sojourn.model.record import AtomRecord, AtomSpec, PartRun, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import Settled
    from sojourn.control.draft import Draft
    from sojourn.control.registry import Pending
    from sojourn.control.state import State
    from sojourn.model.record import ModuleRecord, ProgramPart, ProgramRecord

# So often a part is tried to be begun where its node is busy or does not answer.
TRIES = 3
# An atom of which no node has told, while nobody is asked to start it, is begun again after so long, in seconds.
UNHEARD_S = 10.0
# States of atoms that go on elsewhere, or again.
AWAY = frozenset({LOST, MISSING, "unplaced"})


class PartState(NamedTuple):
    """How a part is: what, where, and why in words."""

    state: str
    node: str = ""
    reason: str = ""


def state_of(state: State, run: PartRun) -> PartState:
    """How a part is."""
    atom = state.registry.atoms.get(run.atom)
    if run.starting:
        return PartState("starting", "" if atom is None else atom.node)
    if atom is None:
        return PartState("failed", reason=run.error) if run.error else PartState("stopped")
    if atom.state in LIVING:
        return PartState("running" if atom.wish is Wish.RUN else "stopping", atom.node)
    return PartState("failed", reason=run.error) if run.error else state_over(atom)


def state_over(atom: AtomRecord) -> PartState:
    """How a part is whose atom does not run."""
    if atom.wish is Wish.RUN and atom.state in AWAY:
        return PartState("waiting", reason=atom.reason)
    if atom.state == "down" or (atom.state == "ended" and atom.reason != WELL):
        return PartState("failed", reason=atom.reason)
    return PartState("ended" if atom.state == "ended" else "stopped", reason=atom.reason)


def at_work(state: State, run: PartRun) -> bool:
    """Whether a part runs, or will by itself."""
    return state_of(state, run).state in {"starting", "running", "waiting", "stopping"}


def wanted(program: ProgramRecord, part: ProgramPart, module: ModuleRecord) -> AtomSpec:
    """What is wanted of a part: what its module says, over it what its user asks for, in the program's group."""
    spec = merged(spec_of(module.annotation), part.spec)
    if spec.group:
        return spec
    return msgspec.structs.replace(spec, group=program.name, strategy=program.strategy)


def advance_all(state: State, draft: Draft) -> None:
    """Goes on with what is to be begun."""
    for program in list(state.registry.programs.values()):
        advance(state, draft, program)


def advance(state: State, draft: Draft, program: ProgramRecord) -> None:
    """Begins what can be begun of a program."""
    waiting = [part for part in program.parts if program.runs.get(part.part, PartRun()).starting]
    if not waiting:
        return
    runs = dict(program.runs)
    for part in waiting:
        runs[part.part] = taken_up(state, program, part, runs[part.part], draft)
        if runs[part.part].error:
            tell_failed(program, part.part, runs[part.part].error, draft)
    keep_runs(state, program, runs, draft)


def keep_runs(state: State, program: ProgramRecord, runs: dict[str, PartRun], draft: Draft) -> None:
    """How parts of a program are now; told when the last one is begun."""
    if runs == program.runs:
        return
    state.registry.keep(draft, msgspec.structs.replace(program, runs=runs))
    began = any(run.starting for run in program.runs.values())
    if began and program.wish is Wish.RUN and not any(run.starting for run in runs.values()):
        wrong = [part for part, run in runs.items() if run.error]
        text = f"of {program.name}, {', '.join(wrong)} did not start" if wrong else f"{program.name} runs"
        draft.tell("program.started", program.name, text, parts=len(runs), failed=len(wrong))


def tell_failed(program: ProgramRecord, part: str, why: str, draft: Draft) -> None:
    """A part could not be begun."""
    draft.tell("program.failed", program.name, f"part {part} of {program.name} did not start: {why}", part=part)


def taken_up(state: State, program: ProgramRecord, part: ProgramPart, run: PartRun, draft: Draft) -> PartRun:
    """The next step of a part that is to be begun."""
    atom = state.registry.atoms.get(run.atom)
    if run.atom in state.registry.busy:
        return run
    if atom is not None and atom.state in LIVING:
        if atom.wish is Wish.STOP or unheard(atom, draft.now):
            return run
        if atom.epoch:
            # Its node told of it, and its answer never came.
            tell_begun(atom, draft)
            return msgspec.structs.replace(run, starting=False, error="")
    if atom is not None and not atom.epoch:
        # Nobody has it: the controller, or its node, ended while it was to be begun.
        state.forget_atom(draft, atom)
    return begin(state, program, part, run, draft)


def tell_begun(atom: AtomRecord, draft: Draft) -> None:
    """An atom of a part is there."""
    draft.tell("atom.started", atom.name, f"{atom.name} runs at {atom.node}", node=atom.node)


def unheard(atom: AtomRecord, now: float) -> bool:
    """Whether a node may still tell of an atom that it was asked to start."""
    return not atom.epoch and now - atom.since < UNHEARD_S


def failed(run: PartRun, why: str) -> PartRun:
    """A part that is not begun, and why."""
    return msgspec.structs.replace(run, starting=False, error=why)


def begin(state: State, program: ProgramRecord, part: ProgramPart, run: PartRun, draft: Draft) -> PartRun:
    """Has a part begun where it should be."""
    module = state.registry.modules.get(part.module)
    if module is None:
        return failed(run, f"there is no module {part.module[:12]}")
    spec = wanted(program, part, module)
    why = misunderstood(state, spec)
    target, reason = ("", why) if why else target_of(state, part, spec, draft.now)
    if not target:
        return failed(run, reason)
    name = f"{target}/{local_name(program, part, module, run)}"
    known = state.registry.atoms.get(name)
    if known is not None:
        return in_the_way(state, known, program, run, draft)
    state.keep_atom(
        draft, AtomRecord(name=name, module=part.module, spec=spec, node=target, state="starting", since=draft.now)
    )
    argv0 = part.program or module.name or "main.wasm"
    cause = f"part {part.part} of {program.name}; {target} {reason}".strip()
    number = state.registry.next_number()
    command = Start(
        number=number, atom=name, target=target, cause=cause, program=program.name, part=part, spec=spec, argv0=argv0
    )
    state.registry.begin(draft, command)
    return msgspec.structs.replace(run, atom=name, tries=run.tries + 1, error="")


def target_of(state: State, part: ProgramPart, spec: AtomSpec, now: float) -> tuple[str, str]:
    """Where a part should be, and why; no node, and why not."""
    ask = Ask(atom="new", spec=spec, module=part.module)
    if part.node is None:
        choice = place(state.fleet, ask, now)
        return choice.node or "", choice.reason
    verdict = next((each for each in explain(state.fleet, ask, now).nodes if each.node == part.node), None)
    if verdict is None:
        return "", f"there is no node {part.node}"
    if verdict.refused:
        return "", f"{part.node} cannot have it: {'; '.join(verdict.refused)}"
    return part.node, "was asked for"


def local_name(program: ProgramRecord, part: ProgramPart, module: ModuleRecord, run: PartRun) -> str:
    """What a part's atom is called: as its user says, its module, or as no other."""
    said = dict(module.annotation).get("name", "")
    return part.name or said or f"{program.name}.{part.part}-{run.ending}"


def in_the_way(state: State, known: AtomRecord, program: ProgramRecord, run: PartRun, draft: Draft) -> PartRun:
    """There is an atom of a part's name: where it is of the program, or of one so called before, it makes room."""
    if known.state in LIVING or known.wish is Wish.RUN:
        return failed(run, f"there is an atom {known.name} already")
    if known.spec.group != program.name and known.name not in {each.atom for each in program.runs.values()}:
        return failed(run, f"what was left of another {known.name} is in the way; `sojourn forget` removes it")
    if known.name in state.registry.busy:
        return run
    if run.tries >= TRIES:
        return failed(run, f"what was left of {known.name} could not be removed")
    number = state.registry.next_number()
    cause = f"{program.name} is started anew"
    state.registry.begin(draft, Forget(number=number, atom=known.name, node=known.node, cause=cause), known.node)
    return msgspec.structs.replace(run, tries=run.tries + 1)


def settled(state: State, pending: Pending, event: Settled, draft: Draft) -> None:
    """A part was begun, or not."""
    command = pending.command
    assert isinstance(command, Start)  # noqa: S101 -- the table of commands says so
    atom = state.registry.atoms.get(command.atom)
    program = state.registry.programs.get(command.program)
    told = atom is not None and atom.epoch > 0
    if atom is not None and not event.error and not told:
        atom = state.change(draft, atom, state="running", epoch=max(1, event.epoch))
    if atom is not None and event.error and not told:
        state.forget_atom(draft, atom)
    began = told or not event.error
    if atom is not None and began:
        tell_begun(atom, draft)
        if program is None or program.wish is Wish.STOP:
            state.change(draft, atom, wish=Wish.STOP)
    if program is None or command.part.part not in program.runs:
        return
    run = program.runs[command.part.part]
    if run.atom != command.atom or not run.starting:
        return
    if began:
        run = msgspec.structs.replace(run, starting=False, error="")
    elif not event.busy or run.tries >= TRIES:
        run = failed(run, event.error)
        tell_failed(program, command.part.part, event.error, draft)
    keep_runs(state, program, {**program.runs, command.part.part: run}, draft)
