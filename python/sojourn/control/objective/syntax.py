"""What an expression is made of, as it was written: a tree whose nodes know where they stand."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from sojourn.control.objective.unit import Unit  # noqa: TC001 -- read when the classes are made


class Span(NamedTuple):
    """Where something stands: characters from `start` up to `end`."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """From here to the end of another."""
        return Span(self.start, other.end)


class Number(NamedTuple):
    """A number with its unit."""

    value: float
    unit: Unit
    span: Span


class Text(NamedTuple):
    """A text in quotes."""

    value: str
    span: Span


class Truth(NamedTuple):
    """`true` or `false`."""

    value: bool
    span: Span


class Name(NamedTuple):
    """A fact, perhaps of somebody."""

    name: str
    argument: str | None
    span: Span


class Unary(NamedTuple):
    """`-` or `not`, before something."""

    operator: str
    operand: Tree
    span: Span


class Binary(NamedTuple):
    """An operator between two."""

    operator: str
    left: Tree
    right: Tree
    span: Span


class Call(NamedTuple):
    """`min`, `max` or `abs` of something."""

    function: str
    arguments: tuple[Tree, ...]
    span: Span


class Choice(NamedTuple):
    """`A if C else B`."""

    then: Tree
    condition: Tree
    otherwise: Tree
    span: Span


class Listed(NamedTuple):
    """Texts in brackets, right of `in`."""

    values: tuple[str, ...]
    span: Span


Tree: TypeAlias = Number | Text | Truth | Name | Unary | Binary | Call | Choice | Listed
FUNCTIONS = {"min": (2, 8), "max": (2, 8), "abs": (1, 1)}
