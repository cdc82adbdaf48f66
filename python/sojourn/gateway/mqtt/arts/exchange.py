"""What is sent to a runtime, and waits there for its answer.

A runtime that registered a moment ago has not subscribed yet: what is for it waits until it has. Nothing is sent a
second time, for the browser's runtime would start a module twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.arts import limit, say
from sojourn.gateway.mqtt.arts.action import Publish
from sojourn.gateway.mqtt.arts.state import Sent

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.record import Module, Runtime
    from sojourn.gateway.mqtt.arts.say import Json
    from sojourn.gateway.mqtt.arts.state import Origin, State


def forward(  # noqa: PLR0913 -- what a request is made of, by keyword
    state: State,
    runtime: Runtime,
    module: Module,
    origin: Origin,
    now: float,
    *,
    what: str,
    action: str,
    data: Json,
    top: Json | None = None,
) -> str:
    """Sends a request on to a runtime, under a new identity; that identity.

    Args:
        state: What is known.
        runtime: Who gets it.
        module: What it is about.
        origin: Whose request it is.
        now: The time.
        what: What follows of the answer; see `settle`.
        action: `create` or `delete`.
        data: What it says.
        top: What stands beside that.
    """
    object_id = state.new_id()
    payload = say.request(object_id, action, data, top)
    begins = max(now, runtime.registered_at + limit.LATE_S)
    state.sent[object_id] = sent = Sent(
        what, runtime.uuid, module.uuid, origin, payload, begins + state.options.patience_s, begins
    )
    state.echo(object_id)
    send_due(state, sent, now)
    return object_id


def expect(  # noqa: PLR0913 -- what an answer is known by
    state: State, object_id: str, now: float, *, what: str, runtime: str, module: str
) -> None:
    """A runtime has to answer what somebody else has sent it."""
    if len(state.sent) < limit.OPEN:
        state.sent[object_id] = Sent(what, runtime, module, None, b"", now + state.options.patience_s)


def send_due(state: State, sent: Sent, now: float) -> None:
    """Sends it when it is time."""
    if sent.at is not None and sent.at <= now:
        sent.at = None
        state.out.append(Publish(state.topics.runtime(sent.runtime), sent.payload))
        sent.payload = b""
