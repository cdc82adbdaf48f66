"""What follows when a runtime answers, or does not.

| `what` | its answer means |
|---|---|
| `create` | the module runs there |
| `delete` | it is gone from there |
| `leave` | it has left for another runtime, which it was sent to |
| `arrive` | the other runtime has it: that create was the old runtime's own |
| `seen` | somebody sent a create to a runtime without asking here; with its ok the module is known |
| `unseen` | the same of a delete |

One whose answer does not come in time may have done it or not, and whoever asked is told so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts import create, migrate, remove, say
from sojourn.gateway.mqtt.arts.exchange import send_due
from sojourn.gateway.mqtt.arts.message import AnswerData, Malformed, decoded, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.gateway.mqtt.arts.message import Message
    from sojourn.gateway.mqtt.arts.state import Sent, State


def answered(state: State, message: Message, now: float) -> None:
    """A runtime has answered; what nobody waits for is not heeded."""
    sent = state.sent.pop(message.object_id, None)
    if sent is None:
        state.counts.ignored += 1
        return
    runtime = state.runtimes.get(sent.runtime)
    if runtime is not None and not runtime.answers:
        state.note_runtime(msgspec.structs.replace(runtime, answers=True))
    SETTLED[sent.what](state, sent, wrong(message), now)


def wrong(message: Message) -> str:
    """Why a runtime could not; empty: it could."""
    try:
        data = decoded(message.data, AnswerData, "its answer cannot be read")
    except Malformed as error:
        return str(error)
    return "" if data.result == say.OK else told(data)


def heard(state: State, module: str, now: float) -> None:
    """A module has written something: it runs, whether its runtime says so or not."""
    object_id = state.hearing.get(module, "")
    state.unhear_output(module)
    sent = state.sent.pop(object_id, None)
    if sent is not None:
        SETTLED[sent.what](state, sent, "", now)


def lost(state: State, runtime: str, now: float) -> None:
    """A runtime is gone: it answers nothing any more."""
    for object_id in [key for key, sent in state.sent.items() if sent.runtime == runtime]:
        sent = state.sent.pop(object_id, None)
        if sent is not None:
            SETTLED[sent.what](state, sent, "its runtime is gone", now)


def tick(state: State, now: float) -> None:
    """Sends what is due, and gives up what was not answered."""
    for object_id, sent in list(state.sent.items()):
        if now < sent.deadline:
            send_due(state, sent, now)
        elif state.sent.pop(object_id, None) is not None:
            state.counts.late += 1
            LATE[sent.what](state, sent, now)


def due(state: State) -> float | None:
    """When the next of these is to be looked at."""
    times = (sent.deadline if sent.at is None else min(sent.at, sent.deadline) for sent in state.sent.values())
    return min(times, default=None)


def nothing(_state: State, _sent: Sent, _now: float) -> None:
    """Nobody asked for it here, so nobody is told."""


SETTLED: Mapping[str, Callable[[State, Sent, str, float], None]] = {
    "create": create.settled,
    "delete": remove.settled,
    "leave": migrate.left,
    "arrive": migrate.arrived,
    "seen": create.seen,
    "unseen": remove.unseen,
}
LATE: Mapping[str, Callable[[State, Sent, float], None]] = {
    "create": create.late,
    "delete": remove.late,
    "leave": migrate.leave_late,
    "arrive": migrate.arrive_late,
    "seen": create.seen_late,
    "unseen": nothing,
}
