"""A connection's bytes: read by Hypercorn as a stream, until a WebSocket takes it over and gets them as they come."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

from sojourn.gateway.http.limit import STALLED_MS

if TYPE_CHECKING:
    from collections.abc import Callable


class Sink(Protocol):
    """Who has taken a connection over."""

    def data(self, data: bytes) -> None:
        """Bytes came."""

    def flow(self, *, clogged: bool) -> None:
        """More waits to go out than should, or not any more."""

    def lost(self) -> None:
        """The connection is over."""


# What all connections are read into: the loop reads one after the other, and each takes its bytes at once. Without it
# the loop would ask the system for 256 KiB at each read, and give nearly all of it back.
ROOM = memoryview(bytearray(64 << 10))


class Wires:
    """All connections of a server.

    Args:
        most: How many there may be.

    Attributes:
        open: Those that there are.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.open: set[Wire] = set()

    def cut(self) -> None:
        """Ends all of them, whatever is on its way."""
        for wire in tuple(self.open):
            if wire.transport is not None:
                wire.transport.abort()


class Wire(asyncio.StreamReaderProtocol, asyncio.BufferedProtocol):
    """A connection.

    Attributes:
        sink: Who has taken it over; None: it is read as a stream.
    """

    sink: Sink | None = None

    def __init__(
        self,
        reader: asyncio.StreamReader,
        connected: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None],
        wires: Wires,
    ) -> None:
        super().__init__(reader, connected, loop=asyncio.get_running_loop())
        self._wires = wires
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It begins; one too many ends at once."""
        if len(self._wires.open) >= self._wires.most:
            cast("asyncio.Transport", transport).abort()
            return
        self.transport = cast("asyncio.Transport", transport)
        self._wires.open.add(self)
        prepare(transport.get_extra_info("socket"))
        super().connection_made(transport)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- asyncio's
        """Where the next bytes are read to."""
        return ROOM

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes came."""
        self.data_received(bytes(ROOM[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Bytes came; uvloop calls this, and has a buffer of its own."""
        if self.sink is None:
            super().data_received(data)
        else:
            self.sink.data(data)

    def pause_writing(self) -> None:
        """More waits to go out than should."""
        super().pause_writing()
        if self.sink is not None:
            self.sink.flow(clogged=True)

    def resume_writing(self) -> None:
        """Not any more."""
        super().resume_writing()
        if self.sink is not None:
            self.sink.flow(clogged=False)

    def eof_received(self) -> bool:
        """The peer sends no more: a WebSocket is over then."""
        if self.sink is not None:
            self.sink.lost()
        return bool(super().eof_received())

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        if self.sink is not None:
            self.sink.lost()
            self.sink = None
        self._wires.open.discard(self)
        if self.transport is not None:
            super().connection_lost(error)


def prepare(connection: socket.socket) -> None:
    """Small messages go at once; a peer that takes nothing, or is not there any more, ends the connection."""
    # One that is reset already takes no options, and says so when it is read.
    with suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)
