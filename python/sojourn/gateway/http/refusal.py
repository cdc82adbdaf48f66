"""What the REST interface itself refuses, before a controller is asked.

Refusal
├── BadRequest        400  not HTTP as this interface understands it
├── Unauthorized      401  no token, or not a valid one
├── OutOfScope        403  the token does not allow it, or a browser of another site asks
├── NoSuchPath        404  there is nothing at this path
├── WrongMethod       405  but not by this method
├── NotAcceptable     406  not as the client wants it
├── BodyTimeout       408  the body did not come in time
├── KeyInUse          409  a request with this Idempotency-Key is under way
├── BodyTooLarge      413  the body is larger than its limit
├── WrongMediaType    415  the body is something else than this route takes
├── Invalid           422  a value is wrong; `where` says which
├── TooMany           429  too much at once
└── TookTooLong       504  the controller did not answer in time
"""

from __future__ import annotations

from typing import ClassVar

from sojourn.model.errors import ControllerError, Forbidden


class Refusal(ControllerError):
    """Root of the tree.

    Attributes:
        status: Status of the answer.
        headers: Headers that belong to it.
    """

    status: ClassVar[int] = 400

    def __init__(self, message: str, hint: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message, hint)
        self.headers = headers or {}


class BadRequest(Refusal):
    """Not HTTP as this interface understands it."""


class Unauthorized(Refusal, Forbidden):
    """No token, or not a valid one."""

    status = 401


class OutOfScope(Refusal, Forbidden):
    """The token does not allow it, or a browser of another site asks."""

    status = 403


class NoSuchPath(Refusal):
    """There is nothing at this path."""

    status = 404


class WrongMethod(Refusal):
    """There is something at this path, but not by this method."""

    status = 405


class NotAcceptable(Refusal):
    """It cannot be given as the client wants it."""

    status = 406


class BodyTimeout(Refusal):
    """The body did not come in time."""

    status = 408


class KeyInUse(Refusal):
    """A request with the same Idempotency-Key is under way."""

    status = 409


class BodyTooLarge(Refusal):
    """The body is larger than its limit."""

    status = 413


class WrongMediaType(Refusal):
    """The body is something else than this route takes."""

    status = 415


class Invalid(Refusal):
    """A value is wrong.

    Attributes:
        where: `body`, `query`, `path` or `header`.
        pointer: Which one: a JSON pointer into the body, or a parameter's name.
    """

    status = 422

    def __init__(self, message: str, hint: str | None = None, *, where: str = "body", pointer: str = "") -> None:
        super().__init__(message, hint)
        self.where = where
        self.pointer = pointer


class TooMany(Refusal):
    """Too much at once."""

    status = 429


class TookTooLong(Refusal):
    """The controller did not answer in time; what was asked for may still happen."""

    status = 504
