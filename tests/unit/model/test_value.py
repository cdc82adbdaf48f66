import math

import pytest

from sojourn import Value
from sojourn.model.value import ValueType


@pytest.mark.parametrize(
    ("kind", "bits", "meaning", "text"),
    [
        ("i32", 0xFFFF_FFFF, -1, "-1"),
        ("i32", 0x7FFF_FFFF, 2**31 - 1, "2147483647"),
        ("i64", 1 << 63, -(2**63), "-9223372036854775808"),
        ("f32", 0x3FC0_0000, 1.5, "1.5"),
        ("f64", 0xC000_0000_0000_0000, -2.0, "-2.0"),
        ("v128", 1, b"\x01" + bytes(15), "0x" + "0" * 31 + "1"),
        ("funcref", 7, 7, "#7"),
        ("externref", None, None, "null"),
    ],
)
def test_bits_mean_what_their_type_says(kind: ValueType, bits: int | None, meaning: object, text: str) -> None:
    value = Value("local", 0, kind, bits)
    assert value.value == meaning
    assert str(value) == text


def test_not_a_number_keeps_its_bits_in_its_text() -> None:
    value = Value("local", 0, "f32", 0x7FC0_0001)
    assert isinstance(value.value, float)
    assert math.isnan(value.value)
    assert str(value) == "nan:0x7fc00001"
