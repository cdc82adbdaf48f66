"""A broker and a port in memory: one client's session, whose line can be cut at any byte; atoms that take or do not."""

# ruff: noqa: ARG002 -- a port in memory has no use for all that one can be told

from collections import deque
from dataclasses import dataclass, field

from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt.error import Full
from sojourn.gateway.mqtt.framing import Frames
from sojourn.gateway.mqtt.packet import NO_PROPERTIES, Kind, Publish
from sojourn.gateway.mqtt.property import Properties, read_properties, read_text
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import Busy, UnknownAtom
from sojourn.model.wire import EventKind


@dataclass
class Sent:
    """A message for the client that it has not acknowledged."""

    topic: str
    payload: bytes
    qos: int
    received: bool = False
    was_sent: bool = False


class ModelBroker:
    """A broker with one client. What it heard is in `heard`, by what MQTT promises for each QoS."""

    def __init__(self, version: int, window: int = 20) -> None:
        self.version = version
        self.window = window
        self.heard: list[Publish] = []
        self.subscribed: dict[str, int] = {}
        self.connects = 0
        self._has_session = False
        self._queue: deque[Sent] = deque()
        self._sent: dict[int, Sent] = {}
        self._number = 0
        self._half: set[int] = set()
        self._frames = Frames(1 << 20)
        self._up = False

    def cut(self) -> None:
        """The line is gone, and a new one can come."""
        self._frames = Frames(1 << 20)
        self._up = False

    def forget(self) -> None:
        """The broker lost the session."""
        self._has_session = False
        self._sent, self._half = {}, set()
        self.subscribed = {}

    def post(self, topic: str, payload: bytes, qos: int) -> bytes:
        """A message for the client; what goes out."""
        if qos or self._up:
            self._queue.append(Sent(topic, payload, qos))
        return self._flow()

    @property
    def is_done(self) -> bool:
        """Whether the client acknowledged all."""
        return not self._queue and not self._sent

    def _flow(self) -> bytes:
        out = b""
        while self._up and self._queue and len(self._sent) < self.window:
            sent = self._queue.popleft()
            number = 0
            if sent.qos:
                number = self._next()
                self._sent[number] = sent
            out += self._written(number, sent)
        return out

    def _next(self) -> int:
        while True:
            self._number = self._number % 50 + 1
            if self._number not in self._sent:
                return self._number

    def _written(self, number: int, sent: Sent) -> bytes:
        data = wire.publish(self.version, sent.topic, sent.payload, sent.qos, packet_id=number)
        again = sent.was_sent
        sent.was_sent = True
        return bytes([data[0] | 8]) + data[1:] if again else data

    def fed(self, data: bytes) -> bytes:
        """What it answers."""
        out = b""
        for first, body, whole in self._frames.fed(data):
            assert whole
            out += self._packet(first, body)
        return out + self._flow()

    def _packet(self, first: int, body: bytes) -> bytes:  # noqa: PLR0911 -- an answer to each kind
        kind = Kind(first >> 4)
        tail = b"\0" if self.version == wire.V5 else b""
        match kind:
            case Kind.CONNECT:
                assert not self._up
                self._up = True
                self.connects += 1
                present, self._has_session = self._has_session, True
                out = wire.packet(0x20, bytes([present, 0]) + tail)
                for number, sent in self._sent.items():
                    out += wire.answer(Kind.PUBREL, number) if sent.received else self._written(number, sent)
                return out
            case Kind.PUBLISH:
                return self._published(wire.read_publish(self.version, first, body))
            case Kind.SUBSCRIBE:
                at = 2
                if self.version == wire.V5:
                    _, at = read_properties(body, 2)
                pattern, at = read_text(body, at)
                self.subscribed[pattern] = body[at]
                return wire.packet(0x90, body[:2] + tail + bytes([body[at]]))
            case Kind.UNSUBSCRIBE:
                return wire.packet(0xB0, body[:2] + tail + (b"\0" if tail else b""))
            case Kind.PINGREQ:
                return b"\xd0\0"
            case Kind.DISCONNECT:
                return b""
            case _:
                return self._answered(kind, *wire.read_answer(self.version, body))

    def _published(self, message: Publish) -> bytes:
        if message.qos == 2:
            if message.packet not in self._half:
                self._half.add(message.packet)
                self.heard.append(message)
            return wire.answer(Kind.PUBREC, message.packet)
        self.heard.append(message)
        return wire.answer(Kind.PUBACK, message.packet) if message.qos else b""

    def _answered(self, kind: Kind, number: int, _reason: int) -> bytes:
        if kind is Kind.PUBREL:
            self._half.discard(number)
            return wire.answer(Kind.PUBCOMP, number)
        sent = self._sent.get(number)
        if kind is Kind.PUBREC and sent is not None and sent.qos == 2:
            sent.received = True
            return wire.answer(Kind.PUBREL, number)
        if sent is not None and (kind is Kind.PUBCOMP) == (sent.qos == 2):
            del self._sent[number]
        return b""


