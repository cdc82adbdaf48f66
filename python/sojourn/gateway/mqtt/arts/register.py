"""Runtimes that come and go: what is said on `reg`. A last will is a `delete` like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.arts import limit, remove, say, settle
from sojourn.gateway.mqtt.arts.message import Malformed, NamedData, RuntimeData, about, decoded, words
from sojourn.gateway.mqtt.arts.record import OFFERED, Runtime, is_identity, node_name

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.message import Message
    from sojourn.gateway.mqtt.arts.state import Origin, State

# What a runtime is that says no more of itself.
NAME, CAPACITY = "aruntime", 3


def request(state: State, message: Message, origin: Origin, now: float) -> None:
    """A request on `reg`.

    Raises:
        Malformed: It is none that stands there.
    """
    kind = about(message)
    if kind == say.MODULE and message.action == "delete":
        # The browser's runtime gives each module a connection of its own, with this as its last will.
        remove.request(state, message, origin, now, notice=True)
    elif kind != say.RUNTIME:
        raise Malformed(f"{kind or 'it'} is no runtime: modules are created on {state.topics.control}")
    elif message.action == "create":
        register(state, message, origin, now)
    elif message.action == "delete":
        unregister(state, message, origin, now)
    else:
        raise Malformed(f"{message.action!r} cannot be done with a runtime: it is created and deleted")


def register(state: State, message: Message, origin: Origin, now: float) -> None:
    """A runtime is there. One that registers again is told the same; its modules stay its."""
    data = decoded(message.data, RuntimeData, "`data` is no runtime")
    identity = data.uuid or state.new_id()
    apis = words(data.apis) or OFFERED
    if len(apis) > limit.ITEMS:
        raise Malformed(f"it offers more than {limit.ITEMS} apis")
    why = unfit(state, identity)
    if why:
        state.refuse(origin, why)
        return
    known = state.runtimes.get(identity)
    runtime = Runtime(
        uuid=identity,
        name=data.name or NAME,
        apis=apis,
        max_nmodules=CAPACITY if data.max_nmodules is None else data.max_nmodules,
        registered_at=now,
        answers=known is not None and known.answers,
    )
    state.put_runtime(runtime)
    state.reply(origin, say.runtime(runtime, state.children(identity)))


def unfit(state: State, identity: str) -> str:
    """Why no runtime of this identity can register; empty: it can."""
    if not is_identity(identity):
        return f"{identity!r} cannot be a runtime's uuid"
    if identity in state.runtimes:
        return ""
    if identity in state.nodes:
        return f"{identity} is a node of this realm"
    if node_name(identity) in state.by_node:
        return f"{identity} would be called as another runtime is"
    if len(state.runtimes) >= limit.RUNTIMES:
        return f"there are {limit.RUNTIMES} runtimes, the most that there may be"
    return ""


def unregister(state: State, message: Message, origin: Origin, now: float) -> None:
    """A runtime is gone, and its modules with it."""
    data = decoded(message.data, NamedData, "`data` is no runtime")
    runtime = state.runtimes.get(data.uuid)
    if runtime is None:
        state.refuse(origin, f"there is no runtime {data.uuid}")
        return
    details = say.runtime(runtime, state.children(runtime.uuid))
    state.drop_runtime(runtime)
    settle.lost(state, runtime.uuid, now)
    for module in state.children(runtime.uuid):
        state.drop_module(module)
    state.reply(origin, details)
