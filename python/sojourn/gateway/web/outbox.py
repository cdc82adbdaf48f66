"""What goes to atoms, in order also where a node says `Busy`: what found no room waits, and goes when there is some."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from sojourn.gateway.web.limit import WAITING
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.gateway.port import Port

# Subject, type, data, media type.
Letter: TypeAlias = tuple[str, str, bytes, str]


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

    def send(self, to: str, type_: str, subject: str, data: bytes, content_type: str = "") -> bool:
        """Sends; whether it went out. What did not waits, in order."""
        waiting = self._waiting.get(to)
        if to in self._losing:
            return True
        if waiting is None:
            try:
                self._port.send(to, data, type=type_, subject=subject, content_type=content_type)
            except Busy:
                self._waiting[to] = deque([(subject, type_, data, content_type)])
                return False
            except NodeError as error:
                self._lose(to, error)
            return True
        waiting.append((subject, type_, data, content_type))
        return False

    def spare(self, to: str, type_: str, subject: str, data: bytes) -> None:
        """Sends what is not missed where there is no room: it waits only as long as not too much does."""
        if len(self._waiting.get(to, ())) < WAITING:
            self.send(to, type_, subject, data)

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
            except Busy:
                return went
            except NodeError as error:
                del self._waiting[to]
                self._lose(to, error)
                return went
            went.append(waiting.popleft())
        del self._waiting[to]
        return went

    def gone(self, to: str, error: NodeError) -> None:
        """An atom has ended: nothing more goes to it."""
        self._waiting.pop(to, None)
        self._lose(to, error)

    def _lose(self, to: str, error: NodeError) -> None:
        if to not in self._losing:
            self._losing.add(to)
            try:
                self._lost(to, error)
            finally:
                self._losing.discard(to)
