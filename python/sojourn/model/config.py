"""What a key of the configuration is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Raw: TypeAlias = str | int | bool | tuple[str, ...]
Value: TypeAlias = str | int | bool | tuple[str, ...] | None


class Kind(StrEnum):
    """What a value is."""

    TEXT = "text"
    PATH = "path"
    INTEGER = "integer"
    BYTES = "bytes"
    DURATION = "duration"
    SWITCH = "switch"
    ADDRESS = "address"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that can be set.

    Attributes:
        name: `TABLE.NAME`, as in a file.
        env: Environment variable.
        flag: Flag of the command line.
        kind: What its value is.
        default: Default, as in a file; empty: none, or worked out.
        doc: What it is for.
    """

    name: str
    env: str
    flag: str
    kind: Kind
    default: Raw
    doc: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A value, and where it comes from.

    Attributes:
        key: What is set.
        value: Its value: bytes and milliseconds as numbers; None where there is none.
        source: `FILE:LINE`, `variable NAME`, `flag --NAME` or `default`.
    """

    key: Key
    value: Value
    source: str
