"""Modules that are to go elsewhere, in all four directions.

| from | to | what is done |
|---|---|---|
| a runtime | a runtime | the old one is told, with `send_to_runtime` beside `data`; it sends the module itself |
| a node of this realm | a node of this realm | a live move: it goes on where it stood |
| a node of this realm | a runtime | refused: a runtime takes a memory, and a program is more than that |
| a runtime | a node of this realm | refused before anything is stopped, for the same reason |

A request is answered when the module is there: when the new runtime has said so, or the module writes something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts import say
from sojourn.gateway.mqtt.arts.action import Done, Failed, Move
from sojourn.gateway.mqtt.arts.create import NO_STACK
from sojourn.gateway.mqtt.arts.exchange import expect, forward
from sojourn.gateway.mqtt.arts.record import canonical
from sojourn.gateway.mqtt.arts.state import Moving

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.action import Outcome
    from sojourn.gateway.mqtt.arts.record import Module, Runtime
    from sojourn.gateway.mqtt.arts.state import Origin, Sent, State

STACK_STAYS = (
    "what it is in the midst of cannot go into a runtime of ARENA, which takes a memory alone: "
    "delete it and create it there, and it begins anew"
)


def request(state: State, module: Module, target: str, origin: Origin, now: float) -> None:
    """A module is to go to another runtime, or node of this realm."""
    why = unfit(state, module, target)
    if why:
        state.refuse(origin, why)
        return
    # A move of an atom may wait for its network; a runtime has to answer twice.
    state.moving[module.uuid] = Moving(origin, target, now + 3 * state.options.patience_s)
    if module.atom:
        number = state.next_number()
        state.moves[number] = module.uuid
        state.out.append(Move(number, module.atom, state.nodes[target].name))
        return
    forward(
        state,
        state.runtimes[module.parent],
        module,
        origin,
        now,
        what="leave",
        action="delete",
        data={**say.module_for_runtime(module), "send_to_runtime": target},
        top={"send_to_runtime": target},
    )


def unfit(state: State, module: Module, target: str) -> str:
    """Why a module cannot go there; empty: it can."""
    runtime = state.runtimes.get(target)
    if runtime is None and target not in state.nodes:
        return f"there is no runtime {target}"
    if target == module.parent:
        return f"module {module.uuid} is at {target} already"
    if module.atom:
        return STACK_STAYS if runtime is not None else ""
    return NO_STACK if runtime is None else no_place(state, module, runtime)


def no_place(state: State, module: Module, runtime: Runtime) -> str:
    """Why a runtime cannot have a module of another one; empty: it can."""
    lacks = [api for api in canonical(module.apis) if api not in canonical(runtime.apis)]
    if lacks:
        return f"runtime {runtime.uuid} does not offer {', '.join(lacks)}"
    if state.room(runtime) <= 0:
        return f"runtime {runtime.uuid} has {runtime.max_nmodules} modules, the most it takes"
    return ""


# Atoms.


def moved(state: State, uuid: str, told: Outcome) -> None:
    """An atom has moved, or not."""
    module, moving = state.modules.get(uuid), state.moving.pop(uuid, None)
    if module is None or moving is None:
        return
    match told:
        case Done():
            there = msgspec.structs.replace(module, parent=moving.target)
            state.put_module(there)
            state.reply(moving.origin, say.module(there))
        case Failed():
            state.refuse(moving.origin, told.why)
        case _:
            state.refuse(moving.origin, "the realm answered something else")


# Runtimes.


def left(state: State, sent: Sent, why: str, _now: float) -> None:
    """The old runtime has answered: it lets the module go, or not."""
    moving = state.moving.get(sent.module)
    if moving is None:
        return
    if not why or moving.seen:
        moving.left = True
        return
    del state.moving[sent.module]
    state.refuse(sent.origin, f"{sent.runtime}: {why}")


def leave_late(state: State, sent: Sent, _now: float) -> None:
    """The old runtime did not answer; the browser's never does."""
    moving = state.moving.get(sent.module)
    if moving is not None and not moving.seen:
        del state.moving[sent.module]
        told = f"runtime {sent.runtime} did not answer within {state.options.patience_s:g} s, nor send the module on"
        state.refuse(moving.origin, f"{told}; it may do so yet")


def sent_on(state: State, module: Module, runtime: Runtime, object_id: str, now: float) -> None:
    """A runtime has sent a module to another one, with its memory: that is where it is from now on."""
    moving = state.moving.get(module.uuid)
    state.put_module(msgspec.structs.replace(module, parent=runtime.uuid, confirmed=False, refused=False))
    expect(state, object_id, now, what="arrive", runtime=runtime.uuid, module=module.uuid)
    if moving is not None:
        moving.seen = True
        state.hear_output(module.uuid, object_id)


def arrived(state: State, sent: Sent, why: str, _now: float) -> None:
    """The new runtime has the module, or will not."""
    module, moving = state.modules.get(sent.module), state.moving.pop(sent.module, None)
    state.unhear_output(sent.module)
    if module is None or module.parent != sent.runtime:
        if moving is not None:
            state.refuse(moving.origin, why or "the module is gone")
        return
    if why:
        state.drop_module(module)
        if moving is not None:
            state.refuse(moving.origin, f"{sent.runtime} did not take it: {why}; its old runtime has let it go")
        return
    there = msgspec.structs.replace(module, confirmed=True)
    state.put_module(there)
    if moving is not None:
        state.reply(moving.origin, say.module(there))


def arrive_late(state: State, sent: Sent, _now: float) -> None:
    """The new runtime did not answer: it may have the module."""
    moving = state.moving.pop(sent.module, None)
    state.unhear_output(sent.module)
    if moving is not None:
        told = f"runtime {sent.runtime} was sent the module and did not answer within {state.options.patience_s:g} s"
        state.refuse(moving.origin, f"{told}; it may run there, and is kept as its own until it is deleted")


def tick(state: State, now: float) -> None:
    """Gives up moves that came to nothing: the old runtime has let the module go, and nobody was sent it."""
    for uuid, moving in list(state.moving.items()):
        if now < moving.deadline:
            continue
        del state.moving[uuid]
        module = state.modules.get(uuid)
        if module is not None and moving.left and not module.atom:
            state.drop_module(module)
            state.refuse(moving.origin, f"runtime {module.parent} has let the module go, and did not send it on")
        else:
            state.refuse(moving.origin, "it has not moved in time; it may do so yet")


def due(state: State) -> float | None:
    """When the next of these is to be looked at."""
    return min((each.deadline for each in state.moving.values()), default=None)
