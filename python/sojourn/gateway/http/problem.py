"""Errors as answers: problem+json of RFC 9457, and which error has which status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from sojourn.gateway.http.limit import RETRY_AFTER_S
from sojourn.gateway.http.refusal import Invalid, Refusal
from sojourn.model import errors, node_errors

MEDIA_TYPE = "application/problem+json"
REFERENCE = "/v1/openapi.json#/components/schemas/Problem"

# The most derived class that stands here decides. What a node may answer and this table does not name is 500.
STATUS: dict[type[errors.SojournError], int] = {
    errors.SojournError: 500,
    errors.ModuleError: 422,
    errors.ImageError: 422,
    errors.HostError: 422,
    errors.EngineError: 422,
    errors.StorageError: 500,
    errors.ConfigError: 422,
    errors.ExpressionError: 422,
    errors.InvalidMessage: 502,
    errors.OutputLost: 410,
    errors.NoController: 502,
    errors.NotLeader: 503,
    errors.Declined: 409,
    errors.UnknownMove: 404,
    errors.UnknownModule: 404,
    errors.UnknownRollout: 404,
    errors.UnknownProgram: 404,
    errors.UnknownSetting: 404,
    errors.UnknownScenario: 404,
    node_errors.UnknownAtom: 404,
    node_errors.UnknownNode: 404,
    node_errors.UnknownAlias: 404,
    node_errors.UnknownCall: 404,
    node_errors.UnknownFuture: 404,
    node_errors.NoImage: 404,
    node_errors.NoKey: 404,
    node_errors.NotGranted: 403,
    node_errors.NotRunning: 409,
    node_errors.AlreadyThere: 409,
    node_errors.AlreadyRuns: 409,
    node_errors.Pinned: 409,
    node_errors.NoRoom: 409,
    node_errors.Aborted: 409,
    node_errors.Ended: 409,
    node_errors.Superseded: 409,
    node_errors.NameTaken: 409,
    node_errors.AtomNameTaken: 409,
    node_errors.Address: 409,
    node_errors.Conflict: 409,
    node_errors.TooLarge: 413,
    node_errors.MissingFunction: 422,
    node_errors.MissingFeature: 422,
    node_errors.MissingContent: 422,
    node_errors.NodeInvalidModule: 422,
    node_errors.NodeInvalidAnnotation: 422,
    node_errors.InvalidRequest: 422,
    node_errors.InvalidName: 422,
    node_errors.InvalidPattern: 422,
    node_errors.Busy: 429,
    node_errors.NodeWrongVersion: 502,
    node_errors.WrongRealm: 502,
    node_errors.NotAllowed: 502,
    node_errors.Lost: 502,
    node_errors.Reset: 502,
    node_errors.Unreachable: 504,
    node_errors.TimedOut: 504,
    node_errors.DiskFull: 507,
}


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, as RFC 9457 has it, with our error's own name and number.

    Attributes:
        type: `urn:sojourn:error:` and the error's name.
        title: What the status says.
        status: The status.
        detail: What happened, to what: a sentence for people.
        instance: `urn:sojourn:request:` and the request's identity, as in `X-Request-Id`.
        name: The error's name, as in the package `sojourn`.
        code: The error's number where a node answered it, as in docs/reference/errors.md.
        definite: Whether what was asked for did not happen and will not; else it may have.
        hint: What to do.
        where: Where a wrong value stands: `body`, `query`, `path` or `header`.
        pointer: Which: a JSON pointer (RFC 6901) into the body, or a parameter's name.
        leader: Address of the controller that leads, where this one does not.
        expression: The expression that is wrong, where one is.
        start: Where the wrong part of it begins: a character of it, from 0.
        end: Where it ends.
    """

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: str
    name: str
    definite: bool
    code: int = 0
    hint: str = ""
    where: str = ""
    pointer: str = ""
    leader: str = ""
    expression: str = ""
    start: int = 0
    end: int = 0


def status_of(error: type[errors.SojournError]) -> int:
    """The status that an error is answered with."""
    if issubclass(error, Refusal):
        return error.status
    return next(STATUS[kind] for kind in error.__mro__ if kind in STATUS)


def problem_of(error: errors.SojournError, request: str) -> Problem:
    """An error as it is told.

    Args:
        error: The error.
        request: The request's identity.
    """
    status = status_of(type(error))
    name = type(error).__name__
    wrong = error if isinstance(error, errors.ExpressionError) else None
    return Problem(
        type=f"urn:sojourn:error:{name}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(error),
        instance=f"urn:sojourn:request:{request}",
        name=name,
        code=error.code if isinstance(error, errors.NodeError) else 0,
        definite=definite(error, status),
        hint=error.hint or "",
        where=error.where if isinstance(error, Invalid) else "",
        pointer=error.pointer if isinstance(error, Invalid) else "",
        leader=(error.leader or "") if isinstance(error, errors.NotLeader) else "",
        expression=wrong.source if wrong else "",
        start=wrong.start if wrong else 0,
        end=wrong.end if wrong else 0,
    )


def definite(error: errors.SojournError, status: int) -> bool:
    """Whether what was asked for did not happen and will not. When in doubt, it may have."""
    if isinstance(error, errors.NodeError):
        return error.definite
    return status < HTTPStatus.INTERNAL_SERVER_ERROR


def headers_of(error: errors.SojournError, path: str) -> dict[str, str]:
    """Headers that belong to an error."""
    headers = dict(error.headers) if isinstance(error, Refusal) else {}
    if status_of(type(error)) in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers.setdefault("retry-after", str(RETRY_AFTER_S))
    if isinstance(error, errors.NotLeader) and error.leader:
        headers["location"] = error.leader.rstrip("/") + path
    return headers


def encoded(problem: Problem) -> bytes:
    """A problem as it is sent."""
    return msgspec.json.encode(problem)
