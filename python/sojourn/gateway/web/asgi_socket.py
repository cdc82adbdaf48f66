"""A WebSocket over HTTP/2 or 3, as ASGI: Hypercorn has the frames. Over HTTP/1.1 see `upgrade`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from sojourn.gateway.web.limit import BACKLOG_BYTES, PIECE_BYTES
from sojourn.gateway.web.reception import Visit, request_id
from sojourn.gateway.web.socket import VANISHED
from sojourn.gateway.web.upgrade import accepted_fields, refusal_fields
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.web.message import Head
    from sojourn.gateway.web.upgrade import Front

Message: TypeAlias = MutableMapping[str, Any]


class AsgiSocket:
    """See `socket.SocketClient`.

    Args:
        front: The door.
        scope: Of ASGI, also what follows.
        receive: What the client does.
        send: What is done to it.
    """

    def __init__(
        self,
        front: Front,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self._front = front
        self._receive = receive
        self._send = send
        self._number = request_id(scope["headers"])
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._more = asyncio.Event()
        self._reading = asyncio.Event()
        self._reading.set()
        self._over = False
        client = scope.get("client")
        self._visit = Visit(
            "GET",
            scope["raw_path"],
            scope["query_string"],
            scope["headers"],
            str(client[0]) if client else "unknown",
            "https" if scope["scheme"] == "wss" else "http",
        )

    async def run(self) -> None:
        """From its opening to its end."""
        await self._receive()
        try:
            welcome = self._front.reception.welcome(self._visit, self._number, upgrade=True)
            self.socket = self._front.streams.socket(welcome.atom, welcome.head, self, self._front.clock())
        except SojournError as error:
            status, fields, body = refusal_fields(error, self._number)
            await self._respond(status, fields, body)
            return
        reader = asyncio.ensure_future(self._read())
        try:
            await self._write()
        finally:
            reader.cancel()
            self.socket.closed(VANISHED, "the client went")

    async def _read(self) -> None:
        while True:
            await self._reading.wait()
            message = await self._receive()
            if message["type"] != "websocket.receive":
                self.socket.closed(int(message.get("code") or VANISHED), "")
                self._put({})
                return
            text = message.get("text")
            self.socket.said(message["bytes"] if text is None else text.encode(), text=text is not None)

    async def _write(self) -> None:
        while True:
            while self._waiting:
                message = self._waiting.popleft()
                if not message:
                    return
                if message["type"] == "refuse":
                    await self._respond(message["status"], message["fields"], message["body"])
                    return
                await self._send(message)
                self._bytes -= message.get("size", 0)
                if message["type"] == "websocket.close":
                    return
            self.socket.drained()
            self._more.clear()
            await self._more.wait()

    async def _respond(self, status: int, fields: list[tuple[bytes, bytes]], body: bytes) -> None:
        await self._send({"type": "websocket.http.response.start", "status": status, "headers": fields})
        await self._send({"type": "websocket.http.response.body", "body": body})

    def _put(self, message: Message) -> None:
        self._waiting.append(message)
        self._more.set()

    # What the stream says.

    @property
    def clogged(self) -> bool:
        """Whether more waits to go out than should."""
        return self._bytes > PIECE_BYTES

    def accept(self, head: Head) -> None:
        """The atom takes it."""
        protocol, rest = accepted_fields(head, self._visit)
        self._front.told.opened()
        self._put({"type": "websocket.accept", "subprotocol": protocol.decode() or None, "headers": rest})

    def refuse(self, head: Head, body: bytes) -> None:
        """The atom answers otherwise."""
        self._put({"type": "refuse", "status": head.status, "fields": list(head.fields), "body": body})

    def fail(self, refusal: Refusal) -> None:
        """There is no answer."""
        status, fields, body = refusal_fields(refusal, self._number)
        self._put({"type": "refuse", "status": status, "fields": fields, "body": body})

    def send(self, data: bytes, *, text: bool) -> bool:
        """A message."""
        self._bytes += len(data)
        content = {"text": data.decode()} if text else {"bytes": data}
        self._put({"type": "websocket.send", "size": len(data), **content})
        return self._bytes <= BACKLOG_BYTES

    def close(self, code: int, reason: str) -> None:
        """It is over."""
        self._front.told.closed(self._visit.path, code, self._number)
        self._put({"type": "websocket.close", "code": code, "reason": reason})

    def pause(self) -> None:
        """Reads no more."""
        self._reading.clear()

    def resume(self) -> None:
        """Reads on."""
        self._reading.set()
