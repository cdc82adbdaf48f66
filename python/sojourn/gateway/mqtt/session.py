"""A client's session with its broker: what is sent, what is expected, what is sent again. No clock, no socket.

A driver tells it what happens (`opened`, `fed`, `closed`, `tick`) and takes what goes out (`output`). What came is
acknowledged only when `acknowledge` says so, and in the order in which it came (MQTT 5, 4.6): what was not, the broker
sends again after the connection, and then it is known by its number and not told a second time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt import property as prop
from sojourn.gateway.mqtt.error import Full, Malformed, MqttError
from sojourn.gateway.mqtt.framing import Frames
from sojourn.gateway.mqtt.limit import (
    FLIGHT,
    HELD_BYTES,
    KEEP_ALIVE_S,
    MOST_PACKET_BYTES,
    PACKET_BYTES,
    RECEIVE_MAXIMUM,
    SESSION_EXPIRY_S,
)
from sojourn.gateway.mqtt.packet import V5, Kind, Publish, Subscription, Will
from sojourn.gateway.mqtt.reason import declined, text_of

MOST_NUMBER = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a client introduces itself.

    Attributes:
        client: Its name, one of a kind at the broker; it is how the broker finds the session again.
        version: 5, or 4 for 3.1.1.
        clean: Whether what the broker still has for it is to be forgotten.
        keep_alive_s: It is gone when nothing was heard of it for one and a half times so long.
        session_expiry_s: How long the broker keeps the session of one that is away (MQTT 5).
        receive_maximum: Messages that may come before the first of them is acknowledged (MQTT 5).
        packet_bytes: The largest packet that is taken.
        user: Its user name.
        password: Its password.
        will: What is published when it is gone.
    """

    client: str
    version: int = V5
    clean: bool = False
    keep_alive_s: int = KEEP_ALIVE_S
    session_expiry_s: int = SESSION_EXPIRY_S
    receive_maximum: int = RECEIVE_MAXIMUM
    packet_bytes: int = PACKET_BYTES
    user: str | None = None
    password: bytes | None = field(default=None, repr=False)
    will: Will | None = None


class Connected(NamedTuple):
    """The broker took the connection."""

    session_present: bool
    version: int


class Delivered(NamedTuple):
    """What was published is with the broker, or was refused by it (reason from 0x80 on)."""

    token: object
    reason: int


class Granted(NamedTuple):
    """The broker's answer to a subscription: the QoS, or from 0x80 on why not."""

    pattern: str
    reason: int


class Failed(NamedTuple):
    """It is not MQTT, or breaks its rules, or the broker refuses or ends the connection, which has to be closed."""

    error: MqttError


class TooLarge(NamedTuple):
    """A message came that is larger than may be; it was acknowledged and is gone."""

    qos: int


Happening: TypeAlias = Connected | Publish | Delivered | Granted | TooLarge | Failed


