"""Programs: atoms that are wished for, started and stopped together. Their starts are in `program_parts`.

```text
put ---> stop <---------- stop     all its parts are stopped
          |                |
          '--- start ---> run      each part that does not run is begun; those that do go on
```

What of it runs is seen in the atoms, and is kept nowhere twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.program_parts import advance, at_work, state_of, wanted
from sojourn.control.registry import LIVING
from sojourn.control.wishes import dismissed, foreign, understood
from sojourn.model.record import PartRun, ProgramRecord, Wish

if TYPE_CHECKING:
    from sojourn.control.decision import ProgramPut, ProgramRemove, ProgramStart, ProgramStop
    from sojourn.control.draft import Draft
    from sojourn.control.state import State

# Programs of one realm: each is read at once when a controller begins, and may hold files.
PROGRAMS = 1000


def put(state: State, event: ProgramPut, draft: Draft) -> None:
    """A user wants a program kept."""
    known = state.registry.programs.get(event.name)
    runs = {} if known is None else known.runs
    named = {part.part for part in event.parts}
    left = [part for part, run in runs.items() if part not in named and at_work(state, run)]
    if len(named) < len(event.parts):
        draft.refuse("two parts of it have one name", "each part has a name of its own")
    elif left:
        draft.refuse(f"its part {left[0]} is at work, and would be no part of it any more", "stop the program first")
    elif known is None and len(state.registry.programs) >= PROGRAMS:
        draft.refuse(f"there are {PROGRAMS} programs, and no more can be kept", "remove some that nobody needs")
    elif all_understood(state, event, draft) and all_free(state, event, draft):
        keep(state, known, event, draft)


def keep(state: State, known: ProgramRecord | None, event: ProgramPut, draft: Draft) -> None:
    """Keeps a program that can be."""
    runs = {} if known is None else known.runs
    runs = {part.part: runs[part.part] for part in event.parts if part.part in runs}
    for part, name in event.running.items():
        runs[part] = PartRun(atom=name)
    program = ProgramRecord(
        name=event.name,
        description=event.description,
        strategy=event.strategy,
        parts=event.parts,
        runs=runs,
        wish=Wish.RUN if event.running else Wish.STOP if known is None else known.wish,
        changed_at=draft.now,
    )
    state.registry.keep(draft, program)
    for name in event.running.values():
        atom = state.registry.atoms[name]
        spec = msgspec.structs.replace(atom.spec, group=atom.spec.group or event.name, strategy=event.strategy)
        state.change(draft, atom, spec=spec)
    text = f"{event.name} is kept, with {len(event.parts)} part{'s' * (len(event.parts) != 1)}"
    draft.tell("program.kept", event.name, text, parts=len(event.parts))


def all_understood(state: State, event: ProgramPut, draft: Draft) -> bool:
    """Whether placement can do with all its parts; otherwise it is refused, with the part that is wrong."""
    program = ProgramRecord(name=event.name, strategy=event.strategy)
    for part in event.parts:
        module = state.registry.modules.get(part.module)
        if module is None:
            draft.refuse(f"part {part.part}: there is no module {part.module[:12]}", "POST /v1/modules takes one")
            return False
        if not understood(state, wanted(program, part, module), draft):
            return False
    return True


def all_free(state: State, event: ProgramPut, draft: Draft) -> bool:
    """Whether all atoms that are to be parts of it already can be."""
    parts = {part.part for part in event.parts}
    taken = {
        run.atom: other.name
        for other in state.registry.programs.values()
        if other.name != event.name
        for run in other.runs.values()
    }
    for part, name in event.running.items():
        atom = state.registry.atoms.get(name)
        if part not in parts or atom is None or atom.state not in LIVING:
            why = f"there is no part {part}" if part not in parts else f"{name} does not run"
            draft.refuse(f"{name} cannot be part {part} of it: {why}")
            return False
        if foreign(atom, draft):
            return False
        if name in taken:
            draft.refuse(f"{name} is a part of the program {taken[name]}")
            return False
    return True


def start(state: State, event: ProgramStart, draft: Draft) -> None:
    """A user wants all parts of a program to run."""
    program = state.registry.programs.get(event.name)
    if program is None:
        draft.refuse(f"there is no program {event.name}")
        return
    if not program.parts:
        draft.refuse(f"{event.name} has no parts", "give it some, and start it then")
        return
    runs = {}
    for part in program.parts:
        run = program.runs.get(part.part, PartRun())
        if state_of(state, run).state in {"starting", "running", "waiting"}:
            runs[part.part] = msgspec.structs.replace(run, error="")
        else:
            runs[part.part] = PartRun(atom=run.atom, starting=True, ending=event.ending)
    program = msgspec.structs.replace(program, runs=runs, wish=Wish.RUN, changed_at=draft.now)
    state.registry.keep(draft, program)
    advance(state, draft, program)


def stop(state: State, event: ProgramStop, draft: Draft) -> None:
    """A user wants all parts of a program stopped."""
    program = state.registry.programs.get(event.name)
    if program is None:
        draft.refuse(f"there is no program {event.name}")
        return
    count = 0
    for run in program.runs.values():
        atom = state.registry.atoms.get(run.atom)
        if atom is not None and not atom.kind and atom.wish is Wish.RUN:
            count += 1
            dismissed(state, atom, f"the program {program.name} is stopped", draft, keep=event.keep)
    # What is just being begun is stopped as soon as it is there.
    runs = {part: msgspec.structs.replace(run, starting=False) for part, run in program.runs.items()}
    state.registry.keep(draft, msgspec.structs.replace(program, runs=runs, wish=Wish.STOP, changed_at=draft.now))
    text = f"{program.name} is stopped, and {count} atom{'s' * (count != 1)} with it"
    draft.tell("program.stopped", program.name, text, atoms=count)


def remove(state: State, event: ProgramRemove, draft: Draft) -> None:
    """A user wants a program forgotten."""
    program = state.registry.programs.get(event.name)
    if program is None:
        draft.refuse(f"there is no program {event.name}")
        return
    part = next((part for part, run in program.runs.items() if at_work(state, run)), None)
    if part is not None:
        draft.refuse(f"its part {part} is at work", f"`sojourn program stop {program.name}` stops it")
        return
    del state.registry.programs[program.name]
    draft.drop(program.KIND, program.key)
    draft.tell("program.removed", program.name, f"{program.name} is removed")
