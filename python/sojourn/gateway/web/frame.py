"""Frames of WebSocket (RFC 6455) on the side of the server: bytes to messages, messages to bytes.

    0                   1                   2                   3
    |F|R|R|R| opcode|M| length (7)  | 126: 16 bits, 127: 64 bits ... | mask (4 bytes) | payload |

Ten thousand small messages a second pass here. A frame is read in place, unmasked as one large number, and not copied
more often than it has to be.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from typing import NamedTuple

from sojourn.gateway.web.limit import MESSAGE_BYTES, REASON_BYTES

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")
FINAL, RESERVED, CODE, MASKED, SHORT = 0x80, 0x70, 0x0F, 0x80, 0x7F
# Lengths of the header: without a long length, with 16 bits of it, with 64; then the mask.
HEADER, HEADER_16, HEADER_64, MASK = 2, 4, 10, 4
IN_16, IN_64, CONTROL_BYTES = 126, 127, 125
CODE_BYTES = 2
# Codes that an endpoint may send (RFC 6455, 7.4), and those that applications and libraries may choose.
CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})
CHOSEN = range(3000, 5000)


class Op:
    """What a frame is."""

    CONTINUED = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Violation(Exception):
    """What came is no WebSocket.

    Attributes:
        code: What to close with.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Frame(NamedTuple):
    """A message, or a control frame.

    Attributes:
        op: TEXT, BINARY, CLOSE, PING or PONG.
        data: Its payload.
    """

    op: int
    data: bytes


class FrameReader:
    """Bytes of a client to messages. Messages that come in parts are put together, up to their limit."""

    __slots__ = ("_came", "_needed", "_op", "_parts", "_size", "_waiting")

    def __init__(self) -> None:
        # What came of a frame that is not whole yet, and how much it takes: it is put together once.
        self._waiting: list[bytes] = []
        self._came = 0
        self._needed = 0
        self._op = 0
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Messages that are whole now.

        Raises:
            Violation: What came is no WebSocket; nothing more is to be fed.
        """
        if self._waiting:
            self._waiting.append(data)
            self._came += len(data)
            if self._came < self._needed:
                return []
            data = b"".join(self._waiting)
            self._waiting = []
        found: list[Frame] = []
        start, end = 0, len(data)
        self._needed = HEADER
        while end - start >= HEADER:
            body, after = self._place(data, start, end)
            if after > end:
                self._needed = after - start
                break
            payload = data[body:after]
            if payload:
                payload = unmasked(payload, data[body - MASK : body])
            frame = self._frame(data[start] & CODE, payload, final=bool(data[start] & FINAL))
            if frame is not None:
                found.append(frame)
            start = after
            self._needed = HEADER
        if start < end:
            self._waiting = [data[start:]]
            self._came = end - start
        return found

    def _place(self, data: bytes, start: int, end: int) -> tuple[int, int]:
        """Where a frame's payload begins, and where it ends or, where that is not there yet, what is needed to know."""
        first, second = data[start], data[start + 1]
        self._check(first, second)
        length, header = second & SHORT, HEADER
        if length >= IN_16:
            header = HEADER_16 if length == IN_16 else HEADER_64
            if end - start < header:
                return 0, start + header
            length = int.from_bytes(data[start + HEADER : start + header])
        if self._size + length > MESSAGE_BYTES and first & CODE < Op.CLOSE:
            raise Violation(1009, f"a message has at most {MESSAGE_BYTES} bytes")
        body = start + header + MASK
        return body, body + length

    def _check(self, first: int, second: int) -> None:
        op = first & CODE
        if first & RESERVED:
            raise Violation(1002, "reserved bits are set")
        if not second & MASKED:
            raise Violation(1002, "the frame is not masked")
        if op >= Op.CLOSE:
            if op > Op.PONG or not first & FINAL or second & SHORT > CONTROL_BYTES:
                raise Violation(1002, "a control frame that is none")
        elif op > Op.BINARY or (op == Op.CONTINUED) != bool(self._op):
            raise Violation(1002, "a frame out of turn")

    def _frame(self, op: int, payload: bytes, *, final: bool) -> Frame | None:
        if op >= Op.CLOSE:
            return Frame(op, payload)
        if op and final:
            return Frame(op, payload)
        self._op = self._op or op
        self._parts.append(payload)
        # Empty parts count, too: there may not be any number of them.
        self._size += len(payload) + 1
        if not final:
            return None
        whole = Frame(self._op, b"".join(self._parts))
        self._op, self._size, self._parts = 0, 0, []
        return whole


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """A payload without its mask, or with it."""
    length = len(payload)
    repeated = (mask * (length // MASK + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(repeated, "little")).to_bytes(length, "little")


def frame_of(op: int, data: bytes) -> bytes:
    """A frame as a server sends it: whole, not masked."""
    length = len(data)
    if length < IN_16:
        return bytes((FINAL | op, length)) + data
    if length < 1 << 16:
        return struct.pack("!BBH", FINAL | op, IN_16, length) + data
    return struct.pack("!BBQ", FINAL | op, IN_64, length) + data


def close_frame(code: int, reason: str) -> bytes:
    """A frame that closes."""
    cut = reason.encode(errors="replace")[:REASON_BYTES].decode(errors="ignore").encode()
    return frame_of(Op.CLOSE, code.to_bytes(2, "big") + cut)


def closing(data: bytes) -> tuple[int, str]:
    """Code and reason of a frame that closes; 1005 where there is none.

    Raises:
        Violation: They are none.
    """
    if not data:
        return 1005, ""
    code = int.from_bytes(data[:2], "big")
    allowed = code in CODES or code in CHOSEN
    if len(data) < CODE_BYTES or not allowed:
        raise Violation(1002, "closed with a code that is none")
    try:
        return code, data[2:].decode()
    except UnicodeDecodeError as error:
        raise Violation(1007, "closed with a reason that is not UTF-8") from error


def accept_of(key: bytes) -> bytes:
    """The answer to a key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
