"""A stream of bytes as packets: what of one is there already is kept until the rest has come.

Of a packet that is larger than may be only the head is kept, so that whoever sent it can be answered; the rest is let
go as it comes. So a client never has more of a packet than `most` bytes, whatever length it claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.error import Malformed
from sojourn.gateway.mqtt.limit import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH_BYTES = 4


class Frames:
    """Splits what comes into packets.

    Args:
        most: The largest packet that is kept whole, in bytes after its fixed header.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest = bytearray()
        self._need = 2
        self._skip = 0

    def fed(self, data: bytes) -> Iterator[tuple[int, bytes, bool]]:
        """The packets that are complete now: first byte, body, and whether the body is whole.

        Raises:
            Malformed: A length has more than four bytes.
        """
        if self._skip:
            gone = min(self._skip, len(data))
            self._skip -= gone
            data = data[gone:]
        if self._rest:
            self._rest += data
            if len(self._rest) < self._need:
                return
            data = bytes(self._rest)
            self._rest.clear()
        at, end = 0, len(data)
        while at < end:
            size, start = length_at(data, at)
            if start < 0:
                self._need = 2
                break
            whole = size <= self._most
            kept = size if whole else min(size, HEAD_BYTES)
            if start + kept > end:
                self._need = start - at + kept
                break
            yield data[at], data[start : start + kept], whole
            at = start + size
        if at > end:
            self._skip = at - end
        elif at < end:
            self._rest += data[at:] if at else data

    @property
    def waiting(self) -> int:
        """Bytes of a packet that is not complete."""
        return len(self._rest)


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """The remaining length of the packet that begins there, and where its body begins; -1: not all is there.

    Raises:
        Malformed: It has more than four bytes.
    """
    size = 0
    for place in range(LENGTH_BYTES):
        spot = at + 1 + place
        if spot >= len(data):
            return 0, -1
        byte = data[spot]
        size |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 -- the bit that says that more follows
            return size, spot + 1
    raise Malformed("a packet's length has more than four bytes")
