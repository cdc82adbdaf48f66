"""A gateway's streams with recorded clients, and an atom at the other end of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from sojourn.gateway.http.refusal import Refusal
from sojourn.gateway.web.exchange import Exchange
from sojourn.gateway.web.message import Head
from sojourn.gateway.web.socket import Socket
from sojourn.gateway.web.streams import Streams
from tests.fake_port import FakeEvent, Hub
from tests.web_atom import WebAtom

GATEWAY, ATOM = "gw/.http", "n1/web"
ANSWER_S = 5.0


@dataclass
class Client:
    """Remembers what it is told, and that it is told nothing after the end."""

    begun: Head | None = None
    body: bytearray = field(default_factory=bytearray)
    ends: list[object] = field(default_factory=list)
    rooms: int = 0
    exchange: Exchange | None = None
    slow: bool = False

    def head(self, head: Head) -> None:
        assert self.begun is None
        assert not self.ends
        self.begun = head

    def piece(self, data: bytes) -> None:
        assert self.begun is not None
        assert not self.ends
        self.body += data
        if self.exchange is not None and not self.slow:
            self.exchange.passed(len(data))

    def end(self) -> None:
        assert self.begun is not None
        assert not self.ends
        self.ends.append("end")

    def fail(self, refusal: Refusal) -> None:
        assert self.begun is None
        assert not self.ends
        self.ends.append(refusal.status)

    def cut(self, why: str) -> None:
        assert self.begun is not None
        assert not self.ends
        self.ends.append(f"cut: {why}")

    def room(self) -> None:
        self.rooms += 1


@dataclass
class SocketRecord:
    """The same of a WebSocket."""

    clogged: bool = False
    accepted: bool = False
    heard: list[bytes] = field(default_factory=list)
    ends: list[object] = field(default_factory=list)
    paused: bool = False
    backlog: int = 1 << 20
    socket: Socket | None = None

    def accept(self, head: Head) -> None:
        assert head.status == 101
        assert not self.accepted
        assert not self.ends
        self.accepted = True

    def refuse(self, head: Head, body: bytes) -> None:
        assert not self.accepted
        assert not self.ends
        self.ends.append((head.status, body))

    def fail(self, refusal: Refusal) -> None:
        assert not self.accepted
        assert not self.ends
        self.ends.append(refusal.status)

    def send(self, data: bytes, *, text: bool) -> bool:
        assert self.accepted
        assert not self.ends
        if text:
            data.decode()
        self.heard.append(data)
        return len(self.heard) < self.backlog

    def close(self, code: int, reason: str) -> None:
        assert self.accepted
        assert not self.ends
        assert isinstance(reason, str)
        self.ends.append(code)

    def pause(self) -> None:
        assert not self.paused
        self.paused = True

    def resume(self) -> None:
        assert self.paused
        self.paused = False


class Stage:
    """A gateway and an atom, with messages carried between them when asked."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.gate = self.hub.port(GATEWAY)
        self.atom = WebAtom(self.hub.port(ATOM))
        self.streams = Streams(self.gate, "g-", ANSWER_S)
        self.now = 100.0

    def carry(self) -> None:
        """Carries what there is, until nothing is left."""
        self.streams.take([])
        while self.gate.queue or self.atom.port.queue:  # type: ignore[attr-defined]
            self.atom.take(self.atom.port.take())
            self.streams.take(self.gate.take())
        self.streams.take([])

    def ask(self, line: str, body: bytes = b"", method: str = "GET") -> tuple[Client, Exchange]:
        """A whole request."""
        client = Client()
        head = f"{method} {line} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
        client.exchange = self.streams.request(ATOM, head + body, client, method, self.now)
        return client, client.exchange

    def open(self, line: str, first: bytes = b"", method: str = "POST") -> tuple[Client, Exchange]:
        """A request whose body follows."""
        client = Client()
        head = f"{method} {line} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
        client.exchange = self.streams.open(ATOM, head, first, client, method, self.now)
        return client, client.exchange

    def connect(self, target: str = "/ws") -> tuple[SocketRecord, Socket]:
        """A WebSocket."""
        client = SocketRecord()
        head = f"GET {target} HTTP/1.1\r\nupgrade: websocket\r\n\r\n".encode()
        client.socket = self.streams.socket(ATOM, head, client, self.now)
        return client, client.socket

    def said(self) -> list[tuple[str, bytes]]:
        """What the gateway has said to the atom beside calls: type and data."""
        return [(type_, data) for _, type_, _, data in self.gate.sent]

    def asked(self) -> list[FakeEvent]:
        """What came to the atom, which does not hear it now."""
        port = self.hub.ports[ATOM]
        return port.take()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A gateway and an atom."""
    made = Stage()
    yield made
    made.gate.close()
    made.atom.port.close()


def is_paused(client: SocketRecord) -> bool:
    """Whether its client is read no more, now."""
    return client.paused


def is_full(exchange: Exchange) -> bool:
    """Whether it takes no more of its body, now."""
    return exchange.full
