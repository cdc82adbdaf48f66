"""Values of the configuration: what each kind may be, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sojourn.app.duration import parse_duration
from sojourn.model.config import Kind

if TYPE_CHECKING:
    from sojourn.model.config import Value

BYTES = re.compile(r"(\d+(?:\.\d+)?) *([KMGT]i?B|B|)")
UNITS = {"B": 1, "": 1}
UNITS |= {f"{letter}iB": 1024**power for power, letter in enumerate("KMGT", 1)}
UNITS |= {f"{letter}B": 1000**power for power, letter in enumerate("KMGT", 1)}
SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
PORT = "7447"
ADDRESS = re.compile(r"(?:(?P<protocol>[a-z]+)/)?(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+)(?::(?P<port>\d{1,5}))?")
MOST = 2**63 - 1
MOST_PORT = 65535

EXPECTED = {
    Kind.TEXT: "text",
    Kind.PATH: "a path",
    Kind.INTEGER: "a whole number from 0 on",
    Kind.BYTES: "a number of bytes such as 67108864 or 64MiB",
    Kind.DURATION: "a duration such as 500ms, 10s or 2m",
    Kind.SWITCH: "true or false",
    Kind.ADDRESS: "an address such as tcp/127.0.0.1:7447",
    Kind.ADDRESSES: "a list of addresses such as tcp/127.0.0.1:7447",
}


def parse(kind: Kind, raw: object, folder: Path) -> Value:
    """The value of what a file, a variable or a flag says.

    Args:
        kind: What it is to be.
        raw: What is said: as TOML has it, or text.
        folder: Paths that are not told from the root are told from here.

    Returns:
        Durations in milliseconds, sizes in bytes, addresses completed; None for an empty text.

    Raises:
        ValueError: It is something else than it is to be.
    """
    value = PARSERS[kind](raw, folder)
    if isinstance(value, int) and not 0 <= value <= MOST:
        raise ValueError
    return value


def text(raw: object, _: Path) -> str | None:
    """Text as it is."""
    if not isinstance(raw, str) or "\0" in raw:
        raise ValueError
    return raw or None


def path(raw: object, folder: Path) -> str | None:
    """A path, told from the root."""
    given = text(raw, folder)
    return None if given is None else str(folder / Path(given).expanduser())


def integer(raw: object, _: Path) -> int:
    """A number, or its digits."""
    if isinstance(raw, str) and raw.strip().isdecimal():
        return int(raw)
    if type(raw) is not int:
        raise ValueError
    return raw


def size(raw: object, folder: Path) -> int:
    """A number of bytes, or text with a unit."""
    if not isinstance(raw, str):
        return integer(raw, folder)
    match = BYTES.fullmatch(raw.strip())
    if match is None:
        raise ValueError
    return round(float(match[1]) * UNITS[match[2]])


def duration(raw: object, _: Path) -> int:
    """Milliseconds of a number of seconds, or of text with a unit."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise ValueError  # noqa: TRY004 -- one kind of error
    return round((parse_duration(raw) if isinstance(raw, str) else raw) * 1000)


def switch(raw: object, _: Path) -> bool:
    """True or false, or a word for it."""
    if isinstance(raw, bool):
        return raw
    if not isinstance(raw, str) or raw.strip().lower() not in SWITCH:
        raise ValueError
    return SWITCH[raw.strip().lower()]


def address(raw: object, _: Path) -> str | None:
    """An address with its protocol and port."""
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 -- one kind of error
    if not raw.strip():
        return None
    match = ADDRESS.fullmatch(raw.strip())
    if match is None or int(match["port"] or 0) > MOST_PORT:
        raise ValueError
    return f"{match['protocol'] or 'tcp'}/{match['host']}:{match['port'] or PORT}"


def addresses(raw: object, folder: Path) -> tuple[str, ...]:
    """A list of addresses, or text with commas between them."""
    if not isinstance(raw, str | list | tuple):
        raise ValueError  # noqa: TRY004 -- one kind of error
    parts = [part for each in ([raw] if isinstance(raw, str) else raw) for part in split(each)]
    found = (address(part, folder) for part in parts)
    return tuple(each for each in found if each is not None)


def split(raw: object) -> list[str]:
    """The parts of one text."""
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 -- one kind of error
    return raw.split(",")


Parser: TypeAlias = Callable[[object, Path], "Value"]
PARSERS: dict[Kind, Parser] = {
    Kind.TEXT: text,
    Kind.PATH: path,
    Kind.INTEGER: integer,
    Kind.BYTES: size,
    Kind.DURATION: duration,
    Kind.SWITCH: switch,
    Kind.ADDRESS: address,
    Kind.ADDRESSES: addresses,
}
