"""Requests that atoms make: looked at, made, and answered as docs/format/http-door.md has it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpcore

from sojourn.gateway.web.grant import Goal, NotAsked, goal_of, granted
from sojourn.gateway.web.limit import (
    DIGITS,
    GRANT_BYTES,
    OUT_EACH,
    OUT_STREAMS,
    OUT_WHOLE_BYTES,
    PIECE_BYTES,
    WHOLE_BYTES,
    WINDOW_BYTES,
)
from sojourn.gateway.web.message import HOP, MEDIA_TYPE, Asked, NotHttp, head_of_answer, number_of, read_request
from sojourn.gateway.web.outbox import Outbox
from sojourn.gateway.web.window import Receiving, Sending
from sojourn.model.errors import NodeError, SojournError
from sojourn.model.node_errors import Busy
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from sojourn.gateway.port import Port, PortEvent

log = logging.getLogger(__name__)

MESSAGE, ENDED = EventKind.MESSAGE.value, EventKind.ENDED.value
WHOLE_FIELD = b"x-sojourn-whole"


class Failed(Exception):
    """There is no answer; the text is what the atom gets."""


class Over(Exception):
    """The atom does not want it any more."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a request out may take.

    Attributes:
        body_bytes: Largest body of an answer.
        answer_s: How long its beginning is waited for, in seconds.
        idle_s: How long each part of its body is.
    """

    body_bytes: int
    answer_s: float
    idle_s: float


class Outgoing:
    """One request out."""

    def __init__(self, event: PortEvent, outbox: Outbox) -> None:
        self.source = event.source
        self.subject = event.subject
        self.call = event.call
        self.outbox = outbox
        self.task: asyncio.Task[None] | None = None
        self.parts: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.taking = Receiving(WINDOW_BYTES, GRANT_BYTES)
        self.giving = Sending(WINDOW_BYTES)
        self.room = asyncio.Event()
        self.begun = False
        # Counted at once: the next piece may come before this one is looked at.
        self.taking.take(len(event.data.partition(b"\r\n\r\n")[2]))

    async def body(self, first: bytes) -> AsyncIterator[bytes]:
        """The request's body, as it comes."""
        part: bytes | None = first
        while part is not None:
            if part:
                yield part
                if grant := self.taking.consume(len(part)):
                    self.outbox.send(self.source, "http.credit", self.subject, b"%d" % grant)
            part = await self.parts.get()

    def piece(self, event: PortEvent, *, last: bool) -> None:
        """A piece of it came.

        Raises:
            Failed: It is not the next one, or more than was granted.
        """
        if number_of(event.content_type) != self.taking.came or not self.taking.take(len(event.data)):
            raise Failed("not a request: a part of its body is missing, or too much")
        if event.data:
            self.parts.put_nowait(event.data)
        if last:
            self.parts.put_nowait(None)

    async def give(self, data: bytes) -> None:
        """A part of the answer's body, as fast as the atom takes it."""
        while data:
            while self.giving.room <= 0 or self.outbox.waits(self.source):
                self.room.clear()
                await self.room.wait()
            count = min(len(data), PIECE_BYTES, self.giving.room)
            self.outbox.send(self.source, "http.data", self.subject, data[:count], str(self.giving.sent))
            self.giving.sent += count
            data = data[count:]

    def cancel(self) -> None:
        """It is over."""
        if self.task is not None:
            self.task.cancel()


