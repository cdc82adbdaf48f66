"""What a guest reads as its standard input."""

from __future__ import annotations

import io
import os
from typing import BinaryIO, TypeAlias

StdinLike: TypeAlias = "bytes | BinaryIO | None"


def stdin_source(stdin: StdinLike) -> bytes | int | None:
    """Bytes as they are; a file that the system knows as its descriptor, at the place where it stands.

    A file that only Python knows (`io.BytesIO`) is read to its end first: so what the guest has not
    read when it is stopped moves in the image.
    """
    if stdin is None:
        return None
    if isinstance(stdin, bytes | bytearray | memoryview):
        return bytes(stdin)
    descriptor = descriptor_of(stdin)
    return stdin.read() if descriptor is None else descriptor


def descriptor_of(file: BinaryIO) -> int | None:
    """Descriptor of a file, standing where the file's reader stands; None for one that has none."""
    try:
        descriptor = file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None
    if file.seekable():
        os.lseek(descriptor, file.tell(), os.SEEK_SET)
    return descriptor


def read_stdin(stdin: StdinLike) -> bytes:
    """All that a guest is to read, now: what a node gets cannot come from a file of this process later."""
    if stdin is None:
        return b""
    return bytes(stdin) if isinstance(stdin, bytes | bytearray | memoryview) else stdin.read()
