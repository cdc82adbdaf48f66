"""Modules that are to end, or have.

A delete that comes in single quotes, or on `reg`, is a notice: the simulated runtime tells so that a module has come to
its end, the browser's that its connection is lost. The module is gone already; its runtime is asked nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts import migrate, say
from sojourn.gateway.mqtt.arts.action import Channel, Done, Failed, Publish, Stop
from sojourn.gateway.mqtt.arts.exchange import forward
from sojourn.gateway.mqtt.arts.message import NamedData, decoded
from sojourn.gateway.mqtt.arts.state import Leaving

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.action import Outcome
    from sojourn.gateway.mqtt.arts.message import Message
    from sojourn.gateway.mqtt.arts.record import Module
    from sojourn.gateway.mqtt.arts.say import Json
    from sojourn.gateway.mqtt.arts.state import Origin, Sent, State

SIGNALS = "/sys/signals"


def request(state: State, message: Message, origin: Origin, now: float, *, notice: bool = False) -> None:
    """A module is to be deleted, or sent to another runtime, or is gone already.

    Raises:
        Malformed: It names none.
    """
    data = decoded(message.data, NamedData, "`data` names no module")
    module, target = state.modules.get(data.uuid), data.send_to_runtime or message.send_to_runtime
    if module is None:
        state.refuse(origin, f"there is no module {data.uuid}")
        return
    if notice and module.parent and not module.atom:
        ended(state, module, origin)
        return
    busy = state.busy(module)
    if busy:
        state.refuse(origin, f"module {module.uuid}: {busy}")
    elif target:
        migrate.request(state, module, target, origin, now)
    elif module.atom:
        leave(state, module, origin, now)
    else:
        runtime = state.runtimes[module.parent]
        record = say.module_for_runtime(module)
        forward(state, runtime, module, origin, now, what="delete", action="delete", data=record)


def deleted(module: Module) -> Json:
    """What is told of a module that is gone."""
    return {**say.module(module), "msg": "Deleted."}


def ended(state: State, module: Module, origin: Origin) -> None:
    """A module at a runtime is gone."""
    for object_id in [key for key, sent in state.sent.items() if sent.module == module.uuid]:
        sent = state.sent.pop(object_id)
        if sent.what == "delete":
            state.reply(sent.origin, deleted(module))
        else:
            state.refuse(sent.origin, "the module has come to its end")
    state.drop_module(module)
    state.reply(origin, deleted(module))


def settled(state: State, sent: Sent, why: str, _now: float) -> None:
    """A runtime has deleted a module, or will not."""
    module = state.modules.get(sent.module)
    if module is None or why == "its runtime is gone":
        state.reply(sent.origin, deleted(module) if module else {"msg": "Deleted.", "uuid": sent.module})
    elif not why:
        state.drop_module(module)
        state.reply(sent.origin, deleted(module))
    elif module.refused:
        state.drop_module(module)
        state.refuse(sent.origin, f"{sent.runtime}: {why}; it has said so before, and the module is forgotten here")
    else:
        state.put_module(msgspec.structs.replace(module, refused=True))
        state.refuse(sent.origin, f"{sent.runtime}: {why}")


def late(state: State, sent: Sent, _now: float) -> None:
    """A runtime did not answer. One that never does is the browser's: it does what it is told."""
    module, runtime = state.modules.get(sent.module), state.runtimes.get(sent.runtime)
    told = f"runtime {sent.runtime} did not answer within {state.options.patience_s:g} s"
    if module is not None and runtime is not None and not runtime.answers:
        state.drop_module(module)
        state.refuse(sent.origin, f"{told}, and never did; it was told to end the module, which is forgotten here")
    else:
        state.refuse(sent.origin, f"{told}; the module may be gone")


def unseen(state: State, sent: Sent, why: str, _now: float) -> None:
    """A runtime has deleted a module that somebody told it to without asking here."""
    module = state.modules.get(sent.module)
    if not why and module is not None and module.parent == sent.runtime:
        state.drop_module(module)


# Atoms.


def leave(state: State, module: Module, origin: Origin | None, now: float) -> None:
    """Asks an atom to end; what does not is stopped."""
    state.out.append(Channel(module.atom, SIGNALS, say.signal(say.QUIT)))
    state.leaving[module.uuid] = Leaving(origin, now + state.options.grace_s)


def tick(state: State, now: float) -> None:
    """Stops atoms that did not end by themselves."""
    for uuid, leaving in state.leaving.items():
        if leaving.at is not None and leaving.at <= now:
            leaving.at = None
            number = state.next_number()
            state.stops[number] = uuid
            state.out.append(Stop(number, state.modules[uuid].atom))


def due(state: State) -> float | None:
    """When the next of these is to be looked at."""
    return min((each.at for each in state.leaving.values() if each.at is not None), default=None)


def stopped(state: State, uuid: str, told: Outcome) -> None:
    """An atom was stopped, or not."""
    module, leaving = state.modules.get(uuid), state.leaving.pop(uuid, None)
    if module is None or leaving is None:
        return
    match told:
        case Done():
            state.drop_module(module)
            state.reply(leaving.origin, deleted(module))
        case Failed():
            state.refuse(leaving.origin, told.why)
        case _:
            state.refuse(leaving.origin, "the realm answered something else")


def atom_ended(state: State, atom: str) -> None:
    """An atom has ended: by itself, which requesters are told as runtimes tell it, or because it was asked to."""
    module = state.modules.get(state.atoms.get(atom, ""))
    if module is None:
        return
    leaving = state.leaving.get(module.uuid)
    moving = state.moving.get(module.uuid)
    state.drop_module(module)
    if leaving is not None:
        state.reply(leaving.origin, deleted(module))
        return
    if moving is not None:
        state.refuse(moving.origin, "the module has come to its end")
    object_id = state.new_id()
    state.echo(object_id)
    state.out.append(Publish(state.topics.control, say.request(object_id, "delete", say.module(module))))
    state.out.append(Publish(state.topics.control, say.answer(object_id, say.OK, deleted(module))))
