"""A node that runs in this process until it is told to end."""

from __future__ import annotations

import os
import select
import signal
from typing import TYPE_CHECKING

from sojourn.core.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.model.config import Value

ENDING = (signal.SIGTERM, signal.SIGINT)
# Seconds to leave in; the alarm ends a process that takes longer.
LEAVE_S = 10


def serve(settings: Mapping[str, Value], ready: Callable[[Node], None], lifeline: int | None = None) -> None:
    """Runs a node until SIGTERM or SIGINT comes, or the other end of the lifeline is closed; then it leaves cleanly.

    Args:
        settings: Its configuration, complete.
        ready: Told when it has joined.
        lifeline: A pipe that is held open by whoever the node must not outlive.

    Raises:
        NodeError: It could not listen, or could not join.
    """
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in ENDING:
        signal.signal(number, nothing)
    with Node(settings, "node") as node:
        ready(node)
        ends = [woken] if lifeline is None else [woken, lifeline]
        select.select(ends, [], [])
        # Whoever asks a second time does not want to wait for the clean end.
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        signal.alarm(LEAVE_S)
    signal.alarm(0)


def nothing(_signal: int, _frame: object) -> None:
    """A signal wakes the wait by its number in the pipe; there is nothing else to do."""
