"""Modules that are to run: placed, then sent to a runtime or started at a node of this realm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts import limit, say
from sojourn.gateway.mqtt.arts.action import Failed, Place, Placed, Start, Started
from sojourn.gateway.mqtt.arts.exchange import forward
from sojourn.gateway.mqtt.arts.message import Malformed, ModuleData, decoded, is_memory, module_of
from sojourn.gateway.mqtt.arts.record import wish
from sojourn.gateway.mqtt.arts.state import Placing

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.action import Outcome
    from sojourn.gateway.mqtt.arts.message import Message
    from sojourn.gateway.mqtt.arts.record import Module, OurNode, Runtime
    from sojourn.gateway.mqtt.arts.state import Origin, Sent, State

NO_STACK = (
    "the memory that a runtime sends is not all of a program: where it stood is not in it, "
    "so that no node of this realm can go on from there"
)
CHANNELS = {"pubsub", "signalfd"}


def request(state: State, message: Message, origin: Origin, now: float, *, at: str = "") -> None:
    """A module is to be created.

    Args:
        state: What is known.
        message: The request.
        origin: Where it is answered.
        now: The time.
        at: The node of this realm whose topic it came on; empty: it came to everybody.

    Raises:
        Malformed: It is no module.
    """
    data = decoded(message.data, ModuleData, "`data` is no module")
    module = module_of(data, state.new_id(), now)
    if at:
        module = msgspec.structs.replace(module, wanted=at)
    memory = data.memory if is_memory(data.memory) else None
    why = unfit(state, module, has_memory=memory is not None)
    if why:
        state.refuse(origin, why)
        return
    state.put_module(module)
    place(state, Placing(origin, module, state.node_of(module.wanted), memory))


def unfit(state: State, module: Module, *, has_memory: bool) -> str:
    """Why a module cannot be placed at all; empty: it may be."""
    known = state.modules.get(module.uuid)
    if known is not None:
        return f"there is a module {module.uuid} already" + (f", at {known.parent}" if known.parent else "")
    if len(state.modules) >= limit.MODULES:
        return f"there are {limit.MODULES} modules, the most that there may be"
    if module.wanted and not state.node_of(module.wanted):
        return f"there is no runtime {module.wanted}"
    if has_memory and module.wanted in state.nodes:
        return NO_STACK
    if has_memory and not module.wanted:
        return "a module that comes with its memory has to name the runtime that it is for, as `parent`"
    return ""


def place(state: State, placing: Placing) -> None:
    """Asks where it should be."""
    number = state.next_number()
    state.placing[number] = placing
    spec = wish(placing.module, placing.pinned, state.options.policy)
    state.out.append(Place(number, placing.module.foreign_name, spec))


def outcome(state: State, placing: Placing, told: Outcome, now: float) -> None:
    """The realm has answered: where it should be, or that it runs."""
    match told:
        case Placed():
            placed(state, placing, told, now)
        case Started():
            started(state, placing, told)
        case Failed():
            give_up(state, placing.module, placing.origin, told.why)
        case _:
            give_up(state, placing.module, placing.origin, "the realm answered something else")


def placed(state: State, placing: Placing, told: Placed, now: float) -> None:
    """It has a place: a node of this realm, or a runtime."""
    if told.node is None:
        give_up(state, placing.module, placing.origin, told.why)
        return
    node = next((each for each in state.nodes.values() if each.name == told.node), None)
    runtime = state.runtimes.get(state.by_node.get(told.node, ""))
    if node is not None:
        at_ours(state, placing, node)
    elif runtime is not None and state.room(runtime, placing.module.uuid) > 0:
        at_runtime(state, placing, runtime, now)
    elif placing.tries < limit.PLACES:
        placing.tries += 1
        place(state, placing)
    else:
        give_up(state, placing.module, placing.origin, f"{told.node} has no room any more")


def at_ours(state: State, placing: Placing, node: OurNode) -> None:
    """Starts it at a node of this realm."""
    module = placing.module
    other = next((each for each in module.channels if each.type not in CHANNELS), None)
    wild = next((each for each in module.channels if not sound(each.topic, each.type)), None)
    if placing.memory is not None:
        give_up(state, module, placing.origin, NO_STACK)
    elif other is not None:
        give_up(state, module, placing.origin, f"the channel {other.path} is of type {other.type}, which there is not")
    elif wild is not None:
        give_up(state, module, placing.origin, f"the channel {wild.path} has the topic {wild.topic!r}, which is none")
    else:
        number = state.next_number()
        placing.node = node.name
        state.placing[number] = placing
        state.out.append(Start(number, module, node.name))


def sound(topic: str, kind: str) -> bool:
    """Whether a channel's topic can be published to."""
    return kind != "pubsub" or (bool(topic) and not set(topic) & set("+#\0"))


def started(state: State, placing: Placing, told: Started) -> None:
    """It runs as an atom."""
    module = msgspec.structs.replace(placing.module, parent=state.named(told.node), atom=told.atom, confirmed=True)
    state.put_module(module)
    state.reply(placing.origin, say.module(module))


def at_runtime(state: State, placing: Placing, runtime: Runtime, now: float) -> None:
    """Sends it to a runtime."""
    module = msgspec.structs.replace(placing.module, parent=runtime.uuid)
    state.put_module(module)
    data = say.module_for_runtime(module)
    if placing.memory is not None:
        data["memory"] = placing.memory
    object_id = forward(state, runtime, module, placing.origin, now, what="create", action="create", data=data)
    state.hear_output(module.uuid, object_id)


def settled(state: State, sent: Sent, why: str, _now: float) -> None:
    """Its runtime has answered."""
    state.unhear_output(sent.module)
    module = state.modules.get(sent.module)
    if module is None:
        state.refuse(sent.origin, why or "it was deleted meanwhile")
    elif why:
        give_up(state, module, sent.origin, f"{sent.runtime}: {why}")
    else:
        module = msgspec.structs.replace(module, confirmed=True)
        state.put_module(module)
        state.reply(sent.origin, say.module(module))


def late(state: State, sent: Sent, _now: float) -> None:
    """Its runtime did not answer: it may run, and counts as if it did until somebody deletes it."""
    state.unhear_output(sent.module)
    told = f"runtime {sent.runtime} did not answer within {state.options.patience_s:g} s; the module may run there"
    state.refuse(sent.origin, f"{told}, and is kept as its own until it is deleted")


def give_up(state: State, module: Module, origin: Origin | None, why: str) -> None:
    """It does not run."""
    state.drop_module(module)
    state.refuse(origin, why)


def watched(state: State, message: Message, runtime: Runtime, now: float) -> Module | None:
    """A create that somebody sent to a runtime without asking here: with the runtime's ok the module is known.

    Returns:
        What it would be; None: it is nothing that can be kept.
    """
    try:
        module = module_of(decoded(message.data, ModuleData, "`data` is no module"), state.new_id(), now)
    except Malformed:
        return None
    return msgspec.structs.replace(module, parent=runtime.uuid, wanted="")


def seen_late(state: State, sent: Sent, _now: float) -> None:
    """It did not say."""
    state.strays.pop(sent.module, None)


def seen(state: State, sent: Sent, why: str, _now: float) -> None:
    """A runtime has taken a module, or not, that somebody sent it without asking here."""
    module = state.strays.pop(sent.module, None)
    if module is None or why or module.uuid in state.modules or module.parent not in state.runtimes:
        return
    if len(state.modules) < limit.MODULES:
        state.put_module(msgspec.structs.replace(module, confirmed=True))
