"""Checked tree to a function of facts: numpy columns in, one column out, for any number of nodes at once.

Conditions are columns of 1.0 (holds), 0.0 and NaN. NaN means *undefined*: a division by zero or an unknown position on
the way. It spreads as in Python's own rules: `false and x` is false whatever `x` is, and a branch of `if else` that is
not taken does no harm.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.control.objective.check import Typed, check
from sojourn.control.objective.facts import FACTS, Kind
from sojourn.control.objective.parse import parse
from sojourn.control.objective.syntax import Span  # noqa: TC001 -- read when the classes are made
from sojourn.model.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Column: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class Facts(Protocol):
    """Where facts come from: columns of one shape, or that broadcast to one."""

    def number(self, fact: str, somebody: str | None) -> Column:
        """A number in its unit of the table; NaN: not known."""

    def truth(self, fact: str) -> Mask:
        """A yes or no."""

    def same(self, fact: str, texts: tuple[str, ...]) -> Mask:
        """Whether a text is one of these."""

    def member(self, fact: str, text: str) -> Mask:
        """Whether a set has it."""


Evaluate: TypeAlias = "Callable[[Facts], Column]"


class Part(NamedTuple):
    """A part of an expression that is told of by itself.

    Attributes:
        text: How it was written, with its sign.
        evaluate: What it is worth, in the expression's measure.
        about: Of whom its facts are, where they are of somebody.
    """

    text: str
    evaluate: Evaluate
    about: frozenset[str] = frozenset()


class Expression(NamedTuple):
    """A compiled expression.

    Attributes:
        source: How it was written.
        measure: Unit of what it gives; empty for bare numbers and conditions.
        evaluate: Gives it, a number in its measure, or a condition.
        terms: Of a sum what is added, of a condition what `and` joins.
        divisors: What is divided by: where it is 0, nothing is defined.
        facts: What it names: facts, and of whom.
    """

    source: str
    measure: str
    evaluate: Evaluate
    terms: tuple[Part, ...]
    divisors: tuple[Part, ...]
    facts: tuple[tuple[str, str | None], ...]


@lru_cache(maxsize=4096)
def objective(source: str) -> Expression:
    """An expression of what costs, to be small.

    Errors:
        ExpressionError: what is wrong, with the place.
    """
    tree = check(parse(source), source)
    if tree.kind is not Kind.NUMBER:
        wrong = f"an objective is a number to be small, this is a {tree.kind}"
        raise ExpressionError(wrong, source, *tree.span, "as `latency_ms(client) + 0.05 * finish_ms`")
    return expression(tree, source)


@lru_cache(maxsize=4096)
def requirement(source: str) -> Expression:
    """An expression of what must hold.

    Errors:
        ExpressionError: what is wrong, with the place.
    """
    tree = check(parse(source), source)
    if tree.kind is not Kind.YES_NO:
        wrong = f"a requirement is a condition, this is a {tree.kind}"
        raise ExpressionError(wrong, source, *tree.span, 'as `memory_free >= 2 GiB and "gpu" in tags`')
    return expression(tree, source)


def expression(tree: Typed, source: str) -> Expression:
    """A checked tree, compiled."""
    unit = tree.unit
    whole = scaled(compiled(tree), 1 / unit.scale)
    terms = tuple(Part(text, scaled(each, 1 / unit.scale), about) for text, each, about in added(tree, source))
    if tree.kind is Kind.YES_NO:
        terms = tuple(Part(cut(source, part.span), compiled(part)) for part in joined(tree))
    every = list(parts(tree))
    divisors = tuple(
        Part(cut(source, part.parts[1].span), compiled(part.parts[1]))
        for part in every
        if part.operation == "/" and part.parts[1].constant is None
    )
    facts = tuple(dict.fromkeys((str(part.value), part.argument) for part in every if part.operation == "fact"))
    return Expression(source, unit.text, whole, terms, divisors, facts)


def cut(source: str, span: Span) -> str:
    """How a part was written."""
    return source[span.start : span.end]


def parts(tree: Typed) -> Iterator[Typed]:
    """A tree and all in it."""
    yield tree
    for part in tree.parts:
        yield from parts(part)


def joined(tree: Typed) -> Iterator[Typed]:
    """What `and` joins at the top."""
    if tree.operation == "and":
        yield from joined(tree.parts[0])
        yield from joined(tree.parts[1])
    else:
        yield tree


def of_whom(tree: Typed) -> frozenset[str]:
    """Of whom facts are."""
    return frozenset(part.argument for part in parts(tree) if part.argument is not None)


def added(tree: Typed, source: str, sign: str = "") -> Iterator[tuple[str, Evaluate, frozenset[str]]]:
    """What is added at the top, each in base units of the whole."""
    if tree.operation not in ("+", "-") or tree.kind is not Kind.NUMBER:
        evaluate = compiled(tree)
        yield sign + cut(source, tree.span), scaled(evaluate, -1.0) if sign else evaluate, of_whom(tree)
        return
    left, right = tree.parts
    for part, negative in ((left, sign == "-"), (right, (sign == "-") != (tree.operation == "-"))):
        factor = conversion(part, tree)
        for text, each, about in added(part, source, "-" if negative else ""):
            yield text, scaled(each, factor), about


def conversion(part: Typed, whole: Typed) -> float:
    """What a part of a sum is multiplied by, where its unit is another: it counts by the number that it shows."""
    if part.unit.dimension == whole.unit.dimension:
        return 1.0
    return whole.unit.scale / part.unit.scale


def scaled(evaluate: Evaluate, factor: float) -> Evaluate:
    """Times a number."""
    if factor == 1:
        return evaluate
    return lambda facts: evaluate(facts) * factor


def compiled(tree: Typed) -> Evaluate:
    """One part: values in base units, conditions as numbers."""
    if tree.operation == "fact":
        return leaf(tree)
    if tree.constant is not None:
        # A number of Python's own leaves columns in the precision that they have.
        value: Any = tree.constant
        return lambda _: value
    if tree.operation == "constant":
        truth: Any = tree.value
        return lambda _: truth
    if tree.operation == "in":
        return membership(*tree.parts)
    if tree.operation in ("==", "!=") and tree.parts[0].kind is Kind.TEXT:
        return equality(tree)
    operands = [compiled(part) for part in tree.parts]
    if tree.operation in ("+", "-"):
        operands = [scaled(each, conversion(part, tree)) for each, part in zip(operands, tree.parts, strict=True)]
    operation = OPERATIONS[tree.operation]
    return lambda facts: operation(*(operand(facts) for operand in operands))


def leaf(tree: Typed) -> Evaluate:
    """A fact."""
    name, somebody = str(tree.value), tree.argument
    if tree.kind is Kind.YES_NO:
        return lambda facts: facts.truth(name).astype(np.float64)
    return scaled(lambda facts: facts.number(name, somebody), FACTS[name].unit.scale)


def membership(left: Typed, right: Typed) -> Evaluate:
    """`in`, between a fact and what was written."""
    if right.operation == "fact":
        fact, text = str(right.value), str(left.value)
        return lambda facts: facts.member(fact, text).astype(np.float64)
    return one_of(str(left.value), right.value)


def equality(tree: Typed) -> Evaluate:
    """A text fact beside a text, either way round."""
    fact, text = sorted(tree.parts, key=lambda part: part.operation != "fact")
    same = one_of(str(fact.value), (str(text.value),))
    return same if tree.operation == "==" else lambda facts: 1.0 - same(facts)


def one_of(fact: str, texts: object) -> Evaluate:
    """Whether a text fact is one of these."""
    wanted = texts if isinstance(texts, tuple) else ()
    return lambda facts: facts.same(fact, wanted).astype(np.float64)


def quotient(above: Column, below: Column) -> Column:
    """Undefined where it would be divided by zero."""
    return above / np.where(below == 0, np.nan, below)


def compare(relation: Callable[[Column, Column], Mask]) -> Callable[[Column, Column], Column]:
    """A comparison, undefined where a side is."""
    return lambda left, right: np.where(np.isnan(left) | np.isnan(right), np.nan, relation(left, right))


def either(left: Column, right: Column) -> Column:
    """`or`: the right side counts only where the left does not hold."""
    return np.where((left == 1) | np.isnan(left), left, right)


def both(left: Column, right: Column) -> Column:
    """`and`: the right side counts only where the left holds."""
    return np.where((left == 0) | np.isnan(left), left, right)


def picked(then: Column, condition: Column, otherwise: Column) -> Column:
    """`if else`."""
    return np.where(np.isnan(condition), np.nan, np.where(condition == 1, then, otherwise))


OPERATIONS: dict[str, Callable[..., Column]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": quotient,
    "negative": np.negative,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "abs": np.abs,
    "not": lambda value: 1.0 - value,
    "and": both,
    "or": either,
    "choice": picked,
    "==": compare(np.equal),
    "!=": compare(np.not_equal),
    "<": compare(np.less),
    "<=": compare(np.less_equal),
    ">": compare(np.greater),
    ">=": compare(np.greater_equal),
}