@dataclass(slots=True)
class _Flight:
    """A message of ours that the broker has not acknowledged: as PUBLISH, or (QoS 2, second half) as PUBREL."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: prop.Properties
    token: object
    released: bool = False

    def written(self, version: int, number: int) -> bytes:
        """As PUBLISH."""
        return wire.publish(
            version,
            self.topic,
            self.payload,
            self.qos,
            retain=self.retain,
            packet_id=number,
            properties=self.properties,
        )


class Session:
    """See above.

    Args:
        options: How it introduces itself.

    Attributes:
        version: What is spoken.
        up: Whether the broker took the connection.
        most_qos: What the broker does at most.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.version = options.version
        self.up = False
        self.most_qos = 2
        self._out: list[bytes] = []
        self._frames = Frames(options.packet_bytes)
        self._number = 0
        self._flights: dict[int, _Flight] = {}
        self._asked: dict[int, str] = {}
        self._most_flights = FLIGHT
        self._most_packet = MOST_PACKET_BYTES
        # Messages that came on this connection, oldest first; those of before it that nobody acknowledged; numbers of
        # QoS 2 whose PUBREL has not come.
        self._came: deque[Publish] = deque()
        self._came_bytes = 0
        self._held: dict[int, Publish] = {}
        self._released_later: set[int] = set()
        self._keep_alive_s = float(options.keep_alive_s)
        self._heard = self._said = 0.0
        self._pinged = False

    # What the driver tells.

    def opened(self, now: float) -> None:
        """There is a connection: CONNECT goes out."""
        options = self.options
        self._frames = Frames(options.packet_bytes)
        self._heard = self._said = now
        self._pinged = False
        properties: prop.Properties = {
            prop.SESSION_EXPIRY: options.session_expiry_s,
            prop.RECEIVE_MAXIMUM: options.receive_maximum,
            prop.MAXIMUM_PACKET: options.packet_bytes,
        }
        self._out = [
            wire.connect(
                self.version,
                options.client,
                clean=options.clean,
                keep_alive_s=options.keep_alive_s,
                user=options.user,
                password=options.password,
                will=options.will,
                properties=properties,
            )
        ]

    def closed(self) -> None:
        """The connection is over. What was not acknowledged is kept for the next one."""
        self.up = False
        self._out = []
        self._asked = {}
        self._held.update((message.packet, message) for message in self._came)
        self._came.clear()
        self._came_bytes = 0

    def fed(self, data: bytes, now: float) -> list[Happening]:
        """What came, as what it means; `Failed` is the last, and then the connection has to be closed."""
        self._heard = now
        self._pinged = False
        happened: list[Happening] = []
        try:
            self._read(data, happened)
        except MqttError as error:
            happened.append(Failed(error))
        return happened

    def _read(self, data: bytes, happened: list[Happening]) -> None:
        for first, body, whole in self._frames.fed(data):
            kind = first >> 4
            if kind == Kind.PUBLISH and self.up:
                self._publish(wire.read_publish(self.version, first, body, whole=whole), happened)
            elif not whole:
                raise Malformed("a packet is larger than it may be", 0x95)
            else:
                self._packet(kind, first & 0x0F, body, happened)

    def tick(self, now: float) -> None:
        """Time passes: the broker is asked whether it is there.

        Raises:
            Malformed: It has not answered in time.
        """
        if not self.up or not self._keep_alive_s:
            return
        if now - self._heard > 1.5 * self._keep_alive_s:
            raise Malformed("the broker has not answered in time", 0x8D)
        if not self._pinged and (
            now - self._said >= self._keep_alive_s * 0.7 or now - self._heard >= self._keep_alive_s * 0.7
        ):
            self._pinged = True
            self._out.append(wire.PINGREQ)

    def output(self, now: float) -> bytes:
        """What goes out now."""
        if not self._out:
            return b""
        data = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        self._out = []
        self._said = now
        return data

    @property
    def pending(self) -> bool:
        """Whether something goes out."""
        return bool(self._out)

    # What its user asks for.

    @property
    def room(self) -> int:
        """How many messages with QoS can be published now."""
        return self._most_flights - len(self._flights) if self.up else 0

    def publish(  # noqa: PLR0913 -- the fields of a message
        self,
        topic: str,
        payload: bytes,
        qos: int = 0,
        *,
        retain: bool = False,
        properties: prop.Properties = wire.NO_PROPERTIES,
        token: object = None,
    ) -> None:
        """Publishes; with QoS, `Delivered` tells of it.

        Raises:
            Full: The broker is away, or has too many that it has not acknowledged.
            Malformed: The broker takes none so large.
        """
        qos = min(qos, self.most_qos)
        if not self.up or (qos and self.room < 1):
            raise Full("the broker is away, or has not acknowledged what it has", "try again when there is room")
        number = self._next() if qos else 0
        flight = _Flight(topic, payload, qos, retain, properties, token)
        data = flight.written(self.version, number)
        if len(data) > self._most_packet:
            raise Malformed(f"the broker takes no message of {len(data)} bytes", 0x95)
        if qos:
            self._flights[number] = flight
        self._out.append(data)

    def subscribe(self, subscription: Subscription) -> None:
        """Subscribes; `Granted` tells of it. Nothing while the broker is away."""
        if self.up:
            number = self._next()
            self._asked[number] = subscription.pattern
            self._out.append(wire.subscribe(self.version, number, subscription))

    def unsubscribe(self, pattern: str) -> None:
        """Ends a subscription. Nothing while the broker is away."""
        if self.up:
            number = self._next()
            self._asked[number] = pattern
            self._out.append(wire.unsubscribe(self.version, number, pattern))

    def acknowledge(self, message: Publish) -> None:
        """The broker may be told that the message was taken. For QoS 0, and a second time, nothing."""
        if not message.packet or message.acknowledged:
            return
        message.acknowledged = True
        came = self._came
        while came and came[0].acknowledged:
            self._came_bytes -= len(came[0].payload)
            self._taken(came.popleft())

    def disconnect(self, reason: int = 0) -> None:
        """Says goodbye, so that there is no will."""
        if self.up or reason:
            self._out.append(wire.disconnect(self.version, reason))

    # What comes.

    def _publish(self, message: Publish, happened: list[Happening]) -> None:
        if message.packet:
            number = message.packet
            if number in self._released_later:
                self._out.append(wire.answer(Kind.PUBREC, number))
                return
            known = self._held.pop(number, None)
            if known is not None and message.dup and (known.topic, known.payload) == (message.topic, message.payload):
                self._came.append(known)
                self._came_bytes += len(known.payload)
                if known.acknowledged:
                    known.acknowledged = False
                    self.acknowledge(known)
                return
            # Mosquitto 2.0 sends more than the receive maximum after a reconnect: what counts is the room they take.
            self._came_bytes += len(message.payload)
            if len(self._came) >= MOST_NUMBER or self._came_bytes > HELD_BYTES:
                raise Malformed("more messages come than are acknowledged", 0x93)
            self._came.append(message)
        if message.topic:
            happened.append(message)
        else:
            happened.append(TooLarge(message.qos))
            self.acknowledge(message)

    def _taken(self, message: Publish) -> None:
        if message.qos == 1:
            self._out.append(wire.answer(Kind.PUBACK, message.packet))
        else:
            self._released_later.add(message.packet)
            self._out.append(wire.answer(Kind.PUBREC, message.packet))

    def _packet(self, kind: int, flags: int, body: bytes, happened: list[Happening]) -> None:
        if kind == Kind.CONNACK and not self.up:
            happened.append(self._connack(wire.read_connack(self.version, body)))
        elif not self.up:
            raise Malformed(f"packet {kind} comes before the answer to CONNECT", 0x82)
        elif flags != (2 if kind == Kind.PUBREL else 0):
            raise Malformed(f"packet {kind} has flags that there are not")
        elif kind in {Kind.PUBACK, Kind.PUBREC, Kind.PUBREL, Kind.PUBCOMP}:
            self._answer(Kind(kind), *wire.read_answer(self.version, body), happened)
        elif kind in {Kind.SUBACK, Kind.UNSUBACK}:
            number, codes = wire.read_codes(self.version, body)
            pattern = self._asked.pop(number, None)
            if pattern is not None and kind == Kind.SUBACK and codes:
                happened.append(Granted(pattern, codes[0]))
        elif kind == Kind.DISCONNECT and self.version == V5:
            reason, text = wire.read_disconnect(body)
            said = f" ({text[:200]})" if text else ""
            raise Malformed(f"the broker ends the connection: {text_of(reason)}{said}", 0)
        elif kind != Kind.PINGRESP:
            raise Malformed(f"a broker sends no packet {kind}", 0x82)

    def _connack(self, answer: wire.Connack) -> Connected:
        if answer.reason:
            raise declined(self.version, answer.reason)
        given = answer.properties
        self.up = True
        self.most_qos = prop.number_of(given, prop.MAXIMUM_QOS, 2)
        self._most_flights = max(1, min(FLIGHT, prop.number_of(given, prop.RECEIVE_MAXIMUM, FLIGHT)))
        self._most_packet = prop.number_of(given, prop.MAXIMUM_PACKET, MOST_PACKET_BYTES)
        self._keep_alive_s = float(prop.number_of(given, prop.SERVER_KEEP_ALIVE, self.options.keep_alive_s))
        if not answer.session_present:
            self._held = {}
            self._released_later = set()
        self._again(session_present=answer.session_present)
        return Connected(answer.session_present, self.version)

    def _again(self, *, session_present: bool) -> None:
        """What the broker has not acknowledged goes out again, in its order."""
        for number, flight in self._flights.items():
            if flight.released:
                self._out.append(wire.answer(Kind.PUBREL, number))
            else:
                data = flight.written(self.version, number)
                self._out.append(bytes([data[0] | 0x08]) + data[1:] if session_present else data)

    def _answer(self, kind: Kind, number: int, reason: int, happened: list[Happening]) -> None:
        if kind is Kind.PUBREL:
            self._released_later.discard(number)
            self._out.append(wire.answer(Kind.PUBCOMP, number))
            return
        flight = self._flights.get(number)
        if flight is None:
            # Of a connection or process before this one.
            if kind is Kind.PUBREC:
                self._out.append(wire.answer(Kind.PUBREL, number, 0x92 if self.version == V5 else 0))
            return
        if kind is Kind.PUBREC and flight.qos == 2 and reason < wire.FAILURE:  # noqa: PLR2004 -- exactly once
            flight.released = True
            flight.payload = b""
            self._out.append(wire.answer(Kind.PUBREL, number))
        elif kind is (Kind.PUBREC if flight.qos == 1 else Kind.PUBACK):
            raise Malformed("a message is acknowledged as one of another QoS", 0x82)
        else:
            del self._flights[number]
            happened.append(Delivered(flight.token, reason))

    def _next(self) -> int:
        """A packet identifier that is not in use."""
        number = self._number
        while True:
            number = number % MOST_NUMBER + 1
            if number not in self._flights and number not in self._asked:
                self._number = number
                return number
