"""Makes a program of WASI's preview 1 one of preview 0, as far as the two are laid out alike."""

from __future__ import annotations

OLD, NEW = b"wasi_unstable", b"wasi_snapshot_preview1"
# What preview 0 lays out otherwise: a program that imports one of these is not made by another name.
OTHERWISE = {b"fd_seek", b"fd_filestat_get", b"path_filestat_get", b"poll_oneoff"}
HEADER_BYTES = 8
IMPORTS = 2
FUNCTION = 0
LEB_MORE = 0x80


class LaidOutOtherwise(Exception):
    """A program calls what preview 0 has another layout for; carries its names."""


def preview0(wasm: bytes) -> bytes:
    """The module with the names of preview 0 in its imports.

    Raises:
        LaidOutOtherwise: It would run, and misread what it is told.
    """
    made = bytearray(wasm[:HEADER_BYTES])
    at = HEADER_BYTES
    while at < len(wasm):
        size, body = number(wasm, at + 1)
        if wasm[at] == IMPORTS:
            renamed = imports(wasm[body : body + size])
            made += bytes([IMPORTS]) + leb(len(renamed)) + renamed
        else:
            made += wasm[at : body + size]
        at = body + size
    return bytes(made)


def imports(section: bytes) -> bytes:
    """The imports, with another module name. All are functions, as compilers make programs."""
    count, at = number(section, 0)
    made, wrong = bytearray(leb(count)), set()
    for _ in range(count):
        module, at = name(section, at)
        field, at = name(section, at)
        if section[at] != FUNCTION:
            raise ValueError(f"{field.decode()} is imported and is no function")
        kind, after = number(section, at + 1)
        if module == NEW and field in OTHERWISE:
            wrong.add(field.decode())
        module = OLD if module == NEW else module
        made += leb(len(module)) + module + leb(len(field)) + field + bytes([FUNCTION]) + leb(kind)
        at = after
    if wrong:
        raise LaidOutOtherwise(", ".join(sorted(wrong)))
    return bytes(made)


def name(data: bytes, at: int) -> tuple[bytes, int]:
    """A name, and where it ends."""
    length, at = number(data, at)
    return data[at : at + length], at + length


def number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & ~LEB_MORE) << shift
        shift += 7
        if not byte & LEB_MORE:
            return value, at


def leb(value: int) -> bytes:
    """A number as unsigned LEB128."""
    made = bytearray()
    while value >= LEB_MORE:
        made.append(value & (LEB_MORE - 1) | LEB_MORE)
        value >>= 7
    return bytes([*made, value])
