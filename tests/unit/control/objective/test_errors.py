from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sojourn.control.objective import limit, objective, requirement
from sojourn.control.objective.facts import FACTS
from sojourn.model.errors import ExpressionError

GOLDEN = Path(__file__).parent / "errors.txt"
WORDS = [
    *FACTS,
    "client",
    "and",
    "or",
    "not",
    "in",
    "if",
    "else",
    "min",
    "max",
    "abs",
    "true",
    "ms",
    "GiB",
    "%",
    "1",
    "2.5",
]
SIGNS = [*"()[],+-*/<>=!&'\"", "==", "!=", "<=", ">=", " ", "é", "\n", "0", "1e5", "node-1/x"]


def told(text: str) -> str:
    """What is wrong with an expression."""
    try:
        (requirement if text.startswith("?") else objective)(text.removeprefix("?"))
    except ExpressionError as error:
        return f"{error}\nhint: {error.hint}"
    return "nothing"


def cases() -> list[tuple[str, str]]:
    """Expressions, and what is said of each."""
    parts = GOLDEN.read_text().split("\n\n")
    return [(case.split("\n", 1)[0].removeprefix("> "), case.split("\n", 1)[1].rstrip("\n")) for case in parts if case]


@pytest.mark.parametrize(("text", "expected"), cases(), ids=lambda text: text[:40])
def test_messages(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "load" + ")" * 500,
        "-" * 600 + "load",
        "not " * 200 + "mains",
        "load" + " + load" * 150,
        "x" * 1025,
        "min(" * 100 + "load" + ")" * 100,
        "1 if mains else " * 60 + "load",
        f"zone in [{','.join(['1'] * 300)}]",
        f'"{"x" * 300}" in tags',
    ],
)
def test_what_is_too_much_is_refused(text: str) -> None:
    for expression in (objective, requirement):
        with pytest.raises(ExpressionError):
            expression(text)


def test_what_is_just_within_limits_is_not() -> None:
    objective("(" * (limit.DEPTH - 1) + "load" + ")" * (limit.DEPTH - 1))
    objective("load" + " + load" * 100)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(WORDS + SIGNS), max_size=24).map(" ".join) | st.text(max_size=60))
@example("1e999 * load")
@example("1e308 * 1e308 * load")
@example("load - 1 / 1e999")
def test_whatever_is_written_is_understood_or_refused_in_place(text: str) -> None:
    for expression in (objective, requirement):
        wrong = None
        try:
            assert expression(text).terms
        except ExpressionError as error:
            wrong = error
        if wrong is not None:
            assert 0 <= wrong.start <= len(wrong.source)
            assert wrong.start <= wrong.end
            lines = str(wrong).split("\n")
            assert len(lines) >= 3
            assert lines[-1].strip("^ ") == ""
