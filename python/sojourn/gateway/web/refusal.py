"""What the HTTP door answers in place of an atom. Each is a problem+json with a status of its own.

Refusal (gateway/http/refusal)
├── NoSuchAtom      404  nobody is called so
├── LineTooLong     414  the request's line is too long
├── HeadTooLarge    431  its fields are
├── BrokenAnswer    502  the atom ended, or answered what is no HTTP
├── Unavailable     503  there is no room, or it cannot be reached now: come again
└── TooLate         504  it did not answer in time
"""

from __future__ import annotations

from sojourn.gateway.http.refusal import Refusal
from sojourn.gateway.web.limit import RETRY_AFTER_S
from sojourn.model import node_errors
from sojourn.model.errors import NodeError, SojournError


class NoSuchAtom(Refusal):
    """Nobody is called so."""

    status = 404


class LineTooLong(Refusal):
    """The request's line is too long."""

    status = 414


class HeadTooLarge(Refusal):
    """The request's fields are too many, or too long."""

    status = 431


class BrokenAnswer(Refusal):
    """The atom ended, or answered what is no HTTP."""

    status = 502


class Unavailable(Refusal):
    """There is no room, or it cannot be reached now."""

    status = 503

    def __init__(self, message: str, hint: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message, hint, {"retry-after": str(RETRY_AFTER_S), **(headers or {})})


class TooLate(Refusal):
    """The atom did not answer in time."""

    status = 504


# What a node says of a call, as HTTP has it; what is not named is 502.
REFUSALS: dict[type[NodeError], type[Refusal]] = {
    node_errors.UnknownAtom: NoSuchAtom,
    node_errors.UnknownAlias: NoSuchAtom,
    node_errors.UnknownNode: Unavailable,
    node_errors.Unreachable: Unavailable,
    node_errors.Lost: Unavailable,
    node_errors.Busy: Unavailable,
    node_errors.NoRoom: Unavailable,
    node_errors.TimedOut: TooLate,
}


def refusal_of(error: SojournError, atom: str) -> Refusal:
    """An error of the port as it is answered.

    Args:
        error: The error.
        atom: Who was asked.
    """
    if isinstance(error, Refusal):
        return error
    kind = REFUSALS.get(type(error), BrokenAnswer) if isinstance(error, NodeError) else BrokenAnswer
    return kind(f"{atom}: {error}", error.hint)


def failure_of(code: int, text: str, atom: str) -> Refusal:
    """A call that failed, as it is answered.

    Args:
        code: Number of the error.
        text: What was said of it.
        atom: Who was asked.
    """
    kind = node_errors.BY_CODE.get(code)
    if kind is None:
        return BrokenAnswer(f"{atom} did not answer: error {code}")
    return refusal_of(kind(text or kind.usual_text), atom)
