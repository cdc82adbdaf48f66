"""Text to tree, by precedence: `if else`, `or`, `and`, `not`, comparisons, `+ -`, `* /`, `-`, in this order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.control.objective import limit
from sojourn.control.objective.facts import FACTS, Argument
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
from sojourn.control.objective.token import Sort, Token, tokens
from sojourn.control.objective.unit import BARE, UNITS, over
from sojourn.model.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in", "not")
WORDS = ("and", "or", "not", "in", "if", "else", "true", "false")
# Whom a fact may be of, without quotes: names of nodes and atoms.
SOMEBODY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*(?:/[A-Za-z0-9_.\-]+)?")


def parse(source: str) -> Tree:
    """An expression as a tree.

    Errors:
        ExpressionError: what is wrong, with the place.
    """
    return Parser(source).whole()


class Parser:
    """Reads the words of one expression from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.at = 0
        self.nodes = 0
        self.depth = 0

    def whole(self) -> Tree:
        """All of it."""
        if len(self.tokens) == 1:
            raise self.wrong("the expression is empty", self.next.span, "as `latency_ms(client)`")
        tree = self.choice()
        if self.at < len(self.tokens) - 1:
            raise self.wrong(f"{self.next.text!r} is not expected here", self.next.span)
        return tree

    # Words.

    @property
    def next(self) -> Token:
        """The word that comes."""
        return self.tokens[self.at]

    def take(self) -> Token:
        """And steps over it. The end stays."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def is_next(self, *texts: str) -> bool:
        """Whether one of these signs or words comes."""
        return self.next.sort in (Sort.SIGN, Sort.NAME) and self.next.text in texts

    def expect(self, sign: str, opened: Span) -> Token:
        """Steps over a sign that closes another."""
        if not self.is_next(sign):
            found = f"{self.next.text!r}" if self.next.text else "the end"
            before = self.source[opened.start : opened.end]
            raise self.wrong(f"{sign!r} is missing before {found}, to close {before!r}", self.next.span)
        return self.take()

    def wrong(self, what: str, span: Span, hint: str | None = None) -> ExpressionError:
        """An error, and where."""
        return ExpressionError(what, self.source, span.start, span.end, hint)

    def made(self, tree: Tree) -> Tree:
        """A node of the tree, counted."""
        self.nodes += 1
        if self.nodes > limit.NODES:
            raise self.wrong(f"more than {limit.NODES} parts", tree.span, "shorten it")
        return tree

    def deeper(self, rule: Callable[[], Tree]) -> Tree:
        """A rule one level down."""
        self.depth += 1
        if self.depth > limit.DEPTH:
            raise self.wrong(f"nested deeper than {limit.DEPTH} levels", self.next.span, "take some parentheses away")
        tree = rule()
        self.depth -= 1
        return tree

    # Rules.

    def choice(self) -> Tree:
        """`A if C else B`."""
        then = self.either()
        if not self.is_next("if"):
            return then
        word = self.take()
        condition = self.either()
        if not self.is_next("else"):
            raise self.wrong("`if` needs an `else`", word.span, "as `1 if low_energy else 0`")
        self.take()
        otherwise = self.deeper(self.choice)
        return self.made(Choice(then, condition, otherwise, then.span.to(otherwise.span)))

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Tree]) -> Tree:
        """Operators of one precedence, from the left. They lean on each other: each is a level of the tree."""
        left = operand()
        while self.is_next(*operators):
            operator = self.take().text
            right = operand()
            left = self.made(Binary(operator, left, right, left.span.to(right.span)))
        return left

    def either(self) -> Tree:
        """`A or B`."""
        return self.chain(("or",), self.both)

    def both(self) -> Tree:
        """`A and B`."""
        return self.chain(("and",), self.negation)

    def negation(self) -> Tree:
        """`not A`."""
        if not self.is_next("not"):
            return self.comparison()
        word = self.take()
        operand = self.deeper(self.negation)
        return self.made(Unary("not", operand, word.span.to(operand.span)))

    def comparison(self) -> Tree:
        """`A < B` and such: one, not a row of them."""
        left = self.addition()
        if not self.is_next(*COMPARISONS):
            return left
        word = self.take()
        operator = word.text
        if operator == "not":
            if not self.is_next("in"):
                raise self.wrong("`not` here needs `in` after it", word.span)
            self.take()
            operator = "not in"
        right = self.listed() if self.is_next("[") else self.addition()
        if self.is_next(*COMPARISONS):
            raise self.wrong("comparisons do not chain", self.next.span, "join two with `and`")
        return self.made(Binary(operator, left, right, left.span.to(right.span)))

    def listed(self) -> Tree:
        """`["a", "b"]`."""
        opened = self.take().span
        values = []
        while self.next.sort is Sort.TEXT:
            values.append(self.take().text[1:-1])
            if not self.is_next(","):
                break
            self.take()
        closed = self.expect("]", opened)
        self.nodes += len(values)
        return self.made(Listed(tuple(values), opened.to(closed.span)))

    def addition(self) -> Tree:
        """`A + B`, `A - B`."""
        return self.chain(("+", "-"), self.multiplication)

    def multiplication(self) -> Tree:
        """`A * B`, `A / B`."""
        return self.chain(("*", "/"), self.sign)

    def sign(self) -> Tree:
        """`-A`."""
        if not self.is_next("-"):
            return self.operand()
        word = self.take()
        operand = self.deeper(self.sign)
        return self.made(Unary("-", operand, word.span.to(operand.span)))

    def operand(self) -> Tree:
        """A number, a text, a fact, a call, or something in parentheses."""
        token = self.take()
        if token.sort is Sort.NUMBER:
            return self.number(token)
        if token.sort is Sort.TEXT:
            self.bounded(token)
            return self.made(Text(token.text[1:-1], token.span))
        if token.sort is Sort.NAME and token.text not in WORDS[:6]:
            return self.named(token)
        if token.text == "(":
            tree = self.deeper(self.choice)
            self.expect(")", token.span)
            return tree
        if token.sort is Sort.END:
            raise self.wrong("something is missing at the end", token.span)
        raise self.wrong(f"{token.text!r} is not expected here", token.span, "a fact, a number or a text belongs here")

    def number(self, token: Token) -> Tree:
        """A number with its unit: `2`, `2 GiB`, `10 MiB/s`, `1/s`, `80 %`."""
        unit, span = BARE, token.span
        if self.is_next(*UNITS):
            last = self.take()
            unit, span = UNITS[last.text], span.to(last.span)
        if self.is_next("/") and self.tokens[self.at + 1].text in UNITS and self.tokens[self.at + 1].text != "%":
            self.take()
            last = self.take()
            unit, span = over(unit, UNITS[last.text]), span.to(last.span)
        elif self.next.sort is Sort.NAME and self.next.text not in WORDS:
            known = ", ".join(UNITS)
            raise self.wrong(
                f"{self.next.text!r} is not a unit", self.next.span, f"units are {known}, or one / another"
            )
        return self.made(Number(float(token.text), unit, span))

    def named(self, token: Token) -> Tree:
        """`true`, a fact, or a call."""
        self.bounded(token)
        if token.text in ("true", "false"):
            return self.made(Truth(token.text == "true", token.span))
        if not self.is_next("("):
            return self.made(Name(token.text, None, token.span))
        opened = self.take().span
        if token.text in FUNCTIONS:
            return self.call(token, opened)
        fact = FACTS.get(token.text)
        if fact is not None and fact.argument is Argument.NONE:
            raise self.wrong(f"{token.text} is of the node alone: it takes nothing in parentheses", opened)
        somebody = self.somebody()
        closed = self.expect(")", token.span.to(opened))
        return self.made(Name(token.text, somebody, token.span.to(closed.span)))

    def call(self, token: Token, opened: Span) -> Tree:
        """`min(A, B)`."""
        arguments = [self.deeper(self.choice)]
        while self.is_next(","):
            self.take()
            arguments.append(self.deeper(self.choice))
        closed = self.expect(")", token.span.to(opened))
        return self.made(Call(token.text, tuple(arguments), token.span.to(closed.span)))

    def somebody(self) -> str:
        """Whom a fact is of: a name in quotes, or as it is."""
        if self.next.sort is Sort.TEXT:
            token = self.take()
            self.bounded(token)
            if len(token.text) > len("''"):
                return token.text[1:-1]
            raise self.wrong("a name is missing between the quotes", token.span)
        match = SOMEBODY.match(self.source, self.next.span.start)
        if match is None:
            raise self.wrong("a name is missing here", self.next.span, "as `client`, `node-1` or an atom's name")
        if match.end() - match.start() > limit.NAME:
            raise self.wrong(f"a name has at most {limit.NAME} characters", Span(*match.span()))
        while self.next.span.start < match.end() and self.next.sort is not Sort.END:
            self.take()
        return match[0]

    def bounded(self, token: Token) -> None:
        """A name or a text is not too long."""
        if len(token.text) > limit.NAME:
            raise self.wrong(f"a name or a text has at most {limit.NAME} characters", token.span)
