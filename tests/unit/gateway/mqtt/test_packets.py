"""Packets as bytes: there and back, cut anywhere, and whatever else comes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt.error import Malformed
from sojourn.gateway.mqtt.framing import Frames
from sojourn.gateway.mqtt.limit import HEAD_BYTES
from sojourn.gateway.mqtt.property import (
    KINDS,
    SEVERAL,
    Properties,
    read_properties,
    read_variable,
    write_properties,
    write_variable,
)
from sojourn.gateway.mqtt.session import Options, Session

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES: dict[int, st.SearchStrategy[Any]] = {
    0: st.integers(0, 255),
    1: st.integers(0, 65_535),
    2: st.integers(0, 2**32 - 1),
    3: st.integers(0, 268_435_455),
    4: TEXT,
    5: st.binary(max_size=20),
    6: st.tuples(TEXT, TEXT),
}


@st.composite
def some_properties(draw: st.DrawFn) -> Properties:
    properties: Properties = {}
    for number in draw(st.sets(st.sampled_from(sorted(KINDS)), max_size=6)):
        value = VALUES[KINDS[number]]
        properties[number] = draw(st.lists(value, min_size=1, max_size=3) if number in SEVERAL else value)
    return properties


@given(some_properties(), st.binary(max_size=5))
def test_properties_are_read_as_they_were_written(properties: Properties, rest: bytes) -> None:
    written = write_properties(properties)
    assert read_properties(written + rest, 0) == (properties, len(written))


@given(st.integers(0, 268_435_455))
def test_a_length_is_read_as_it_was_written(number: int) -> None:
    written = write_variable(number)
    assert read_variable(written, 0) == (number, len(written))


@given(
    st.sampled_from([wire.V311, wire.V5]),
    TEXT.filter(lambda text: bool(text) and "+" not in text and "#" not in text),
    st.binary(max_size=300),
    st.integers(0, 2),
    st.booleans(),
    some_properties(),
)
def test_a_message_is_read_as_it_was_written(  # noqa: PLR0913, PLR0917 -- what a message has
    version: int,
    topic: str,
    payload: bytes,
    qos: int,
    retain: bool,  # noqa: FBT001 -- drawn
    properties: Properties,
) -> None:
    number = 77 if qos else 0
    data = wire.publish(version, topic, payload, qos, retain=retain, packet_id=number, properties=properties)
    [(first, body, whole)] = list(Frames(1 << 20).fed(data))
    read = wire.read_publish(version, first, body, whole=whole)
    assert (read.topic, read.payload, read.qos, read.retain, read.packet) == (topic, payload, qos, retain, number)
    assert read.properties == (properties if version == wire.V5 else {})


@given(st.lists(st.binary(max_size=400), max_size=8), st.lists(st.integers(1, 200), min_size=1, max_size=30))
def test_packets_come_whole_however_they_are_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(wire.packet(0x30, body) for body in bodies)
    frames = Frames(1 << 20)
    came = []
    at = turn = 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        came += [body for _, body, _ in frames.fed(stream[at : at + size])]
        at, turn = at + size, turn + 1
    assert came == bodies
    assert frames.waiting == 0


@given(st.integers(0, 300), st.integers(1, 5000))
def test_of_a_packet_that_is_too_large_only_the_head_is_kept(more: int, cut: int) -> None:
    most = HEAD_BYTES + 1000
    body = bytes(range(256)) * 400
    large = body[: most + 1 + more]
    stream = wire.packet(0x30, b"before") + wire.packet(0x32, large) + wire.packet(0x30, b"after")
    frames = Frames(most)
    came = []
    for at in range(0, len(stream), cut):
        came += list(frames.fed(stream[at : at + cut]))
        assert frames.waiting <= HEAD_BYTES + 8 + cut
    assert came == [(0x30, b"before", True), (0x32, large[:HEAD_BYTES], False), (0x30, b"after", True)]


def opened(version: int) -> Session:
    session = Session(Options(client="c", version=version, packet_bytes=100_000, receive_maximum=8))
    session.opened(0.0)
    session.output(0.0)
    return session


@given(st.sampled_from([wire.V311, wire.V5]), st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_any_bytes_are_understood_or_refused(version: int, parts: list[bytes], up: bool) -> None:  # noqa: FBT001 -- drawn
    session = opened(version)
    if up:
        session.fed(b"\x20\x02\0\0" if version == wire.V311 else b"\x20\x03\0\0\0", 0.0)
        assert session.up
    for part in parts:
        for happened in session.fed(part, 0.0):
            assert happened is not None


KNOWN = st.sampled_from(
    [
        b"\x20\x03\0\0\0",
        wire.publish(wire.V5, "a/b", b"payload", 1, packet_id=3, properties={1: 1, 0x26: [("a", "b")]}),
        wire.publish(wire.V5, "a/b", b"payload", 2, packet_id=4),
        wire.answer(wire.Kind.PUBACK, 1),
        wire.answer(wire.Kind.PUBREC, 1, 0x91),
        wire.answer(wire.Kind.PUBREL, 4),
        wire.answer(wire.Kind.PUBCOMP, 1),
        b"\x90\x04\0\x01\0\x01",
        b"\xb0\x04\0\x01\0\0",
        b"\xd0\0",
        b"\xe0\x02\x8b\0",
    ]
)


@given(st.lists(KNOWN, min_size=1, max_size=6), st.data())
def test_packets_with_changed_bytes_do_no_harm(packets: list[bytes], data: st.DataObject) -> None:
    session = opened(wire.V5)
    session.fed(b"\x20\x03\0\0\0", 0.0)
    session.publish("t", b"x", 1)
    stream = bytearray(b"".join(packets))
    for _ in range(data.draw(st.integers(0, 3))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(stream)))
    for part in (bytes(stream[:cut]), bytes(stream[cut:])):
        session.fed(part, 0.0)
    session.closed()
    assert len(session._held) <= 8


@pytest.mark.parametrize(
    "body",
    [b"", b"\0", b"\0\x05ab", b"\0\x01a", b"\0\x01a\0\0", b"\0\x02\xff\xfe\0\x01", b"\0\x01+\0\x01", b"\0\0\0\x01"],
)
def test_a_message_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        wire.read_publish(wire.V311, 0x32, body)
