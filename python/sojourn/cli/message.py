"""Messages for the person at the terminal, on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sojourn.model.errors import ExpressionError

if TYPE_CHECKING:
    from sojourn.model.errors import SojournError


def report(error: SojournError) -> None:
    """One line that says what happened, and one with what to do where that is known."""
    # The lines of an expression, and the mark under its wrong part, belong under each other.
    first, *others = str(error).splitlines() if isinstance(error, ExpressionError) else [one_line(str(error))]
    say(f"error: {first}")
    for line in others:
        say(line)
    if error.hint:
        hint(error.hint)


def hint(text: str) -> None:
    """What to do next."""
    say(f"hint: {one_line(text)}")


def say(line: str) -> None:
    """A line on stderr; nowhere when stderr is closed."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
