"""Connections as Hypercorn has them, with what a gateway does otherwise.

WebSockets over HTTP/1.1 take the connection over, what is no HTTP is answered with problem+json, and an answer that was
cut off is seen to be so in HTTP/2 as well.

Hypercorn offers no places for this: its classes are derived from, and its version is bounded (docs/decisions/0043).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import h2.errors
import h2.exceptions
import h11
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.tcp_server import MAX_RECV, TCPServer
from hypercorn.events import Closed, Event, RawData
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import StreamClosed
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.h11 import H2CProtocolRequiredError, H2ProtocolAssumedError, H11Protocol, H11WSConnection
from hypercorn.protocol.http_stream import HTTPStream
from hypercorn.typing import ConnectionState
from hypercorn.utils import parse_socket_addr

from sojourn.gateway.http.refusal import BadRequest
from sojourn.gateway.web.limit import REQUEST_HEAD_BYTES
from sojourn.gateway.web.reception import Visit, request_id
from sojourn.gateway.web.refusal import HeadTooLarge
from sojourn.gateway.web.upgrade import Front, Upgrade, refusal_fields

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from sojourn.gateway.web.wire import Wire

HEAD_TOO_LARGE = 431


class Upgraded:
    """The stream of a connection that a WebSocket has taken over: nothing more comes this way."""

    closed = False
    idle = False

    async def handle(self, event: StreamEvent) -> None:
        """Nothing is left to do."""


class Http1(H11Protocol):
    """HTTP/1.1.

    Attributes:
        upgrade: Takes the connection over for a WebSocket, whose request this is.
    """

    upgrade: Callable[[h11.Request], None]

    async def _create_stream(self, request: h11.Request) -> None:
        if is_upgrade(request) and not self.connection.trailing_data[0]:
            self.stream = cast("Any", Upgraded())
            # What is read as HTTP from here on is nothing: the bytes go elsewhere.
            self.connection = H11WSConnection(cast("h11.Connection", self.connection))
            self.upgrade(request)
        else:
            await super()._create_stream(request)

    async def _send_error_response(self, status_code: int) -> None:
        too_large = status_code == HEAD_TOO_LARGE
        text = f"the head of the request has more than {REQUEST_HEAD_BYTES} bytes" if too_large else "that is no HTTP"
        status, fields, body = refusal_fields(HeadTooLarge(text) if too_large else BadRequest(text), request_id(()))
        headers = [*fields, (b"connection", b"close"), *self.config.response_headers("h11")]
        await self._send_h11_event(h11.Response(status_code=status, headers=headers))
        await self._send_h11_event(h11.Data(data=body))
        await self._send_h11_event(h11.EndOfMessage())


class Http2(H2Protocol):
    """HTTP/2."""

    async def stream_send(self, event: StreamEvent) -> None:
        """What a stream sends. One that is over without its end is reset, so that it is not taken for whole."""
        if isinstance(event, StreamClosed):
            stream = self.streams.get(event.stream_id)
            if isinstance(stream, HTTPStream) and stream.state.name == "RESPONSE":
                try:
                    self.connection.reset_stream(event.stream_id, h2.errors.ErrorCodes.INTERNAL_ERROR)
                except h2.exceptions.ProtocolError:
                    pass
                else:
                    await self._flush()
        await super().stream_send(event)


class Protocols(ProtocolWrapper):
    """Hypercorn's choice between them, with ours in place of its own."""

    def __init__(self, upgrade: Callable[[h11.Request], None], *arguments: Any) -> None:  # noqa: ANN401 -- Hypercorn's
        super().__init__(*arguments)
        self._arguments = arguments[:-1]
        if isinstance(self.protocol, H2Protocol):
            self.protocol = Http2(*self._arguments)
        else:
            self.protocol = Http1(*self._arguments)
            self.protocol.upgrade = upgrade

    async def handle(self, event: Event) -> None:
        """What the connection says; one that begins with HTTP/1.1 may go on with 2."""
        try:
            await self.protocol.handle(event)
        except H2ProtocolAssumedError as error:
            self.protocol = Http2(*self._arguments)
            await self.protocol.initiate()
            await self._rest(error.data)
        except H2CProtocolRequiredError as error:
            self.protocol = Http2(*self._arguments)
            await self.protocol.initiate(error.headers, error.settings)
            await self._rest(error.data)

    async def _rest(self, data: bytes) -> None:
        if data:
            await self.protocol.handle(RawData(data))


class Connection(TCPServer):
    """One connection.

    Args:
        front: The door.
        sockets: WebSockets that have taken connections over.
        arguments: Hypercorn's.
    """

    def __init__(self, front: Front, sockets: set[Upgrade], *arguments: Any) -> None:  # noqa: ANN401 -- Hypercorn's
        super().__init__(*arguments)
        self._front = front
        self._sockets = sockets

    async def run(self) -> None:
        """From its first byte to its end."""
        try:
            socket = self.writer.get_extra_info("socket")
            self._peer = parse_socket_addr(socket.family, socket.getpeername())
            tls = self.writer.get_extra_info("ssl_object")
            self._scheme = "http" if tls is None else "https"
            async with TaskGroup(self.loop) as tasks:
                self._task_group = tasks
                self.protocol = Protocols(
                    self._upgrade,
                    self.app,
                    self.config,
                    self.context,
                    tasks,
                    ConnectionState(self.state),
                    tls is not None,
                    self._peer,
                    parse_socket_addr(socket.family, socket.getsockname()),
                    self.protocol_send,
                    "http/1.1" if tls is None else tls.selected_alpn_protocol(),
                )
                await self.protocol.initiate()
                await self.idle_task.restart(tasks, self._idle_timeout)
                await self._read_data()
        except OSError:
            pass
        finally:
            await self._close()

    async def _read_data(self) -> None:
        # As Hypercorn's, without a task for each read: there is no time-out of reading, but that of being idle.
        while not self.reader.at_eof():
            try:
                data = await self.reader.read(MAX_RECV)
            except OSError:
                break
            await self.protocol.handle(RawData(data))
        await self.protocol.handle(Closed())

    def _upgrade(self, request: h11.Request) -> None:
        transport = cast("asyncio.Transport", self.writer.transport)
        path, _, query = request.target.partition(b"?")
        peer = str(self._peer[0]) if self._peer else "unknown"
        visit = Visit("GET", path, query, list(request.headers), peer, self._scheme)
        upgrade = Upgrade(self._front, transport, visit, self._sockets.discard)
        self._sockets.add(upgrade)
        cast("Wire", transport.get_protocol()).sink = upgrade
        upgrade.begin()


def is_upgrade(request: h11.Request) -> bool:
    """Whether a request asks for a WebSocket."""
    upgrade = connection = b""
    for name, value in request.headers:
        if name == b"upgrade":
            upgrade = value
        elif name == b"connection":
            connection = value
    tokens = {token.strip() for token in connection.lower().split(b",")}
    return request.method == b"GET" and upgrade.strip().lower() == b"websocket" and b"upgrade" in tokens
