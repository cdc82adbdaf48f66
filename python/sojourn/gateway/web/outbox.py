"""What goes to atoms, in order also where a node says `Busy`: what found no room waits, and goes when there is some."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from sojourn.gateway.web.limit import AWAY_S, WAITING
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import Busy, Lost, UnknownAtom, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.gateway.port import Port

# Subject, type, data, media type.
Letter: TypeAlias = tuple[str, str, bytes, str]
# Not sent, and to be tried again: there is no room, or the atom's node is lost and it may be restored. Its end is told.
HOLDING = (Busy, UnknownAtom, Unreachable, Lost)


class Outbox:
    """Messages of all streams on their way out.

    Args:
        port: Where they go out.
        lost: Told of an atom that takes nothing any more.
    """

    def __init__(self, port: Port, lost: Callable[[str, NodeError], None]) -> None:
        self._port = port
        self._lost = lost
        self._waiting: dict[str, deque[Letter]] = {}
        # Atoms whose loss is being told: what is said to them meanwhile is nothing new.
        self._losing: set[str] = set()
        # Atoms that nobody knows now, and since when: their node is lost, and they may be restored.
        self._away: dict[str, float] = {}

    def send(self, to: str, type_: str, subject: str, data: bytes, content_type: str = "") -> bool:
        """Sends; whether it went out. What did not waits, in order."""
        waiting = self._waiting.get(to)
        if to in self._losing:
            return True
        if waiting is None:
            try:
                self._port.send(to, data, type=type_, subject=subject, content_type=content_type)
            except HOLDING as error:
                self._hold(to, error)
                self._waiting[to] = deque([(subject, type_, data, content_type)])
                return False
            except NodeError as error:
                self._lose(to, error)
            return True
        waiting.append((subject, type_, data, content_type))
        return False

    def spare(self, to: str, type_: str, subject: str, data: bytes) -> None:
        """Sends what is not missed: it waits only behind others, and only as long as not too much does."""
        waiting = self._waiting.get(to)
        if waiting is None:
            with suppress(NodeError):
                self._port.send(to, data, type=type_, subject=subject)
        elif len(waiting) < WAITING:
            waiting.append((subject, type_, data, ""))

    def waits(self, to: str) -> bool:
        """Whether something waits for room at an atom."""
        return to in self._waiting

    def flush(self) -> set[str]:
        """Sends what waits, as far as there is room; the streams of which nothing waits any more."""
        free: set[str] = set()
        for to in tuple(self._waiting):
            went = {letter[0] for letter in self._flush(to)}
            free |= went - {letter[0] for letter in self._waiting.get(to, ())}
        return free

    def _flush(self, to: str) -> list[Letter]:
        waiting = self._waiting[to]
        went: list[Letter] = []
        while waiting:
            subject, type_, data, content_type = waiting[0]
            try:
                self._port.send(to, data, type=type_, subject=subject, content_type=content_type)
            except HOLDING as error:
                self._hold(to, error)
                return went
            except NodeError as error:
                self.gone(to, error)
                return went
            self._away.pop(to, None)
            went.append(waiting.popleft())
        del self._waiting[to]
        return went

    def gone(self, to: str, error: NodeError) -> None:
        """An atom has ended: nothing more goes to it."""
        self._waiting.pop(to, None)
        self._away.pop(to, None)
        self._lose(to, error)

    def tick(self, now: float) -> None:
        """Gives up atoms that have been away for too long."""
        for to, since in tuple(self._away.items()):
            if not since:
                self._away[to] = now
            elif now - since > AWAY_S:
                self.gone(to, UnknownAtom(f"nobody has known it for {AWAY_S:g} s"))

    def _hold(self, to: str, error: NodeError) -> None:
        if not isinstance(error, Busy):
            self._away.setdefault(to, 0.0)

    def _lose(self, to: str, error: NodeError) -> None:
        if to not in self._losing:
            self._losing.add(to)
            try:
                self._lost(to, error)
            finally:
                self._losing.discard(to)
