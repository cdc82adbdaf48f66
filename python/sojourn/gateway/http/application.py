"""The application: what a request passes on its way to a controller, and its answer on the way back."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Place

from sojourn.gateway.http import problem
from sojourn.gateway.http.checking import checked_body, checked_path, checked_query
from sojourn.gateway.http.guard import NOBODY, Bearer, Guard
from sojourn.gateway.http.limit import HANDLER_S, REQUESTS, UPLOADS
from sojourn.gateway.http.openapi import encoded_document
from sojourn.gateway.http.reading import accepts, read_body
from sojourn.gateway.http.refusal import (
    BadRequest,
    NoSuchPath,
    NotAcceptable,
    TookTooLong,
    TooMany,
    WrongMethod,
)
from sojourn.gateway.http.repetition import HEADER, Repetitions, key_of
from sojourn.gateway.http.route import JSON, WASM, Route
from sojourn.gateway.http.routes import DOCUMENT, ROUTES
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.stream import Streams
from sojourn.model.errors import SojournError
from sojourn.model.node_errors import Internal

if TYPE_CHECKING:
    from collections.abc import Iterator


log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
READING = ("GET", "HEAD")
SAFE = set(READING)
BROKEN = "the controller failed in a way that it should not"


# A page's file at the path of a request; None: there is none.
Page: TypeAlias = Callable[[Request], Response | None]


class Application:
    """REST over one controller, and its page.

    Args:
        controller: The controller.
        guard: Who may ask.
        page: Files of the page beside REST; None: there is no page.
    """

    def __init__(self, controller: Controller, guard: Guard, page: Page | None = None) -> None:
        self._controller = controller
        self._guard = guard
        self._page = page
        self._repetitions = Repetitions()
        self._streams = Streams(controller)
        self._at_work = 0
        self._uploads = 0
        # What was begun goes on to its end, also when nobody waits for it any more.
        self._begun: set[asyncio.Task[object]] = set()

    def end(self) -> None:
        """Ends all streams, for the server is about to."""
        self._streams.ending.set()

    def starlette(self) -> Starlette:
        """As an ASGI application."""
        by_path: dict[str, dict[str, Route]] = defaultdict(dict)
        for route in ROUTES:
            by_path[route.path][route.method] = route
        places = [Place(path, self._place(routes)) for path, routes in by_path.items()]
        places.append(Place(DOCUMENT, self._handled(self._openapi)))
        places.append(Place("/{path:path}", self._handled(self._file)))
        # Without `methods` a place takes all of them: which are allowed is said by `_place`, of all routes of a path.
        for place in places:
            place.methods = None
        made = Starlette(routes=places, exception_handlers={404: not_found, Exception: broken})
        made.router.redirect_slashes = False
        return made

    def _place(self, routes: dict[str, Route]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            method = "GET" if request.method == "HEAD" else request.method
            if method not in routes:
                there = sorted({*routes, *(["HEAD"] if "GET" in routes else [])})
                hint = f"there is {', '.join(there)}"
                raise WrongMethod(f"{request.method} does nothing here", hint, {"allow": ", ".join(there)})
            return await self._answer(request, routes[method])

        return self._handled(answer, tuple(routes))

    def _handled(
        self, work: Callable[[Request], Awaitable[Response]], methods: Collection[str] = READING
    ) -> Callable[[Request], Awaitable[Response]]:
        """Every error becomes an answer, and pages of other sites that may ask can read it."""
        origins = self._guard.origins

        async def handled(request: Request) -> Response:
            request.state.id = request_id(request)
            try:
                answer = origins.preflight(request, methods) or await work(request)
            except SojournError as error:
                answer = failed(error, request)
            except Exception:
                log.exception("request %s failed", request.state.id)
                answer = failed(Internal(BROKEN), request)
            answer.headers["x-request-id"] = request.state.id
            origins.mark(request, answer)
            return answer

        return handled

    async def _answer(self, request: Request, route: Route) -> Response:
        bearer = NOBODY if route.tells_who else self._guard.bearer(request)
        self._guard.check(bearer, route.scope)
        if not accepts(request.headers.get("accept", ""), route.gives):
            raise NotAcceptable(f"this is {route.gives}", f"send `Accept: {route.gives.partition(';')[0]}`")
        if route.goes_on:
            given = {"body": body_of(route, await read_body(request, route))} if route.takes else {}
            return await self._streams.open(
                request, route, bearer, lambda: self._guard.still_allows(request, route.scope), given
            )
        with self._room(route):
            return await self._worked(request, route, bearer)

    async def _worked(self, request: Request, route: Route, bearer: Bearer) -> Response:
        given: dict[str, Any] = {}
        if route.path_type is not None:
            given["path"] = checked_path(route.path_type, request.path_params)
        said_query = request.scope["query_string"]
        query = checked_query(route.query_type or NoQuery, said_query)
        if route.query_type is not None:
            given["query"] = query
        if route.tells_who:
            given["session"] = self._guard.session(request)
        raw = await read_body(request, route)
        if route.body_type is not None:
            given["body"] = body_of(route, raw)

        async def work() -> Response:
            return answered(request, route, await self._carried_out(route, given))

        key = request.headers.get(HEADER)
        if key is None or not route.once:
            return await work()
        said = b"\0".join([request.method.encode(), request.url.path.encode(), said_query, raw])
        return await self._repetitions.once((bearer.name, key_of(key)), said, work)

    async def _carried_out(self, route: Route, given: dict[str, Any]) -> object:
        task = asyncio.ensure_future(cast("Awaitable[object]", route.endpoint(self._controller, **given)))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        if route.method in SAFE:
            waiting: Awaitable[object] = task
        else:
            waiting = asyncio.shield(task)
        try:
            return await asyncio.wait_for(waiting, HANDLER_S)
        except TimeoutError as error:
            raise TookTooLong(f"the controller did not answer within {HANDLER_S:.0f} s") from error

    @contextmanager
    def _room(self, route: Route) -> Iterator[None]:
        """A place among the requests that are worked on."""
        upload = route.takes == WASM
        if self._at_work >= REQUESTS or (upload and self._uploads >= UPLOADS):
            raise TooMany("too many requests are being worked on", "try again in a moment")
        self._at_work += 1
        self._uploads += upload
        try:
            yield
        finally:
            self._at_work -= 1
            self._uploads -= upload

    async def _file(self, request: Request) -> Response:
        """A file of the page, which needs no token: all that it shows is asked for with one."""
        self._guard.check_site(request)
        found = None if self._page is None else self._page(request)
        if found is None:
            raise nothing_at(request)
        read_only(request)
        return with_tag(request, found)

    async def _openapi(self, request: Request) -> Response:
        self._guard.check_site(request)
        read_only(request)
        return with_tag(request, Response(encoded_document(), media_type=JSON))


def read_only(request: Request) -> None:
    """Whether a request only reads.

    Raises:
        WrongMethod: It does not.
    """
    if request.method not in SAFE:
        raise WrongMethod(f"{request.method} does nothing here", "there is GET", {"allow": "GET, HEAD"})


class NoQuery(msgspec.Struct, forbid_unknown_fields=True):
    """For routes that take no query."""


def body_of(route: Route, raw: bytes) -> object:
    """A body as its endpoint takes it."""
    if route.body_type is bytes:
        if not raw:
            raise BadRequest("the body is empty", f"send the module's bytes as `Content-Type: {WASM}`")
        return raw
    return checked_body(route.body_type, raw or b"{}") if route.body_optional else checked_body(route.body_type, raw)


def answered(request: Request, route: Route, value: object) -> Response:
    """What an endpoint gave, as an answer."""
    content = value if isinstance(value, str) else msgspec.json.encode(value)
    answer = Response(content, status_code=route.status, media_type=route.gives)
    if route.location:
        answer.headers["location"] = route.location.format_map(msgspec.structs.asdict(value))  # type: ignore[arg-type]
    return with_tag(request, answer) if route.method in SAFE else answer


def with_tag(request: Request, answer: Response) -> Response:
    """An answer with its tag; without its content where the client has it (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.blake2b(answer.body, digest_size=12).hexdigest()}"'
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        kept = {name: answer.headers[name] for name in ("vary",) if name in answer.headers}
        answer = Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    answer.headers["etag"] = tag
    answer.headers["cache-control"] = "private, no-cache"
    return answer


def failed(error: SojournError, request: Request) -> Response:
    """An error as an answer."""
    told = problem.problem_of(error, request.state.id)
    headers = {"cache-control": "no-store", **problem.headers_of(error, request.url.path)}
    return Response(problem.encoded(told), told.status, headers, problem.MEDIA_TYPE)


def request_id(request: Request) -> str:
    """The identity that the client gave the request, or a new one."""
    given = request.headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


async def not_found(request: Request, _: Exception) -> Response:
    """There is nothing at this path."""
    request.state.id = request_id(request)
    return failed(nothing_at(request), request)


def nothing_at(request: Request) -> NoSuchPath:
    """There is nothing at this path, as an error."""
    return NoSuchPath(f"there is nothing at {request.url.path}", "/v1/openapi.json tells what there is")


async def broken(request: Request, _: Exception) -> Response:
    """Something failed that should not."""
    request.state.id = request_id(request)
    return failed(Internal(BROKEN), request)
