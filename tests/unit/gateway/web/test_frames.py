"""Frames of WebSocket: what is whole comes out, however it is cut; what is none is refused with its code."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.web.frame import (
    FrameReader,
    Op,
    Violation,
    accept_of,
    close_frame,
    closing,
    frame_of,
    unmasked,
)
from sojourn.gateway.web.limit import MESSAGE_BYTES


def asked(op: int, data: bytes, *, final: bool = True, mask: bytes = b"\1\2\3\4") -> bytes:
    """A frame as a client sends it."""
    length = len(data)
    if length < 126:
        head = struct.pack("!BB", final << 7 | op, 128 | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", final << 7 | op, 128 | 126, length)
    else:
        head = struct.pack("!BBQ", final << 7 | op, 128 | 127, length)
    return head + mask + unmasked(data, mask)


def code_of(data: bytes) -> int:
    with pytest.raises(Violation) as caught:
        FrameReader().feed(data)
    return caught.value.code


messages = st.lists(st.tuples(st.sampled_from([Op.TEXT, Op.BINARY]), st.binary(max_size=300)), max_size=6)


@given(messages, st.lists(st.integers(1, 40), max_size=30), st.binary(min_size=4, max_size=4))
def test_messages_come_whole_however_they_are_cut(said: list[tuple[int, bytes]], cuts: list[int], mask: bytes) -> None:
    data = b"".join(asked(op, each, mask=mask) for op, each in said)
    reader, heard = FrameReader(), []
    for cut in cuts:
        heard += reader.feed(data[:cut])
        data = data[cut:]
    heard += reader.feed(data)
    assert [tuple(each) for each in heard] == said


@given(st.lists(st.binary(max_size=200), min_size=2, max_size=5), st.binary(max_size=125))
def test_parts_are_put_together_with_control_frames_between(parts: list[bytes], ping: bytes) -> None:
    reader = FrameReader()
    heard = reader.feed(asked(Op.BINARY, parts[0], final=False))
    for part in parts[1:-1]:
        heard += reader.feed(asked(Op.CONTINUED, part, final=False) + asked(Op.PING, ping))
    heard += reader.feed(asked(Op.CONTINUED, parts[-1]))
    assert [tuple(each) for each in heard] == [(Op.PING, ping)] * (len(parts) - 2) + [(Op.BINARY, b"".join(parts))]


@given(st.binary(max_size=70_000))
def test_what_is_sent_is_read_by_a_client(data: bytes) -> None:
    frame = frame_of(Op.BINARY, data)
    length = frame[1]
    start = 2 if length < 126 else 4 if length == 126 else 10
    assert frame[0] == 0x82
    assert int.from_bytes(frame[2:start] or frame[1:2]) == len(data)
    assert frame[start:] == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x02hi", 1002),  # not masked
        (b"\xc1\x80" + bytes(4), 1002),  # a reserved bit
        (b"\x83\x80" + bytes(4), 1002),  # no such frame
        (b"\x80\x80" + bytes(4), 1002),  # goes on with nothing
        (b"\x09\x80" + bytes(4), 1002),  # a ping in parts
        (b"\x89\xfe\x00\x7e" + bytes(4), 1002),  # a ping that is too long
        (asked(Op.TEXT, b"a", final=False) + asked(Op.TEXT, b"b"), 1002),  # one in the middle of another
        (struct.pack("!BBQ", 0x82, 255, MESSAGE_BYTES + 1), 1009),
        (struct.pack("!BBQ", 0x82, 255, (1 << 64) - 1), 1009),
    ],
)
def test_what_is_none_is_refused(data: bytes, code: int) -> None:
    assert code_of(data) == code


def test_a_message_in_parts_has_a_limit_too() -> None:
    reader = FrameReader()
    half = bytes(MESSAGE_BYTES // 2)
    reader.feed(asked(Op.BINARY, half, final=False))
    with pytest.raises(Violation) as caught:
        reader.feed(asked(Op.CONTINUED, half + b"1"))
    assert caught.value.code == 1009


def test_empty_parts_have_a_limit() -> None:
    reader = FrameReader()
    reader.feed(asked(Op.BINARY, b"", final=False))
    parts = asked(Op.CONTINUED, b"", final=False) * 65_536
    for _ in range(MESSAGE_BYTES // 65_536):
        reader.feed(parts)
    with pytest.raises(Violation):
        reader.feed(asked(Op.CONTINUED, b"x", final=False))


def test_codes_and_reasons() -> None:
    assert closing(b"") == (1005, "")
    assert closing(close_frame(4001, "bye")[2:]) == (4001, "bye")
    assert len(close_frame(1000, "ü" * 200)) <= 2 + 125
    assert closing(close_frame(1000, "ü" * 200)[2:])[1].startswith("ü")
    for wrong, code in [(b"\x03", 1002), (b"\x03\xec", 1002), (b"\x03\xed", 1002), (b"\x03\xe8\xff", 1007)]:
        with pytest.raises(Violation) as caught:
            closing(wrong)
        assert caught.value.code == code


def test_the_key_of_the_standard() -> None:
    assert accept_of(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
