"""The application that Hypercorn runs: requests to atoms and their answers, as ASGI without a framework."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from sojourn.gateway.http.refusal import BodyTimeout, Refusal
from sojourn.gateway.web.answering import Answering
from sojourn.gateway.web.asgi_socket import AsgiSocket
from sojourn.gateway.web.limit import PIECE_BYTES, TICK_S, WHOLE_BYTES
from sojourn.gateway.web.message import EMPTY
from sojourn.gateway.web.reception import Reception, Visit, Welcome, request_id
from sojourn.gateway.web.upgrade import refusal_fields
from sojourn.model.errors import SojournError
from sojourn.model.node_errors import Internal

if TYPE_CHECKING:
    from sojourn.gateway.web.exchange import Exchange
    from sojourn.gateway.web.message import Head
    from sojourn.gateway.web.streams import Streams
    from sojourn.gateway.web.telling import Told

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

log = logging.getLogger(__name__)
BODILESS = {"GET", "HEAD", "DELETE", "OPTIONS"}
CLIENT_GONE = 499
BROKEN = "the gateway failed in a way that it should not"
HEALTH, METRICS = b"/-/health", b"/-/metrics"


class ClientGone(Exception):
    """The client went before its request was whole."""


class Application:
    """The HTTP door as ASGI.

    Args:
        streams: Where requests go.
        reception: Decides which do.
        told: Is told of each.
        pages: What the gateway answers itself: media type and text by path.
        idle_s: How long a client may leave a body without a part of it, in seconds.
        clock: Seconds that only go forward.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- what a door consists of
        self,
        streams: Streams,
        reception: Reception,
        told: Told,
        pages: dict[bytes, Callable[[], tuple[str, bytes]]],
        idle_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.streams = streams
        self.reception = reception
        self.told = told
        self.clock = clock
        self._pages = pages
        self._idle_s = idle_s
        self._ticking: asyncio.Task[None] | None = None
        # Requests whose answer has not begun, and of which it is not known whether their client is still there.
        self._unwatched: dict[Exchange, tuple[Receive, Answering]] = {}
        self._watching: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, one WebSocket over HTTP/2 or 3, or the life of the server."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await AsgiSocket(self, scope, receive, send).run()
        else:
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._ticking = asyncio.create_task(self._tick())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._ticking is not None:
                    self._ticking.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.streams.tick(self.clock())
            # Who waits so long for an answer may have gone meanwhile.
            for exchange in tuple(self._unwatched):
                self._watch(exchange)

    # One request.

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self.clock()
        number = request_id(scope["headers"])
        path, method = scope["raw_path"], scope["method"]
        try:
            if path in self._pages:
                status = await self._own(path, method, number, send)
            else:
                visit = Visit(method, path, scope["query_string"], scope["headers"], peer_of(scope), scope["scheme"])
                welcome = self.reception.welcome(visit, number)
                status = await self._ask(visit, welcome, receive, send, number)
        except ClientGone:
            status = CLIENT_GONE
        except SojournError as error:
            status = await refuse(send, error, number, method)
        except Exception:
            log.exception("request %s failed", number.decode())
            status = await refuse(send, Internal(BROKEN), number, method)
        self.told.request(method, path, status, self.clock() - began, number)

    async def _own(self, path: bytes, method: str, number: bytes, send: Send) -> int:
        media, body = self._pages[path]()
        fields = [(b"content-type", media.encode()), (b"cache-control", b"no-store"), (b"x-request-id", number)]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
        return 200

    async def _ask(self, visit: Visit, welcome: Welcome, receive: Receive, send: Send, number: bytes) -> int:
        client = Answering()
        body, more = b"", False
        if welcome.length or visit.method not in BODILESS:
            body, more = await self._beginning(receive)
        if more:
            exchange = self.streams.open(
                welcome.atom, welcome.head, body[:PIECE_BYTES], client, visit.method, self.clock()
            )
            exchange.body(body[PIECE_BYTES:])
            self._spawn(self._upload(exchange, client, len(body), receive))
        else:
            data = welcome.head + body if body else welcome.head
            exchange = self.streams.request(welcome.atom, data, client, visit.method, self.clock())
            self._unwatched[exchange] = (receive, client)
        try:
            return await self._answer(exchange, client, visit.method, send, number)
        finally:
            self._unwatched.pop(exchange, None)
            exchange.gone("the client went")

    async def _beginning(self, receive: Receive) -> tuple[bytes, bool]:
        """The body, or the beginning of a long one; whether more follows."""
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._idle_s):
                while size <= WHOLE_BYTES:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise ClientGone
                    parts.append(message["body"])
                    size += len(message["body"])
                    if not message["more_body"]:
                        self.reception.check_size(size)
                        return b"".join(parts), False
        except TimeoutError as error:
            raise self._too_slow() from error
        return b"".join(parts), True

    async def _upload(self, exchange: Exchange, client: Answering, size: int, receive: Receive) -> None:
        """The rest of a long body, as fast as the atom takes it; then whether the client is still there."""
        try:
            while not exchange.over:
                while exchange.full:
                    client.full.clear()
                    await client.full.wait()
                async with asyncio.timeout(self._idle_s):
                    message = await receive()
                if message["type"] != "http.request":
                    exchange.gone("the client went")
                    client.cut("the client went")
                    return
                size += len(message["body"])
                self.reception.check_size(size)
                self.streams.delay(exchange, self.clock())
                exchange.body(message["body"])
                if not message["more_body"]:
                    exchange.body_end()
                    break
        except TimeoutError:
            exchange.failed(self._too_slow())
        except Refusal as error:
            exchange.failed(error)
        else:
            await self._gone(exchange, receive, client)

    def _too_slow(self) -> BodyTimeout:
        return BodyTimeout(f"nothing of the body came within {self._idle_s:g} s")

    async def _answer(self, exchange: Exchange, client: Answering, method: str, send: Send, number: bytes) -> int:
        head = None
        while True:
            if head is not None or client.begun is None:
                await client.changed()
            if client.refusal is not None:
                raise client.refusal
            if head is None and client.begun is not None:
                head = client.begun
                fields = answer_fields(head, client, method, number)
                await send({"type": "http.response.start", "status": head.status, "headers": fields})
                if not client.ended:
                    self._watch(exchange)
            while client.parts:
                part = client.parts.popleft()
                last = client.ended and not client.parts
                await send({"type": "http.response.body", "body": part, "more_body": not last})
                exchange.passed(len(part))
                if last:
                    return head.status if head else 0
            if client.broken:
                # Without its end the server cuts it off, so that the client sees that it is not whole.
                return head.status if head else CLIENT_GONE
            if client.ended:
                await send({"type": "http.response.body", "body": b""})
                return head.status if head else 0

    # Whether the client is still there.

    def _watch(self, exchange: Exchange) -> None:
        if (unwatched := self._unwatched.pop(exchange, None)) is not None:
            self._spawn(self._gone(exchange, *unwatched))

    async def _gone(self, exchange: Exchange, receive: Receive, client: Answering) -> None:
        while not exchange.over:
            if (await receive())["type"] != "http.request":
                exchange.gone("the client went")
                client.cut("the client went")
                return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)


def peer_of(scope: Scope) -> str:
    """Address of the client; a local socket has none."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def answer_fields(head: Head, client: Answering, method: str, number: bytes) -> list[tuple[bytes, bytes]]:
    """Fields of an answer as the client gets them."""
    fields = [field for field in head.fields if field[0] != b"x-request-id"]
    if client.ended and head.length is None and method != "HEAD" and head.status not in EMPTY:
        fields.append((b"content-length", b"%d" % sum(map(len, client.parts))))
    fields.append((b"x-request-id", number))
    return fields


async def refuse(send: Send, error: SojournError, number: bytes, method: str) -> int:
    """Answers with an error, as problem+json."""
    status, fields, body = refusal_fields(error, number)
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
    return status
