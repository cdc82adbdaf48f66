"""Messages for the person at the terminal, on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.model.errors import SojournError


def report(error: SojournError) -> None:
    """One line that says what happened, and one with what to do where that is known."""
    say(f"error: {one_line(str(error))}")
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