class Outward:
    """All of them. One task each: what is out there is slower than that.

    Args:
        port: Its own, with the alias `door:http`.
        grants: What an atom may reach.
        pool: Makes connections, to addresses that it has looked at.
        bounds: What each may take.
    """

    def __init__(
        self,
        port: Port,
        grants: Callable[[str], Awaitable[Iterable[str]]],
        pool: httpcore.AsyncConnectionPool,
        bounds: Bounds,
    ) -> None:
        self._port = port
        self._grants = grants
        self._pool = pool
        self._bounds = bounds
        self._streams: dict[tuple[str, str], Outgoing] = {}
        self._each: dict[str, int] = {}
        self.outbox = Outbox(port, self._lost)

    def take(self, events: Iterable[PortEvent]) -> None:
        """Deals with what came."""
        for event in events:
            if event.kind == ENDED:
                self._ended(event.source)
            elif event.kind == MESSAGE:
                self._message(event)
        self.outbox.flush()
        for stream in self._streams.values():
            stream.room.set()

    def _message(self, event: PortEvent) -> None:
        stream = self._streams.get((event.source, event.subject))
        if event.type in {"http.request", "http.open"} and event.call:
            self._begin(event, again=stream is not None)
        elif event.call:
            self._fail(event.call, event.subject, "not a request")
        elif stream is None:
            if event.type == "http.data":
                self.outbox.spare(event.source, "http.abort", event.subject, b"there is no such stream")
        elif event.type in {"http.data", "http.end"}:
            try:
                stream.piece(event, last=event.type == "http.end")
            except Failed as error:
                self._over(stream, str(error))
        elif event.type == "http.credit":
            stream.giving.grant(number_of(event.data[:DIGITS]) or 0)
        elif event.type == "http.abort":
            stream.cancel()

    def _begin(self, event: PortEvent, *, again: bool) -> None:
        if again or not 0 < len(event.subject) <= 64:  # noqa: PLR2004 -- docs/format/http-door.md
            self._fail(event.call, event.subject, "not a request: its stream has no number of its own")
            return
        if len(self._streams) >= OUT_STREAMS or self._each.get(event.source, 0) >= OUT_EACH:
            self._fail(event.call, event.subject, "busy")
            return
        stream = Outgoing(event, self.outbox)
        key = event.source, event.subject
        self._streams[key] = stream
        if not self._each.setdefault(event.source, 0):
            self._port.watch(event.source)
        self._each[event.source] += 1
        stream.task = asyncio.ensure_future(self._run(stream, event.data, whole=event.type == "http.request"))
        stream.task.add_done_callback(lambda _: self._forget(key))

    def _forget(self, key: tuple[str, str]) -> None:
        del self._streams[key]
        self._each[key[0]] -= 1
        if not self._each[key[0]]:
            del self._each[key[0]]
            self._port.unwatch(key[0])

    async def _run(self, stream: Outgoing, data: bytes, *, whole: bool) -> None:
        try:
            await self._made(stream, data, whole=whole)
        except Failed as error:
            self._over(stream, str(error))
        except (httpcore.TimeoutException, TimeoutError):
            self._over(stream, "timed out")
        except (httpcore.ConnectError, httpcore.UnsupportedProtocol, OSError) as error:
            self._over(stream, f"cannot connect: {error}"[:200])
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            self._over(stream, f"cannot connect: the connection broke: {error}"[:200])
        except SojournError as error:
            self._over(stream, f"busy: {error}"[:200])
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("request out of %s failed", stream.source)
            self._over(stream, "cannot connect: the gateway failed in a way that it should not")

    async def _made(self, stream: Outgoing, data: bytes, *, whole: bool) -> None:
        try:
            asked, body = read_request(data)
            goal = goal_of(asked.target)
        except (NotHttp, NotAsked) as error:
            raise Failed(f"not a request: {error}") from error
        if stream.taking.came > WINDOW_BYTES:
            raise Failed("not a request: more of its body than a window")
        if not granted(goal, await self._grants(stream.source)):
            raise Failed(f"not granted: {goal.place}")
        content = body if whole else stream.body(body)
        async with asyncio.timeout(self._bounds.answer_s) as limit:
            async with self._pool.stream(
                asked.method.encode(),
                httpcore.URL(
                    scheme=goal.scheme.encode(), host=goal.host.encode(), port=goal.port, target=goal.target.encode()
                ),
                headers=fields_of(asked, goal),
                content=content,
                extensions={"timeout": self._timeouts()},
            ) as response:
                limit.reschedule(None)
                most = whole_of(asked)
                await self._answer(stream, response, most)

    def _timeouts(self) -> dict[str, float]:
        bounds = self._bounds
        return {"connect": bounds.answer_s, "pool": bounds.answer_s, "read": bounds.idle_s, "write": bounds.idle_s}

    async def _answer(self, stream: Outgoing, response: httpcore.Response, most: int | None) -> None:
        begun, parts = bytearray(), response.aiter_stream()
        limit = WHOLE_BYTES if most is None else most
        head = answer_head(response)
        size = 0
        async for part in parts:
            size += len(part)
            if size > self._bounds.body_bytes:
                raise Failed("too large")
            if stream.begun:
                await stream.give(part)
                continue
            begun += part
            if len(begun) <= limit:
                continue
            if most is not None:
                raise Failed("too large")
            stream.begun = True
            self._reply(stream, "http.open", head)
            await stream.give(bytes(begun))
        if stream.begun:
            self.outbox.send(stream.source, "http.end", stream.subject, b"", str(stream.giving.sent))
        else:
            self._reply(stream, "http.response", head + bytes(begun))

    def _reply(self, stream: Outgoing, type_: str, data: bytes) -> None:
        try:
            self._port.reply(stream.call, data, type=type_, subject=stream.subject, content_type=MEDIA_TYPE)
        except Busy as error:
            raise Failed("busy") from error

    def _fail(self, call: int, subject: str, text: str) -> None:
        try:
            self._port.reply(call, text.encode(), type="http.failed", subject=subject)
        except NodeError as error:
            log.info("nobody was told %r: %s", text, error)

    def _over(self, stream: Outgoing, text: str) -> None:
        if stream.begun:
            self.outbox.spare(stream.source, "http.abort", stream.subject, text.encode())
        else:
            self._fail(stream.call, stream.subject, text)
        stream.cancel()

    def _ended(self, atom: str) -> None:
        for (source, _), stream in tuple(self._streams.items()):
            if source == atom:
                stream.cancel()

    def _lost(self, atom: str, _: NodeError) -> None:
        self._ended(atom)

    async def close(self) -> None:
        """Ends all of them."""
        tasks = [stream.task for stream in self._streams.values() if stream.task is not None]
        for stream in tuple(self._streams.values()):
            self._over(stream, "busy: the gateway ends")
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.aclose()


def fields_of(asked: Asked, goal: Goal) -> list[tuple[bytes, bytes]]:
    """Fields of a request out; the host is the target's, whatever the atom says."""
    fields = [field for field in asked.fields if field[0] not in {b"host", WHOLE_FIELD}]
    usual = 443 if goal.scheme == "https" else 80
    host = goal.place if goal.port != usual else goal.place.rpartition(":")[0]
    return [(b"host", host.encode()), *fields]


def whole_of(asked: Asked) -> int | None:
    """Up to how many bytes the answer is wanted whole; None: in pieces where it is long.

    Raises:
        Failed: It is no number.
    """
    for name, value in asked.fields:
        if name == WHOLE_FIELD:
            most = number_of(value)
            if most is None:
                raise Failed("not a request: x-sojourn-whole is no number")
            return min(most, OUT_WHOLE_BYTES)
    return None


def answer_head(response: httpcore.Response) -> bytes:
    """The head of an answer, as the atom gets it."""
    fields = [(name.lower(), value) for name, value in response.headers if name.lower() not in HOP]
    phrase = HTTPStatus(response.status).phrase if response.status in HTTPStatus._value2member_map_ else ""
    return head_of_answer(response.status, phrase, fields)
