"""Messages to atoms, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.core.asker import REQUEST_BYTES
from sojourn.model.errors import InvalidMessage
from sojourn.model.event import Event
from sojourn.model.node_errors import InvalidRequest, TooLarge
from sojourn.model.wire import CallRequest, EventsResponse, PostRequest, SentResponse

if TYPE_CHECKING:
    from sojourn.core.asker import Asker
    from sojourn.core.box import Box
    from sojourn.model.wire import Event as WireEvent

# Most bytes of a message's data: it goes in one request, and leaves room there for names.
MESSAGE_BYTES = REQUEST_BYTES - (64 << 10)
# Longest time that a node is asked to wait: what the wire has room for, in milliseconds.
MOST_S = (2**32 - 1) / 1000


async def post(
    asker: Asker, to: str, event: WireEvent, timeout_s: float | None, box: Box | None = None
) -> SentResponse:
    """Sends a message; what became of it.

    Args:
        asker: Who asks.
        to: Name of the receiver.
        event: The message.
        timeout_s: How long to wait for room, in seconds; None: as for any answer.
        box: The box that sends; None: one that the node keeps for this client.
    """
    check(event)
    wait_s = waits(asker, timeout_s)
    name, node = (None, None) if box is None else (box.name, box.node)
    request = PostRequest(to, event, milliseconds(wait_s), name)
    return await asker.ask(request, SentResponse, to=node, wait_s=wait_s)


async def call(asker: Asker, to: str, event: WireEvent, timeout_s: float | None, box: Box | None = None) -> Event:
    """Sends a message and waits for its answer.

    Args:
        asker: Who asks.
        to: Name of the receiver.
        event: The message.
        timeout_s: How long to wait, in seconds; None: as for any answer.
        box: As in `post`.
    """
    check(event)
    wait_s = waits(asker, timeout_s)
    name, node = (None, None) if box is None else (box.name, box.node)
    request = CallRequest(to, event, milliseconds(wait_s), name)
    answer = await asker.ask(request, EventsResponse, to=node, wait_s=wait_s)
    if len(answer.events) != 1:
        raise InvalidMessage(f"a node answered a call of {to} with {len(answer.events)} messages")
    return Event.of(answer.events[0])


def check(event: WireEvent) -> None:
    """Whether a message is not larger than one may be.

    Raises:
        TooLarge: It is.
    """
    if len(event.data) > MESSAGE_BYTES:
        raise TooLarge(
            f"a message of {len(event.data):,} bytes is too large; clients send at most {MESSAGE_BYTES:,}",
            "send it in parts, or put it where the atom can read it",
        )


def waits(asker: Asker, timeout_s: float | None) -> float:
    """How long a node may wait, in seconds: what is asked for, or as long as for any answer.

    Raises:
        InvalidRequest: It is no time.
    """
    if timeout_s is None:
        return asker.timeout_s
    # As people give it, whatever its type is to be.
    given: object = timeout_s
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 0:
        raise InvalidRequest(f"{given!r} is no time to wait", "give seconds, from 0 on; None waits as `connect` says")
    return min(float(given), MOST_S)


def milliseconds(seconds: float) -> int:
    """Seconds as whole milliseconds, in the range that the wire has."""
    return max(0, min(round(seconds * 1000), 2**32 - 1))
