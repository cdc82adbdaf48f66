"""An image as data for programs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sojourn.core.image import Image
    from sojourn.model.frame import Frame
    from sojourn.model.value import Value


def as_json(image: Image) -> dict[str, Any]:
    """What `sojourn inspect --json` prints: the description of the image, and its frames from the outermost in."""
    described = image.describe()
    return {
        **dataclasses.asdict(described),
        "globals": [value_json(value) for value in described.globals],
        "frames": [frame_json(frame) for frame in image.frames],
    }


def frame_json(frame: Frame) -> dict[str, Any]:
    """One frame."""
    return {
        "function": frame.function,
        "site": dataclasses.asdict(frame.site),
        "point": frame.point,
        "values": [value_json(value) for value in frame.values],
    }


def value_json(value: Value) -> dict[str, Any]:
    """One value: its bits in hexadecimal, for JSON's numbers do not hold 64 of them, and its text."""
    bits = hexadecimal(value.bits)
    return {"kind": value.kind, "index": value.index, "type": value.type, "bits": bits, "text": str(value)}


def hexadecimal(bits: int | None) -> str | None:
    """Bits of a value as text; None: a null reference."""
    return None if bits is None else f"0x{bits:x}"
