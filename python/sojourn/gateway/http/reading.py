"""The body of a request: bounded in size and time, and of the media type that its route takes."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from sojourn.gateway.http.limit import BODY_S, MODULE_S
from sojourn.gateway.http.refusal import BadRequest, BodyTimeout, BodyTooLarge, WrongMediaType
from sojourn.gateway.http.route import JSON, Route


async def read_body(request: Request, route: Route) -> bytes:
    """The body.

    Raises:
        BodyTooLarge: It is larger than the route takes.
        BodyTimeout: It did not come in time.
        WrongMediaType: It is something else.
        BadRequest: It was cut off.
    """
    check_length(request, route)
    seconds = BODY_S if route.takes == JSON else MODULE_S
    try:
        async with asyncio.timeout(seconds):
            raw = await collected(request, route)
    except TimeoutError as error:
        raise BodyTimeout(f"the body did not come within {seconds:.0f} s") from error
    except ClientDisconnect as error:
        raise BadRequest("the body was cut off") from error
    if not route.takes and raw:
        raise BadRequest("a body is sent where none is taken", "leave it out")
    if raw or (route.takes and not route.body_optional):
        check_media_type(request, route)
    return raw


async def collected(request: Request, route: Route) -> bytes:
    """All parts of the body, as they come."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > route.most_bytes:
            raise too_large(route)
    return bytes(raw)


def check_length(request: Request, route: Route) -> None:
    """What is too large by its own word is not read."""
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()):
        raise BadRequest(f"content-length {told!r} is not a number")
    if int(told[:20]) > route.most_bytes:
        raise too_large(route)


def too_large(route: Route) -> BodyTooLarge:
    """It is more than the route takes."""
    return BodyTooLarge(f"the body is larger than {route.most_bytes} bytes", "send less at once")


def check_media_type(request: Request, route: Route) -> None:
    """Whether the body is what the route takes. That it must be said keeps forms of other sites' pages out, too."""
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if told != route.takes:
        raise WrongMediaType(f"the body is {told or 'of no media type'}", f"send `Content-Type: {route.takes}`")


def accepts(header: str, gives: str) -> bool:
    """Whether a client that says this takes this media type (RFC 9110, 12.5.1; `q=0` is a no)."""
    wanted = gives.partition(";")[0]
    kind = wanted.partition("/")[0]
    weights: dict[str, float] = {}
    for each in header.lower().split(","):
        name, *parameters = [part.strip() for part in each.split(";")]
        weights[name] = next((weight(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
    for name in (wanted, f"{kind}/*", "*/*", ""):
        if name in weights:
            return weights[name] > 0
    return not header.strip()


def weight(text: str) -> float:
    """The number of a `q`; what is none counts as a yes."""
    try:
        return float(text)
    except ValueError:
        return 1.0
