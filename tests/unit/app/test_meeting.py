"""Who has not met a gateway yet."""

from dataclasses import dataclass

import pytest

from sojourn.app.doors.meeting import strangers


@dataclass(frozen=True)
class Row:
    name: str
    peers: tuple[str, ...]


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ((), set()),
        ((Row("gate", ()),), set()),
        ((Row("a", ("gate",)), Row("gate", ("a",))), set()),
        ((Row("a", ("b",)), Row("b", ("a", "gate"))), {"a"}),
        # Seen by others only: it answers nobody yet, or not this gateway.
        ((Row("a", ("b", "gate")),), {"b"}),
    ],
)
def test_strangers(rows: tuple[Row, ...], missing: set[str]) -> None:
    assert strangers("gate", rows) == missing  # type: ignore[arg-type]
