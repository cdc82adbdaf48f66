"""What a module says of itself: lines `key=value` in its custom section `sojourn` (docs/reference/annotations.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn import _core

if TYPE_CHECKING:
    from collections.abc import Iterable


def said_by(wasm: bytes) -> tuple[tuple[str, str], ...]:
    """Keys and values, in the order of the lines; a line that is none has an empty value.

    Args:
        wasm: A module.

    Raises:
        InvalidModule: It is text, and no module.
        InvalidAnnotation: It is not a module, or what it says is no text.
    """
    lines = (line.strip() for line in _core.annotation(wasm).splitlines())
    parts = (line.partition("=") for line in lines if line)
    return tuple((key.strip(), value.strip()) for key, _, value in parts)


def is_reactive(wasm: bytes) -> bool:
    """Whether messages run it, by its export `handle`; otherwise it runs until it ends.

    Raises:
        InvalidAnnotation: What it says is wrong, or cannot be true.
    """
    return _core.is_reactive(wasm)


def annotated(wasm: bytes, values: Iterable[tuple[str, str]] = (), remove: Iterable[str] = ()) -> bytes:
    """The module with other values for some keys and without others; everything else in it stays byte for byte.

    Args:
        wasm: A module.
        values: Keys with their values; one that repeats comes once for each. What was said of these keys is gone.
        remove: Keys that it is to say nothing about.

    Raises:
        InvalidAnnotation: A key that there is not, a value of another kind, or one that cannot be true of this module.
    """
    return _core.annotate(wasm, list(values), list(remove))