@dataclass
class Came:
    """An event of the port."""

    kind: int
    source: str = ""
    type: str = ""
    subject: str = ""
    content_type: str = ""
    data: bytes = b""
    call: int = 0
    code: int = 0
    id: int = 0


def published(source: str, topic: str, data: bytes, *, call: int = 0, kind: str = "mqtt.publish") -> Came:
    """An atom wants something published."""
    return Came(EventKind.MESSAGE.value, source, kind, topic, data=data, call=call)


@dataclass
class FakePort:
    """Atoms: who is there, who has no room, and what they took."""

    name: str = "gateway/mqtt"
    atoms: dict[str, list[tuple[str, str, bytes]]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    calls: dict[int, str] = field(default_factory=dict)
    replies: list[tuple[int, str, bytes]] = field(default_factory=list)
    aliases: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    number: int = 0
    full: bool = False

    def send(self, to: str, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        if to not in self.atoms:
            raise UnknownAtom(f"no {to}")
        if to in self.busy:
            raise Busy(f"{to} has no room")
        self.atoms[to].append((type, subject, data))
        self.number += 1
        return self.number

    def call(  # noqa: PLR0913 -- a message's parts
        self,
        to: str,
        data: bytes,
        *,
        type: str = "",  # noqa: A002
        subject: str = "",
        content_type: str = "",
        expires_s: float | None = None,
    ) -> int:
        number = self.send(to, data, type=type, subject=subject)
        self.calls[number] = to
        return number

    def cancel(self, call: int) -> None:
        self.calls.pop(call, None)

    def reply(self, call: int, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        if self.full:
            raise Busy("no room for answers")
        self.replies.append((call, type, data))
        return 0

    def take(self, most: int = 1024) -> list[Came]:
        return []

    def find_any(self, scope: str, pattern: str) -> str | None:
        return next(iter(self.find_all(scope, pattern)), None)

    def find_all(self, scope: str, pattern: str) -> list[str]:
        if pattern == "(":
            raise NodeError("no pattern")
        return self.aliases.get((scope, pattern), [])

    def watch(self, atom: str) -> None: ...

    def unwatch(self, atom: str) -> None: ...

    def fileno(self) -> int:
        return 0

    def close(self) -> None: ...


@dataclass
class FakeBroker:
    """A client of a broker, without one."""

    room: int = 1000
    published: list[tuple[str, bytes, int, bool, Properties, object]] = field(default_factory=list)
    subscribed: dict[str, tuple[int, int]] = field(default_factory=dict)
    acknowledged: list[Publish] = field(default_factory=list)

    def publish(  # noqa: PLR0913 -- the fields of a message
        self,
        topic: str,
        payload: bytes,
        qos: int = 0,
        *,
        retain: bool = False,
        properties: Properties = NO_PROPERTIES,
        token: object = None,
    ) -> None:
        if not self.room:
            raise Full("no room")
        self.room -= 1
        self.published.append((topic, payload, qos, retain, properties, token))

    def subscribe(self, pattern: str, qos: int = 0, number: int = 0) -> None:
        self.subscribed[pattern] = qos, number

    def unsubscribe(self, pattern: str) -> None:
        del self.subscribed[pattern]

    def acknowledge(self, message: Publish) -> None:
        if message.packet and not message.acknowledged:
            message.acknowledged = True
            self.acknowledged.append(message)
