"""Reads a port whenever there may be something, in this process's event loop."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sojourn.gateway.port import Port, PortEvent

# Events that are dealt with before others get their turn.
AT_ONCE = 256


@contextmanager
def reading(port: Port, take: Callable[[Sequence[PortEvent]], None]) -> Iterator[None]:
    """Gives `take` what comes, while the context is open; also an empty batch: there may be room after `Busy`.

    Args:
        port: Where it comes.
        take: Must not wait, and must not raise.
    """
    loop, descriptor = asyncio.get_running_loop(), port.fileno()

    def ready() -> None:
        events = port.take(AT_ONCE)
        take(events)
        if len(events) == AT_ONCE:
            loop.call_soon(more)

    def more() -> None:
        if reading_on:
            ready()

    reading_on = True
    loop.add_reader(descriptor, ready)
    try:
        yield
    finally:
        reading_on = False
        loop.remove_reader(descriptor)
