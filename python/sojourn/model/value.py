"""WebAssembly values, as a stopped frame holds them."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Literal, TypeAlias

ValueType: TypeAlias = Literal["i32", "i64", "f32", "f64", "v128", "funcref", "externref"]
ValueKind: TypeAlias = Literal["local", "stack", "global"]

SIGN_BITS = {"i32": 31, "i64": 63}
FLOATS = {"f32": ("<I", "<f"), "f64": ("<Q", "<d")}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a stopped computation.

    Attributes:
        kind: `local` for a parameter or local, `stack` for an operand, `global` for a global.
        index: Index of the local in its function or of the global, or height of the operand (0 is the bottom).
        type: WebAssembly type.
        bits: Its bits as an unsigned number; None for a null reference.
    """

    kind: ValueKind
    index: int
    type: ValueType
    bits: int | None

    @property
    def value(self) -> int | float | bytes | None:
        """What it means: a signed number, a float, 16 bytes of a vector, an index, or None for null."""
        if self.bits is None:
            return None
        if self.type in SIGN_BITS:
            sign = 1 << SIGN_BITS[self.type]
            return (self.bits ^ sign) - sign
        if self.type in FLOATS:
            raw, meaning = FLOATS[self.type]
            number: float = struct.unpack(meaning, struct.pack(raw, self.bits))[0]
            return number
        return self.bits.to_bytes(16, "little") if self.type == "v128" else self.bits

    def __str__(self) -> str:
        meaning = self.value
        if self.bits is None or meaning is None:
            return "null"
        if isinstance(meaning, bytes):
            return f"0x{self.bits:032x}"
        if isinstance(meaning, float):
            return f"nan:0x{self.bits:x}" if math.isnan(meaning) else repr(meaning)
        return f"#{meaning}" if self.type.endswith("ref") else str(meaning)
