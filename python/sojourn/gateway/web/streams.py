"""All streams of one gateway, and the calls by which they began: what comes by the port finds the one that it concerns.

Nothing here waits, reads a clock or a socket: time is given, the port takes at once or refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sojourn.gateway.web.exchange import Client, Exchange
from sojourn.gateway.web.limit import LONGEST_S, STREAMS
from sojourn.gateway.web.message import MEDIA_TYPE
from sojourn.gateway.web.outbox import Outbox
from sojourn.gateway.web.refusal import BrokenAnswer, TooLate, Unavailable, failure_of, refusal_of
from sojourn.gateway.web.socket import RESTARTED, Socket, SocketClient
from sojourn.gateway.web.stream import Stream
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import NotRunning
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.port import Port, PortEvent

MESSAGE, REPLY, FAILED, ENDED = (
    EventKind.MESSAGE.value, EventKind.REPLY.value, EventKind.FAILED.value, EventKind.ENDED.value,
)  # fmt: skip
S = TypeVar("S", bound=Stream)


class Streams:
    """The table.

    Args:
        port: Where messages go out.
        prefix: What ids begin with, so that they are new also when the gateway is: drawn at random; no `~`.
        answer_s: How long an atom has to begin its answer, in seconds.
    """

    def __init__(self, port: Port, prefix: str, answer_s: float) -> None:
        self._port = port
        self._prefix = prefix
        self._answer_s = answer_s
        self._count = 0
        self._by_id: dict[str, Stream] = {}
        self._by_call: dict[int, Stream] = {}
        self._by_atom: dict[str, set[Stream]] = {}
        self.outbox = Outbox(port, self._lost)

    def __len__(self) -> int:
        return len(self._by_id)

    def request(self, atom: str, data: bytes, client: Client, method: str, now: float) -> Exchange:
        """Sends a whole request.

        Args:
            atom: Global name of whom it goes to.
            data: The request as `message/http`.
            client: Who asks.
            method: Its method.
            now: Seconds of any clock that only goes forward.

        Raises:
            Refusal: It could not be sent.
        """
        exchange = Exchange(self, self._next(), atom, client, method)
        return self._begin(exchange, "http.request", data, self._answer_s, now)

    def open(self, atom: str, head: bytes, first: bytes, client: Client, method: str, now: float) -> Exchange:  # noqa: PLR0913, PLR0917
        """Sends the head of a request, and the first part of its body. See `request`."""
        exchange = Exchange(self, self._next(), atom, client, method)
        exchange.opened(first)
        return self._begin(exchange, "http.open", head + first, LONGEST_S, now)

    def socket(self, atom: str, head: bytes, client: SocketClient, now: float) -> Socket:
        """Sends the head of a WebSocket. See `request`."""
        return self._begin(Socket(self, self._next(), atom, client), "ws.open", head, self._answer_s, now)

    def _next(self) -> str:
        if len(self._by_id) >= STREAMS:
            raise Unavailable("the gateway has no room for one more request", "try again, or ask another gateway")
        self._count += 1
        return f"{self._prefix}{self._count:x}"

    def _begin(self, stream: S, type_: str, data: bytes, expires_s: float, now: float) -> S:
        try:
            stream.call = self._port.call(
                stream.atom, data, type=type_, subject=stream.id, content_type=MEDIA_TYPE, expires_s=expires_s
            )
        except NodeError as error:
            raise refusal_of(error, stream.atom) from error
        stream.deadline = now + self._answer_s
        self._by_id[stream.id] = stream
        self._by_call[stream.call] = stream
        return stream

    def delay(self, stream: Stream, now: float) -> None:
        """There was progress: its time begins anew, if it has one."""
        if stream.deadline:
            stream.deadline = now + self._answer_s

    # What comes by the port.

    def take(self, events: Iterable[PortEvent]) -> None:
        """Deals with what came; also with nothing: there may be room after `Busy`."""
        for event in events:
            kind = event.kind
            if kind == MESSAGE:
                self._message(event)
            elif kind == REPLY:
                if (stream := self._answered(event)) is not None:
                    stream.answered(event)
            elif kind == FAILED:
                if (stream := self._answered(event)) is not None:
                    stream.failed(failure_of(event.code, event.data.decode(errors="replace"), stream.atom))
            elif kind == ENDED:
                self._ended(event)
        for number in self.outbox.flush():
            if (stream := self._by_id.get(number)) is not None:
                stream.blocked = False
                stream.room()

    def _answered(self, event: PortEvent) -> Stream | None:
        stream = self._by_call.pop(event.call, None)
        if stream is not None:
            stream.call = 0
        return stream

    def _message(self, event: PortEvent) -> None:
        stream = self._by_id.get(event.subject)
        if stream is not None and stream.atom == event.source:
            stream.message(event)
        elif stream is None and event.type == "http.data":
            self.outbox.spare(event.source, "http.abort", event.subject, b"there is no such stream")
        elif stream is None and event.type in {"ws.text", "ws.binary"}:
            self.outbox.spare(event.source, "ws.close", event.subject, b"%d no such stream" % RESTARTED)

    def _ended(self, event: PortEvent) -> None:
        self.outbox.gone(event.source, NotRunning(f"it ended with status {event.code}"))

    def _lost(self, atom: str, error: NodeError) -> None:
        for stream in [each for each in self._by_id.values() if each.atom == atom]:
            stream.failed(BrokenAnswer(f"{atom}: {error}"))

    def tick(self, now: float) -> None:
        """Ends what has taken too long, and tries again what waits."""
        self.outbox.tick(now)
        self.take(())
        for stream in [each for each in self._by_id.values() if each.deadline and now > each.deadline]:
            stream.failed(TooLate(f"{stream.atom} did not answer within {self._answer_s:g} s"))

    def end(self) -> None:
        """This gateway ends: so do all streams that are left."""
        for stream in tuple(self._by_id.values()):
            stream.end()

    # What streams need.

    def attach(self, stream: Stream) -> None:
        """From now on the end of the stream's atom is heard."""
        beside = self._by_atom.setdefault(stream.atom, set())
        if not beside:
            self._port.watch(stream.atom)
        beside.add(stream)
        stream.attached = True

    def forget(self, stream: Stream) -> None:
        """The stream is over."""
        self._by_id.pop(stream.id, None)
        if stream.call:
            self._by_call.pop(stream.call, None)
            self._port.cancel(stream.call)
            stream.call = 0
        if stream.attached:
            stream.attached = False
            beside = self._by_atom[stream.atom]
            beside.discard(stream)
            if not beside:
                del self._by_atom[stream.atom]
                self._port.unwatch(stream.atom)
