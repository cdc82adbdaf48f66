"""A session over a line that is cut at any byte, again and again: what MQTT promises for each QoS, both ways."""

import random
from collections import Counter

import pytest

from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt.error import Declined, Full, Malformed
from sojourn.gateway.mqtt.packet import Publish, Subscription
from sojourn.gateway.mqtt.session import Connected, Delivered, Failed, Granted, Options, Session, TooLarge
from tests.unit.gateway.mqtt.world import ModelBroker

SEEDS = range(60)
MESSAGES = 120


class Line:
    """A client and its broker, and the bytes between them."""

    def __init__(self, seed: int, version: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- no secret
        self.session = Session(Options(client="c", version=version, receive_maximum=20))
        self.broker = ModelBroker(version)
        self.to_broker = bytearray()
        self.to_client = bytearray()
        self.got: list[Publish] = []
        self.open: list[Publish] = []
        self.delivered: list[object] = []
        self.connect()

    def connect(self) -> None:
        self.session.opened(0.0)
        self.collect()

    def collect(self) -> None:
        self.to_broker += self.session.output(0.0)

    def cut(self) -> None:
        self.to_broker.clear()
        self.to_client.clear()
        self.session.closed()
        self.broker.cut()
        self.connect()

    def step(self) -> None:
        """Some bytes go one way, some the other, and some of what came is acknowledged."""
        size = self.random.randint(0, 60)
        part, self.to_broker = self.to_broker[:size], self.to_broker[size:]
        self.to_client += self.broker.fed(bytes(part))
        size = self.random.randint(0, 60)
        part, self.to_client = self.to_client[:size], self.to_client[size:]
        for happened in self.session.fed(bytes(part), 0.0):
            match happened:
                case Publish():
                    self.got.append(happened)
                    self.open.append(happened)
                case Delivered():
                    self.delivered.append(happened.token)
                case _:
                    assert isinstance(happened, Connected | Granted)
        while self.open and self.random.random() < 0.5:
            self.session.acknowledge(self.open.pop(self.random.randrange(len(self.open))))
        self.collect()


@pytest.mark.parametrize("version", [wire.V311, wire.V5])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_mqtt_promises_holds_however_often_the_line_is_cut(seed: int, version: int) -> None:
    line = Line(seed, version)
    chance = line.random
    out = [(f"out/{number % 3}", str(number).encode(), chance.randint(1, 2)) for number in range(MESSAGES)]
    for number in range(MESSAGES):
        line.to_client += line.broker.post(f"in/{number % 3}", str(number).encode(), chance.randint(1, 2))
    waiting = list(enumerate(out))
    steps = 0
    while waiting or len(line.delivered) < len(out) or not line.broker.is_done or line.open:
        steps += 1
        assert steps < 200_000
        if chance.random() < 0.05 and steps < 20_000:
            line.cut()
        while waiting and chance.random() < 0.5:
            token, (topic, payload, qos) = waiting[0]
            try:
                line.session.publish(topic, payload, qos, token=token)
            except Full:
                break
            waiting.pop(0)
        line.collect()
        line.step()
    check(line, out)


def check(line: Line, out: list[tuple[str, bytes, int]]) -> None:
    assert line.broker.connects > 1
    assert set(line.delivered) == set(range(len(out)))
    assert len(line.delivered) == len(out)
    heard = Counter((message.topic, message.payload) for message in line.broker.heard)
    for topic, payload, qos in out:
        assert heard[topic, payload] == 1 if qos == 2 else heard[topic, payload] >= 1
    assert set(heard) == {(topic, payload) for topic, payload, _ in out}
    got = Counter(message.payload for message in line.got)
    assert set(got) == {str(number).encode() for number in range(MESSAGES)}
    for message in line.got:
        assert got[message.payload] == 1 or message.qos == 1
    # What comes for the first time comes in the order of its QoS and topic.
    for topic in ("in/0", "in/1", "in/2"):
        first = list(dict.fromkeys(int(message.payload) for message in line.got if message.topic == topic))
        assert first == sorted(first)


def test_acknowledgements_go_out_in_the_order_of_the_messages() -> None:
    line = Line(1, wire.V5)
    session = line.session
    session.fed(b"\x20\x03\0\0\0", 0.0)
    session.output(0.0)
    data = b"".join(wire.publish(wire.V5, "t", b"%d" % number, 1, packet_id=number) for number in (1, 2, 3))
    first, second, third = [each for each in session.fed(data, 0.0) if isinstance(each, Publish)]
    session.acknowledge(third)
    session.acknowledge(second)
    assert session.output(0.0) == b""
    session.acknowledge(first)
    session.acknowledge(first)
    assert session.output(0.0) == b"".join(wire.answer(wire.Kind.PUBACK, number) for number in (1, 2, 3))


def test_what_is_held_is_not_told_twice_and_is_acknowledged_on_the_next_line() -> None:
    line = Line(1, wire.V311)
    session = line.session
    session.fed(b"\x20\x02\0\0", 0.0)
    message = wire.publish(wire.V311, "t", b"x", 1, packet_id=9)
    [came] = session.fed(message, 0.0)
    assert isinstance(came, Publish)
    session.closed()
    session.acknowledge(came)
    session.opened(1.0)
    session.fed(b"\x20\x02\x01\0", 1.0)
    session.output(1.0)
    again = bytes([message[0] | 8]) + message[1:]
    assert session.fed(again, 1.0) == []
    assert session.output(1.0) == wire.answer(wire.Kind.PUBACK, 9)
    # The number is free now: whatever comes with it is another message.
    assert len(session.fed(again, 1.0)) == 1


def test_a_message_that_is_too_large_is_acknowledged_and_let_go() -> None:
    session = Session(Options(client="c", version=wire.V311, packet_bytes=100_000))
    session.opened(0.0)
    session.fed(b"\x20\x02\0\0", 0.0)
    session.output(0.0)
    large = wire.publish(wire.V311, "t", bytes(200_000), 1, packet_id=5)
    after = wire.publish(wire.V311, "t", b"after", 0)
    happened = session.fed(large + after, 0.0)
    assert happened[0] == TooLarge(1)
    assert isinstance(happened[1], Publish)
    assert session.output(0.0) == wire.answer(wire.Kind.PUBACK, 5)


def test_a_broker_that_sends_more_than_it_may_is_refused_and_what_came_before_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sojourn.gateway.mqtt.session.HELD_BYTES", 3000)
    session = Session(Options(client="c", version=wire.V5, receive_maximum=3))
    session.opened(0.0)
    session.fed(b"\x20\x03\0\0\0", 0.0)
    data = [wire.publish(wire.V5, "t", bytes(1000), 1, packet_id=number) for number in range(1, 9)]
    happened = session.fed(data[0], 0.0)
    assert isinstance(happened[0], Publish)
    session.acknowledge(happened[0])
    happened = session.fed(b"".join(data[1:]), 0.0)
    assert [type(each) for each in happened] == [Publish, Publish, Publish, Failed]


@pytest.mark.parametrize(
    ("version", "answer", "retry"),
    [
        (wire.V5, b"\x20\x02\0\x01", True),
        (wire.V5, b"\x20\x03\0\x84\0", True),
        (wire.V5, b"\x20\x03\0\x86\0", False),
        (wire.V311, b"\x20\x02\0\x04", False),
    ],
)
def test_a_broker_that_refuses_says_why(version: int, answer: bytes, retry: bool) -> None:  # noqa: FBT001 -- a case
    session = Session(Options(client="c", version=version))
    session.opened(0.0)
    [failed] = session.fed(answer, 0.0)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, Declined)
    assert failed.error.version is retry


def test_a_broker_that_falls_silent_is_asked_and_given_up() -> None:
    session = Session(Options(client="c", keep_alive_s=10))
    session.opened(0.0)
    session.fed(b"\x20\x03\0\0\0", 0.0)
    session.output(0.0)
    session.tick(5.0)
    assert not session.pending
    session.tick(8.0)
    assert session.output(8.0) == wire.PINGREQ
    session.fed(b"\xd0\0", 8.1)
    session.tick(16.0)
    assert session.output(16.0) == wire.PINGREQ
    with pytest.raises(Malformed, match="in time"):
        session.tick(23.2)


def test_nothing_is_subscribed_while_the_broker_is_away() -> None:
    session = Session(Options(client="c"))
    session.subscribe(Subscription("a", 1))
    session.unsubscribe("a")
    assert not session.pending
    with pytest.raises(Full):
        session.publish("a", b"")
