"""Channels of atoms: what came for a file goes by the port, or waits for room: bounded, the oldest goes first."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from sojourn.model.errors import NodeError
from sojourn.model.node_errors import Busy, UnknownAtom, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.gateway.port import Port, PortEvent

# By which messages are known that are not for the mailbox, but for a file.
CHANNEL = "channel"
# The file that stands for the standard input.
STDIN = "/dev/stdin"
AGAIN_S = 0.25
# What waits for one atom: messages, and bytes.
WAITING = 256
WAITING_BYTES = 1 << 20


class Streams:
    """Both ways.

    Args:
        port: By which atoms are reached.
        wrote: Told what an atom wrote to a file: its name, the file, the data.
    """

    def __init__(self, port: Port, wrote: Callable[[str, str, bytes], None]) -> None:
        self._port = port
        self._wrote = wrote
        self._waiting: dict[str, deque[tuple[str, bytes]]] = {}
        self.dropped = 0

    def send(self, atom: str, file: str, data: bytes) -> None:
        """Gives an atom what came for a file."""
        waiting = self._waiting.setdefault(atom, deque())
        waiting.append((file, data))
        while len(waiting) > WAITING or sum(len(each) for _, each in waiting) > WAITING_BYTES:
            waiting.popleft()
            self.dropped += 1
        self._flush(atom)

    def given(self, atom: str, data: bytes) -> None:
        """Gives an atom what came for its standard input."""
        self.send(atom, STDIN, data)

    async def run(self) -> None:
        """Tries what waits from time to time: nobody tells when an atom is known again."""
        while True:
            await asyncio.sleep(AGAIN_S)
            self.again()

    def forget(self, atom: str) -> None:
        """An atom is over."""
        self._waiting.pop(atom, None)

    def take(self, events: Sequence[PortEvent]) -> None:
        """What came by the port; also when there may be room again."""
        for event in events:
            if event.type == CHANNEL:
                self._wrote(event.source, event.subject, event.data)
        self.again()

    def again(self) -> None:
        """Tries what waits."""
        for atom in list(self._waiting):
            self._flush(atom)

    def _flush(self, atom: str) -> None:
        waiting = self._waiting[atom]
        while waiting:
            file, data = waiting[0]
            try:
                self._port.send(atom, data, type=CHANNEL, subject=file)
            except (Busy, UnknownAtom, Unreachable):
                # One that is being restored elsewhere is not known for a moment.
                return
            except NodeError:
                self.dropped += 1
            waiting.popleft()
        del self._waiting[atom]
