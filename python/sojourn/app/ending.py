"""When a service ends: at SIGTERM, SIGINT, or the end of whoever it must not outlive."""

from __future__ import annotations

import asyncio
import os
import signal


def heed(ended: asyncio.Event, lifeline: int | None) -> None:
    """Signals, and the end of the lifeline, end it.

    Args:
        ended: Set then.
        lifeline: A pipe that is held open by whoever it must not outlive.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if lifeline is not None:

        def closed() -> None:
            if not os.read(lifeline, 4096):
                loop.remove_reader(lifeline)
                ended.set()

        loop.add_reader(lifeline, closed)
