"""Ports without a realm: a hub in this process that carries messages between them, in order and once."""

import os
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from sojourn.model.node_errors import Busy, InvalidPattern, UnknownAtom
from sojourn.model.wire import EventKind

MESSAGE, REPLY, FAILED, ENDED = (EventKind[name].value for name in ("MESSAGE", "REPLY", "FAILED", "ENDED"))


@dataclass(frozen=True, slots=True)
class FakeEvent:
    """What came by a port; see `sojourn.gateway.port.PortEvent`."""

    id: int
    kind: int
    source: str
    type: str = ""
    subject: str = ""
    content_type: str = ""
    data: bytes = b""
    call: int = 0
    code: int = 0


class Hub:
    """Who has which port.

    Attributes:
        full: Atoms that have no room now.
        room: For how many messages more others have.
        aliases: Scope and alias to names.
    """

    def __init__(self) -> None:
        self.ports: dict[str, FakePort] = {}
        self.full: set[str] = set()
        self.room: dict[str, int] = {}
        self.aliases: dict[tuple[str, str], list[str]] = {}
        self.number = 0
        self.asked: dict[int, tuple[str, int]] = {}

    def port(self, name: str, aliases: tuple[tuple[str, str], ...] = ()) -> "FakePort":
        """A port of that global name."""
        self.ports[name] = FakePort(self, name)
        for alias in aliases:
            self.aliases.setdefault(alias, []).append(name)
        return self.ports[name]

    def next(self) -> int:
        """A number."""
        self.number += 1
        return self.number

    def free(self, name: str) -> None:
        """There is room again, and whoever waits is told."""
        self.full.discard(name)
        for port in self.ports.values():
            port.wake()

    def end(self, name: str, code: int = 0) -> None:
        """An atom ends: calls to it fail, who watches it hears of it."""
        self.ports.pop(name, None)
        for port in self.ports.values():
            for call in [call for call, to in port.calls.items() if to == name]:
                del port.calls[call]
                port.put(FakeEvent(self.next(), FAILED, name, call=call, code=6))
            if name in port.watched:
                port.put(FakeEvent(self.next(), ENDED, name, code=code))


class FakePort:
    """See `sojourn.gateway.port.Port`."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.name = name
        self.hub = hub
        self.queue: deque[FakeEvent] = deque()
        self.calls: dict[int, str] = {}
        self.watched: set[str] = set()
        self.sent: list[tuple[str, str, str, bytes]] = []
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def put(self, event: FakeEvent) -> None:
        """Something comes."""
        self.queue.append(event)
        self.wake()

    def wake(self) -> None:
        """Whoever waits looks."""
        os.eventfd_write(self._event, 1)

    def _to(self, to: str) -> "FakePort":
        if to in self.hub.full or not self.hub.room.get(to, 1):
            raise Busy("no room")
        if to in self.hub.room:
            self.hub.room[to] -= 1
        if to not in self.hub.ports:
            raise UnknownAtom(f"there is no atom {to}")
        return self.hub.ports[to]

    def send(self, to: str, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        number = self.hub.next()
        self._to(to).put(FakeEvent(number, MESSAGE, self.name, type, subject, content_type, data))
        self.sent.append((to, type, subject, data))
        return number

    def call(  # noqa: PLR0913
        self,
        to: str,
        data: bytes,
        *,
        type: str = "",  # noqa: A002
        subject: str = "",
        content_type: str = "",
        expires_s: float | None = None,  # noqa: ARG002
    ) -> int:
        number = self.hub.next()
        self.hub.asked[number] = (self.name, number)
        self._to(to).put(FakeEvent(number, MESSAGE, self.name, type, subject, content_type, data, call=number))
        self.calls[number] = to
        return number

    def cancel(self, call: int) -> None:
        self.calls.pop(call, None)

    def reply(self, call: int, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        asker, number = self.hub.asked[call]
        port = self.hub.ports.get(asker)
        if port is not None and port.calls.pop(number, None) is not None:
            port.put(FakeEvent(self.hub.next(), REPLY, self.name, type, subject, content_type, data, call=number))
        return number

    def take(self, most: int = 1024) -> list[FakeEvent]:
        with suppress(BlockingIOError):
            os.eventfd_read(self._event)
        taken = [self.queue.popleft() for _ in range(min(most, len(self.queue)))]
        if self.queue:
            self.wake()
        return taken

    def find_all(self, scope: str, pattern: str) -> list[str]:
        try:
            wanted = re.compile(pattern)
        except re.error as error:
            raise InvalidPattern(str(error)) from error
        if scope:
            return [
                name for (kind, alias), names in self.hub.aliases.items()
                if kind == scope and wanted.fullmatch(alias) for name in names
            ]  # fmt: skip
        return [
            name for name in self.hub.ports
            if wanted.fullmatch(name) or wanted.fullmatch(name.partition("/")[2])
        ]  # fmt: skip

    def find_any(self, scope: str, pattern: str) -> str | None:
        return next(iter(self.find_all(scope, pattern)), None)

    def watch(self, atom: str) -> None:
        self.watched.add(atom)
        if atom not in self.hub.ports:
            self.put(FakeEvent(self.hub.next(), ENDED, atom))

    def unwatch(self, atom: str) -> None:
        self.watched.discard(atom)

    def fileno(self) -> int:
        return self._event

    def close(self) -> None:
        if self._event >= 0:
            os.close(self._event)
            self._event = -1
        self.hub.ports.pop(self.name, None)
