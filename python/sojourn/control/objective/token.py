"""The words of an expression."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from sojourn.control.objective import limit
from sojourn.control.objective.syntax import Span
from sojourn.model.errors import ExpressionError


class Sort(StrEnum):
    """What a word is."""

    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    SIGN = "sign"
    END = "end"


class Token(NamedTuple):
    """A word, and where it stands."""

    sort: Sort
    text: str
    span: Span


# The exponent needs a digit, so that `2e` is a number and a name.
PATTERN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3}(?!\d))?)
    |(?P<text>"[^"\n]*"|'[^'\n]*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>==|!=|<=|>=|[-+*/<>()\[\],%])
    |(?P<end>\Z))""",
    re.VERBOSE | re.ASCII,
)


def tokens(source: str) -> list[Token]:
    """All words, with `END` as the last.

    Errors:
        ExpressionError: it is too long, or a character has no meaning.
    """
    if len(source) > limit.LENGTH:
        wrong = f"an expression has at most {limit.LENGTH} characters, this one {len(source)}"
        raise ExpressionError(wrong, source[:80], 0, 1, "shorten it")
    found: list[Token] = []
    at = 0
    while not found or found[-1].sort is not Sort.END:
        match = PATTERN.match(source, at)
        if match is None:
            raise unknown(source, at)
        at = match.end()
        kind = match.lastgroup or "end"
        found.append(Token(Sort(kind), match[kind], Span(*match.span(kind))))
    return found


def unknown(source: str, at: int) -> ExpressionError:
    """Of a character that begins no word."""
    while source[at] in " \t\n\r\f\v":
        at += 1
    sign = source[at]
    if sign in "\"'":
        return ExpressionError("this text has no end", source, at, len(source), f"close it with {sign}")
    if sign in "=&|!":
        meant = {"=": "==", "&": "and", "|": "or", "!": "not"}[sign]
        return ExpressionError(f"{sign!r} means nothing here", source, at, at + 1, f"did you mean `{meant}`?")
    return ExpressionError(f"{sign!r} means nothing here", source, at, at + 1)
