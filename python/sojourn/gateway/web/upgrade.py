"""A WebSocket over HTTP/1.1: it takes the connection over, and each message passes without a task between."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from sojourn.gateway.http import problem
from sojourn.gateway.http.refusal import BadRequest
from sojourn.gateway.web.frame import KEY, FrameReader, Op, Violation, accept_of, close_frame, closing, frame_of
from sojourn.gateway.web.limit import BACKLOG_BYTES, CLOSE_S
from sojourn.gateway.web.message import head_of_answer
from sojourn.gateway.web.reception import Reception, Visit, request_id
from sojourn.gateway.web.socket import NO_TEXT, VANISHED, Socket, is_text
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.web.message import Head
    from sojourn.gateway.web.streams import Streams
    from sojourn.gateway.web.telling import Told

VERSION = b"13"
CLOSED_WITHOUT_CODE, NORMAL = 1005, 1000
# Of an answer that accepts: these are the gateway's.
HANDSHAKE = frozenset(
    {
        b"sec-websocket-accept",
        b"sec-websocket-extensions",
        b"sec-websocket-protocol",
        b"content-length",
        b"x-request-id",
    }
)


class Front(Protocol):
    """What a WebSocket finds at the door."""

    streams: Streams
    reception: Reception
    told: Told
    clock: Callable[[], float]


class Upgrade:
    """The client's side of a WebSocket: see `socket.SocketClient` and `wire.Sink`.

    Args:
        front: The door.
        transport: The connection.
        visit: The request that asks for it.
        over: Told when the connection is done with.
    """

    __slots__ = (
        "_closing", "_front", "_number", "_open", "_over", "_pinged", "_reader", "_socket", "_transport", "_visit",
        "clogged", "heard_at", "key",
    )  # fmt: skip

    def __init__(
        self, front: Front, transport: asyncio.Transport, visit: Visit, over: Callable[[Upgrade], None]
    ) -> None:
        self._front = front
        self._transport = transport
        self._visit = visit
        self._over: Callable[[Upgrade], None] | None = over
        self._number = request_id(visit.fields)
        self._reader = FrameReader()
        self._socket: Socket | None = None
        self._open = False
        self._closing = False
        self._pinged = False
        self.clogged = False
        self.heard_at = front.clock()
        self.key = b""

    def begin(self) -> None:
        """Asks the atom, or refuses."""
        try:
            self._handshake()
            welcome = self._front.reception.welcome(self._visit, self._number, upgrade=True)
            self._socket = self._front.streams.socket(welcome.atom, welcome.head, self, self._front.clock())
        except SojournError as error:
            self._refuse(error)

    def _handshake(self) -> None:
        version = b""
        for name, value in self._visit.fields:
            if name == b"sec-websocket-key":
                self.key = value
            elif name == b"sec-websocket-version":
                version = value
            elif name in {b"content-length", b"transfer-encoding"} and value != b"0":
                raise BadRequest("a WebSocket begins without a body")
        if version != VERSION:
            raise BadRequest("this is WebSocket version 13", headers={"sec-websocket-version": "13"})
        if not KEY.fullmatch(self.key):
            raise BadRequest("the Sec-WebSocket-Key is none")

    # What the connection says.

    def data(self, data: bytes) -> None:
        """Bytes of the client."""
        self.heard_at = self._front.clock()
        self._pinged = False
        socket = self._socket
        if self._closing or socket is None:
            # After the last word nothing counts but that the client closes, too.
            if self._closing and b"\x88" in data:
                self._drop()
            return
        if not self._open:
            socket.closed(VANISHED, "the client spoke too early")
            self._refuse(BadRequest("frames before the WebSocket was accepted"))
            return
        try:
            for op, payload in self._reader.feed(data):
                self._frame(socket, op, payload)
        except Violation as violation:
            socket.closed(violation.code, str(violation))
            self.close(violation.code, str(violation))

    def _frame(self, socket: Socket, op: int, payload: bytes) -> None:
        if self._closing:
            return
        if op == Op.TEXT:
            if not is_text(payload):
                raise Violation(NO_TEXT, "the text is not UTF-8")
            self._front.told.passed(inward=True)
            socket.said(payload, text=True)
        elif op == Op.BINARY:
            self._front.told.passed(inward=True)
            socket.said(payload, text=False)
        elif op == Op.PING:
            if not self.clogged:
                self._transport.write(frame_of(Op.PONG, payload))
        elif op == Op.CLOSE:
            code, reason = closing(payload)
            socket.closed(NORMAL if code == CLOSED_WITHOUT_CODE else code, reason)
            self._end(code, reason)
            self._drop()

    def flow(self, *, clogged: bool) -> None:
        """More waits to go out than should, or not any more."""
        self.clogged = clogged
        if not clogged and self._socket is not None:
            self._socket.drained()

    def lost(self) -> None:
        """The connection is over."""
        if self._socket is not None and not self._closing:
            self._socket.closed(VANISHED, "the client went")
            self._end(VANISHED, "")
        self._done()

    # What the stream says.

    def accept(self, head: Head) -> None:
        """The atom takes it."""
        fields = [
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-accept", accept_of(self.key)),
        ]
        protocol, rest = accepted_fields(head, self._visit)
        if protocol:
            fields.append((b"sec-websocket-protocol", protocol))
        fields += [*rest, (b"x-request-id", self._number)]
        self._transport.write(head_of_answer(101, HTTPStatus(101).phrase, fields))
        self._open = True
        self._front.told.opened()

    def refuse(self, head: Head, body: bytes) -> None:
        """The atom answers otherwise."""
        fields = [field for field in head.fields if field[0] not in {b"content-length", b"x-request-id"}]
        self._answer(head.status, [*fields, (b"x-request-id", self._number)], body)

    def fail(self, refusal: Refusal) -> None:
        """There is no answer."""
        self._refuse(refusal)

    def send(self, data: bytes, *, text: bool) -> bool:
        """A message."""
        self._front.told.passed(inward=False)
        self._transport.write(frame_of(Op.TEXT if text else Op.BINARY, data))
        return not self.clogged or self._transport.get_write_buffer_size() <= BACKLOG_BYTES

    def close(self, code: int, reason: str) -> None:
        """It is over; the client has a moment to say so, too."""
        if self._closing:
            return
        self._end(code, reason)
        self._transport.resume_reading()
        asyncio.get_running_loop().call_later(CLOSE_S, self._drop)

    def pause(self) -> None:
        """Reads no more."""
        self._transport.pause_reading()

    def resume(self) -> None:
        """Reads on."""
        self._transport.resume_reading()

    # Both.

    def finish(self) -> None:
        """The gateway ends."""
        if self._socket is not None and not self._socket.over:
            self._socket.end()

    def look(self, now: float, ping_s: float, idle_s: float) -> None:
        """Asks for a sign of life, or gives up."""
        silent_s = now - self.heard_at
        if not self._open or self._closing or self._socket is None:
            return
        if silent_s > idle_s:
            self._socket.closed(VANISHED, "the client is silent")
            self._end(VANISHED, "")
            self._transport.abort()
        elif silent_s > ping_s and not self._pinged and not self.clogged:
            self._pinged = True
            self._transport.write(frame_of(Op.PING, b""))

    def _end(self, code: int, reason: str) -> None:
        """The last frame."""
        if not self._closing:
            self._closing = True
            if self._open:
                said = NORMAL if code == CLOSED_WITHOUT_CODE else code
                if code != VANISHED:
                    self._transport.write(close_frame(said, reason))
                self._front.told.closed(self._visit.path, said, self._number)

    def _refuse(self, error: SojournError) -> None:
        status, fields, body = refusal_fields(error, self._number)
        self._answer(status, fields, body)

    def _answer(self, status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._closing = True
        told = [field for field in fields if field[0] != b"content-length"]
        told += [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        self._transport.write(head_of_answer(status, phrase, told) + body)
        self._front.told.request("GET", self._visit.path, status, self._front.clock() - self.heard_at, self._number)
        self._drop()

    def _drop(self) -> None:
        self._transport.close()
        self._done()

    def _done(self) -> None:
        if self._over is not None:
            over, self._over = self._over, None
            over(self)


def accepted_fields(head: Head, visit: Visit) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The subprotocol that the atom chose of those that the client offers, and the other fields of its answer."""
    offered = {
        each.strip() for name, value in visit.fields if name == b"sec-websocket-protocol" for each in value.split(b",")
    }
    chosen = [value for name, value in head.fields if name == b"sec-websocket-protocol" and value in offered]
    return (chosen[0] if chosen else b""), [field for field in head.fields if field[0] not in HANDSHAKE]


def refusal_fields(error: SojournError, number: bytes) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """An error as an answer: status, fields, body."""
    told = problem.problem_of(error, number.decode())
    body = problem.encoded(told)
    fields = [
        (b"content-type", problem.MEDIA_TYPE.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-request-id", number),
    ]
    fields += [(name.encode(), value.encode()) for name, value in problem.headers_of(error, "").items()]
    return told.status, fields, body
