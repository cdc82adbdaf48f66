"""Streams of events (server-sent events): as many as are allowed, and none that waits for its reader.

A reader that takes its time is no burden, as nothing is queued for it: what it has not asked for stays in the store.
One that takes nothing for `SLOW_S` is dropped; the last that it finds, when it reads at last, is an event that says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sojourn.gateway.http.checking import checked_path, checked_query
from sojourn.gateway.http.guard import Bearer
from sojourn.gateway.http.limit import HEARTBEAT_S, RETRY_MS, SEND_S, SLOW_S, STREAMS, STREAMS_EACH
from sojourn.gateway.http.refusal import Invalid, TooMany
from sojourn.gateway.http.route import EVENTS, LINES, Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.told import Gap, Passed, Said
from sojourn.gateway.http.value import Query

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Streams:
    """All streams of one server."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._open: Counter[str] = Counter()
        self.ending = asyncio.Event()

    async def open(
        self,
        request: Request,
        route: Route,
        bearer: Bearer,
        allowed: Callable[[], bool],
        body: dict[str, Any] | None = None,
    ) -> Response:
        """A stream, as an answer.

        Args:
            request: The request.
            route: Its route.
            bearer: Who asks.
            allowed: Whether it still may, as tokens expire and are revoked.
            body: `body` of the endpoint, where it takes one.

        Raises:
            TooMany: There are as many as may be.
            Invalid: The query, or Last-Event-ID, is wrong.
            SojournError: What the endpoint refuses.
        """
        given = asked(request, route) | (body or {})
        if request.method == "HEAD":
            return Response(headers=HEADERS, media_type=EVENTS)
        if self._open.total() >= STREAMS or self._open[bearer.name] >= STREAMS_EACH:
            raise TooMany("too many streams of events are open", "close one that is not read any more")
        begun = route.endpoint(self._controller, **given)
        parts = await begun if isawaitable(begun) else begun
        made = Lines if route.lines else Stream
        return made(self, cast("AsyncGenerator[Sequence[Any], None]", parts), bearer.name, allowed)

    def begun(self, bearer: str) -> None:
        """One more."""
        self._open[bearer] += 1

    def over(self, bearer: str) -> None:
        """One less."""
        self._open[bearer] -= 1
        if not self._open[bearer]:
            del self._open[bearer]


class Stream(Response):
    """One stream."""

    media_type = EVENTS
    head = b"retry: %d\n\n" % RETRY_MS
    beat = b": still here\n\n"

    def __init__(
        self,
        streams: Streams,
        parts: AsyncGenerator[Sequence[Any], None],
        bearer: str,
        allowed: Callable[[], bool],
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._streams = streams
        self._parts = parts
        self._bearer = bearer
        self._allowed = allowed
        self._looked_at = 0.0
        self._last = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it, until it ends."""
        del scope  # the request said all of it
        self._streams.begun(self._bearer)
        gone = asyncio.ensure_future(until_gone(receive))
        ending = asyncio.ensure_future(self._streams.ending.wait())
        try:
            async with aclosing(self._parts):
                await self._sent(send, gone, ending)
        finally:
            self._streams.over(self._bearer)
            for task in (gone, ending):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _sent(self, send: Send, gone: asyncio.Task[Any], ending: asyncio.Task[Any]) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await asyncio.wait_for(send(start), SEND_S)
        reason = await self._written(send, self.head)
        following = asyncio.ensure_future(anext(self._parts, None))
        try:
            while not reason:
                done, _ = await asyncio.wait(
                    {following, gone, ending}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
                )
                if gone in done:
                    return
                if ending in done:
                    reason = "the controller ends"
                elif not self._still_allowed():
                    reason = "the token is not valid any more"
                elif following not in done:
                    reason = await self._written(send, self.beat)
                elif (told := following.result()) is None:
                    break
                else:
                    reason = await self._written(send, b"".join(map(self._encoded, told)))
                    following = asyncio.ensure_future(anext(self._parts, None))
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await following
        last = self._dropped(reason) if reason else b""
        with suppress(TimeoutError):
            await asyncio.wait_for(send({"type": "http.response.body", "body": last, "more_body": False}), SEND_S)

    def _still_allowed(self) -> bool:
        """Whether the bearer still may; asked as often as the stream beats."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < HEARTBEAT_S:
            return True
        self._looked_at = now
        return self._allowed()

    async def _written(self, send: Send, content: bytes) -> str:
        """Sends a part; why the stream has to end, or nothing."""
        try:
            await asyncio.wait_for(send({"type": "http.response.body", "body": content, "more_body": True}), SLOW_S)
        except TimeoutError:
            return f"nothing was read for {SLOW_S:.0f} s"
        return ""

    def _dropped(self, reason: str) -> bytes:
        """The last that is sent where we end it."""
        return b"event: dropped\ndata: %s\n\n" % msgspec.json.encode({"after": self._last, "reason": reason})

    def _encoded(self, told: Any) -> bytes:  # noqa: ANN401 -- `Told` here, bytes where it is lines
        """A part as it is sent."""
        if isinstance(told, Gap):
            self._last = max(self._last, told.last)
            return record("gap", told, self._last)
        if isinstance(told, Passed):
            self._last = told.number
            # Without data nothing is told to a page; but what it would begin after is moved on.
            return b"id: %d\n\n" % told.number
        self._last = told.number
        return record(told.kind, told.value if isinstance(told, Said) else told, told.number)


class Lines(Stream):
    """Lines of JSON, as they are made. An empty line says that there will be more."""

    media_type = LINES
    head = b""
    beat = b"\n"

    def _dropped(self, reason: str) -> bytes:
        return msgspec.json.encode({"dropped": reason}) + b"\n"

    def _encoded(self, told: Any) -> bytes:  # noqa: ANN401 -- as above
        found: bytes = told
        return found


def asked(request: Request, route: Route) -> dict[str, Any]:
    """What is asked of a stream.

    Raises:
        Invalid: The query, or Last-Event-ID, is wrong.
        NoSuchPath: Nothing can have such a name.
    """
    given: dict[str, Any] = {}
    if route.path_type is not None:
        given["path"] = checked_path(route.path_type, request.path_params)
    query = checked_query(route.query_type or Query, request.scope["query_string"])
    if route.query_type is not None:
        told = request.headers.get("last-event-id") if route.resumes else None
        given["query"] = msgspec.structs.replace(query, **{route.resumes: number_of(told)}) if told else query
    return given


def record(kind: str, value: object, number: int) -> bytes:
    """One event of a stream. JSON has no line breaks of its own, and kinds are ours."""
    name = " ".join(kind.split()).encode()
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name, msgspec.json.encode(value))


def number_of(header: str) -> int:
    """The number of the last event that a client has seen.

    Raises:
        Invalid: It is none.
    """
    if not (header.isascii() and header.isdigit() and len(header) < 19):  # noqa: PLR2004 -- what 64 bits hold
        hint = "send the `id` of the last event that was read"
        raise Invalid(
            f"Last-Event-ID {header[:40]!r} is not an event's number", hint, where="header", pointer="last-event-id"
        )
    return int(header)


async def until_gone(receive: Receive) -> None:
    """Waits until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
