"""Tree to checked tree: every fact is known, units fit, and each part knows what it gives.

Numbers of unlike units cannot be added, but one that a bare number weighs can: in `latency_ms(client) +
2 * euro_per_hour` each euro per hour counts as much as 2 ms. The sum has the measure of what is not weighed.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from sojourn.control.objective.facts import FACTS, Argument, Kind
from sojourn.control.objective.syntax import (
    FUNCTIONS,
    Binary,
    Call,
    Choice,
    Listed,
    Name,
    Number,
    Span,
    Text,
    Tree,
    Truth,
    Unary,
)
from sojourn.control.objective.unit import BARE, UNITS, Unit, product
from sojourn.model.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Typed(NamedTuple):
    """A part of a checked expression.

    Attributes:
        operation: Operator, function, `fact`, `constant` or `choice`.
        kind: What it gives.
        unit: What that counts.
        span: Where it stands.
        parts: What it is of.
        value: Name of a fact; a constant, in base units; texts.
        argument: Whom a fact is of.
        weighed: Whether a bare number weighs it, so that it can be added to anything.
        constant: What it is in base units, if it is the same for every node.
    """

    operation: str
    kind: Kind
    unit: Unit
    span: Span
    parts: tuple[Typed, ...] = ()
    value: float | str | tuple[str, ...] = 0.0
    argument: str | None = None
    weighed: bool = False
    constant: float | None = None


ADDED, COMPARED, ORDERED = ("+", "-"), ("==", "!="), ("<", "<=", ">", ">=")


def check(tree: Tree, source: str) -> Typed:
    """A parsed expression, checked.

    Errors:
        ExpressionError: what is wrong, with the place.
    """
    return Checker(source).typed(tree)


def constant(tree: Number | Text | Truth | Listed) -> Typed:
    """What was written as it is."""
    match tree:
        case Number(value, unit, span):
            base = value * unit.scale
            return Typed("constant", Kind.NUMBER, unit, span, value=base, constant=base)
        case Text(text, span):
            return Typed("constant", Kind.TEXT, BARE, span, value=text)
        case Truth(truth, span):
            return Typed("constant", Kind.YES_NO, BARE, span, value=float(truth))
        case Listed(values, span):
            return Typed("constant", Kind.SET, BARE, span, value=values)


class Checker:
    """Checks one expression from the leaves up."""

    def __init__(self, source: str) -> None:
        self.source = source

    def wrong(self, what: str, span: Span, hint: str | None = None) -> ExpressionError:
        """An error, and where."""
        return ExpressionError(what, self.source, span.start, span.end, hint)

    def text(self, part: Typed) -> str:
        """How a part was written."""
        return self.source[part.span.start : part.span.end]

    def typed(self, tree: Tree) -> Typed:
        """Any part."""
        match tree:
            case Number() | Text() | Truth() | Listed():
                return constant(tree)
            case Name():
                return self.fact(tree)
            case Unary(operator, operand, span):
                return self.unary(operator, self.typed(operand), span)
            case Binary(operator, left, right, span):
                return self.binary(operator, self.typed(left), self.typed(right), span)
            case Call(function, arguments, span):
                return self.call(function, [self.typed(each) for each in arguments], span)
            case Choice(then, condition, otherwise, span):
                return self.choice(self.typed(then), self.typed(condition), self.typed(otherwise), span)

    # Leaves.

    def fact(self, name: Name) -> Typed:
        """A fact that there is, of somebody where it is of somebody."""
        fact = FACTS.get(name.name)
        if fact is None:
            raise self.unknown(name)
        if fact.argument is Argument.NEEDED and name.argument is None:
            hint = f"as `{fact.name}(client)`, of those who send to the atom"
            raise self.wrong(f"{fact.name} needs to know of whom", name.span, hint)
        return Typed("fact", fact.kind, fact.unit, name.span, value=fact.name, argument=name.argument)

    def unknown(self, name: Name) -> ExpressionError:
        """Of a name that is no fact."""
        span = Span(name.span.start, name.span.start + len(name.name))
        if name.name in UNITS:
            return self.wrong(f"{name.name} is a unit: a number belongs before it", span)
        near = difflib.get_close_matches(name.name, [*FACTS, *FUNCTIONS], 1, 0.5)
        hint = (
            f"did you mean `{near[0]}`?" if near else "docs/reference/facts.md lists all facts; texts stand in quotes"
        )
        return self.wrong(f"there is no fact {name.name!r}", span, hint)

    # What must be what.

    def numbers(self, operator: str, parts: Sequence[Typed]) -> None:
        """These are numbers."""
        for part in parts:
            if part.kind is not Kind.NUMBER:
                wrong = f"`{operator}` is for numbers, but `{self.text(part)}` is a {part.kind}"
                raise self.wrong(wrong, part.span)

    def truths(self, operator: str, parts: Sequence[Typed]) -> None:
        """These are true or false."""
        for part in parts:
            if part.kind is not Kind.YES_NO:
                wrong = f"`{operator}` is for conditions, but `{self.text(part)}` is a {part.kind}"
                raise self.wrong(wrong, part.span, "compare it with something" if part.kind is Kind.NUMBER else None)

    def like(self, operator: str, one: Typed, other: Typed, span: Span) -> None:
        """Two numbers count the same."""
        if one.unit.dimension != other.unit.dimension:
            left, right = (f"`{self.text(part)}` {part.unit.told()}" for part in (one, other))
            hint = self.give_unit(one, other) or self.give_unit(other, one) or "compare like with like"
            raise self.wrong(f"`{operator}` of unlike units: {left}, {right}", span, hint)

    def give_unit(self, one: Typed, other: Typed) -> str | None:
        """A hint, where a bare number stands beside something with a unit."""
        if one.constant is None or not one.unit.is_bare or one.unit.scale != 1 or not other.unit.text:
            return None
        if one.operation == "constant":
            return f"write `{self.text(one)} {other.unit.text}`, or another unit"
        return f"give it a unit: `{self.text(one)} * 1 {other.unit.text}`"

    # Operators.

    def unary(self, operator: str, operand: Typed, span: Span) -> Typed:
        """`-` or `not`."""
        if operator == "not":
            self.truths(operator, [operand])
            return Typed("not", Kind.YES_NO, BARE, span, (operand,))
        self.numbers(operator, [operand])
        constant = None if operand.constant is None else -operand.constant
        return Typed(
            "negative", Kind.NUMBER, operand.unit, span, (operand,), weighed=operand.weighed, constant=constant
        )

    def binary(self, operator: str, left: Typed, right: Typed, span: Span) -> Typed:
        """An operator between two."""
        if operator in ("and", "or"):
            self.truths(operator, [left, right])
            return Typed(operator, Kind.YES_NO, BARE, span, (left, right))
        if operator in ("in", "not in"):
            return self.membership(operator, left, right, span)
        if operator in ORDERED + COMPARED:
            return self.comparison(operator, left, right, span)
        self.numbers(operator, [left, right])
        return self.sum(operator, left, right, span) if operator in ADDED else self.product(operator, left, right, span)

    def membership(self, operator: str, left: Typed, right: Typed, span: Span) -> Typed:
        """`"gpu" in tags`, `arch in ["x86_64"]`."""
        if right.kind is not Kind.SET:
            wrong = f"`{operator}` needs a set right of it, but `{self.text(right)}` is a {right.kind}"
            raise self.wrong(wrong, right.span, "sets are tags, engines, functions, or texts in brackets")
        if left.kind is not Kind.TEXT:
            raise self.wrong(f"`{operator}` needs a text left of it", left.span, f'as `"gpu" {operator} tags`')
        sorts = (left.operation, right.operation)
        if sorts not in (("constant", "fact"), ("fact", "constant")):
            raise self.wrong(f"`{operator}` is between one fact and one text or list of texts", span)
        inside = Typed("in", Kind.YES_NO, BARE, span, (left, right))
        return inside if operator == "in" else Typed("not", Kind.YES_NO, BARE, span, (inside,))

    def comparison(self, operator: str, left: Typed, right: Typed, span: Span) -> Typed:
        """Two of a kind, and numbers of one unit."""
        if left.kind is not right.kind:
            told = f"`{self.text(left)}` is a {left.kind}, `{self.text(right)}` a {right.kind}"
            raise self.wrong(f"`{operator}` of unlike things: {told}", span)
        if left.kind is Kind.SET:
            raise self.wrong(f"`{operator}` does not compare sets", span, "ask with `in`")
        if left.kind is not Kind.NUMBER and operator in ORDERED:
            raise self.wrong(f"`{operator}` is for numbers", span, "compare with == or !=")
        if left.kind is Kind.TEXT and left.operation == right.operation:
            raise self.wrong(f"`{operator}` of texts is between one fact and one text in quotes", span)
        if left.kind is Kind.NUMBER:
            self.like(operator, left, right, span)
        return Typed(operator, Kind.YES_NO, BARE, span, (left, right))

    def product(self, operator: str, left: Typed, right: Typed, span: Span) -> Typed:
        """`*` and `/`. A bare number weighs the other side."""
        if operator == "/" and right.constant == 0:
            raise self.wrong("division by zero", right.span)
        unit = product(left.unit, right.unit, 1 if operator == "*" else -1)
        both = (left, right) if operator == "*" else (right,)
        weighed = left.weighed or right.weighed or any(part.constant is not None and part.unit.is_bare for part in both)
        constant = None
        if left.constant is not None and right.constant is not None:
            constant = left.constant * right.constant if operator == "*" else left.constant / right.constant
            weighed = False  # a number of one's own, however it was reckoned, weighs others
        return Typed(operator, Kind.NUMBER, unit, span, (left, right), weighed=weighed, constant=constant)

    def sum(self, operator: str, left: Typed, right: Typed, span: Span) -> Typed:
        """`+` and `-`: like units, or one side weighed. Its unit is that of the side that is not."""
        if left.unit.dimension != right.unit.dimension and not (left.weighed or right.weighed):
            told = f"`{self.text(left)}` {left.unit.told()}, `{self.text(right)}` {right.unit.told()}"
            hint = self.give_unit(left, right) or self.give_unit(right, left)
            hint = hint or f"weigh one of them by a number, as `0.5 * {self.text(right)}`"
            raise self.wrong(f"`{operator}` of unlike units: {told}", span, hint)
        like = left.unit.dimension == right.unit.dimension
        unit = right.unit if left.weighed and not right.weighed else left.unit
        if not like and left.weighed and right.weighed:
            unit = BARE
        constant = None
        if like and left.constant is not None and right.constant is not None:
            constant = left.constant + (right.constant if operator == "+" else -right.constant)
        weighed = left.weighed and right.weighed
        return Typed(operator, Kind.NUMBER, unit, span, (left, right), weighed=weighed, constant=constant)

    def call(self, function: str, arguments: list[Typed], span: Span) -> Typed:
        """`min`, `max`, `abs`."""
        least, most = FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise self.wrong(f"{function} takes {wanted} values, not {len(arguments)}", span)
        self.numbers(function, arguments)
        for other in arguments[1:]:
            self.like(function, arguments[0], other, span)
        weighed = all(part.weighed for part in arguments)
        return Typed(function, Kind.NUMBER, arguments[0].unit, span, tuple(arguments), weighed=weighed)

    def choice(self, then: Typed, condition: Typed, otherwise: Typed, span: Span) -> Typed:
        """`A if C else B`: A and B are alike. A bare 0 is alike to everything."""
        self.truths("if", [condition])
        if then.kind is not otherwise.kind or then.kind not in (Kind.NUMBER, Kind.YES_NO):
            raise self.wrong("both sides of `if ... else` are numbers, or both are conditions", span)
        if then.kind is Kind.NUMBER and then.constant != 0 and otherwise.constant != 0:
            self.like("if else", then, otherwise, span)
        unit = otherwise.unit if then.constant == 0 else then.unit
        weighed = then.weighed and otherwise.weighed
        return Typed("choice", then.kind, unit, span, (then, condition, otherwise), weighed=weighed)
