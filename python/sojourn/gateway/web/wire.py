"""A connection's bytes: read by Hypercorn as a stream, until a WebSocket takes it over and gets them as they come."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Sink(Protocol):
    """Who has taken a connection over."""

    def data(self, data: bytes) -> None:
        """Bytes came."""

    def flow(self, *, clogged: bool) -> None:
        """More waits to go out than should, or not any more."""

    def lost(self) -> None:
        """The connection is over."""


class Wire(asyncio.StreamReaderProtocol):
    """A connection.

    Attributes:
        sink: Who has taken it over; None: it is read as a stream.
    """

    sink: Sink | None = None

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
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
        super().connection_lost(error)
