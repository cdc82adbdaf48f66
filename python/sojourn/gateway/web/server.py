"""The server: HTTP/1.1 and 2 over TCP, 3 over QUIC where that is set up, by Hypercorn."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import wrap_app

from sojourn.gateway.http.listener import Place, listen
from sojourn.gateway.http.server import Tls, context_of
from sojourn.gateway.web.connection import Connection
from sojourn.gateway.web.limit import GRACE_S, HEAD_S, KEEP_ALIVE_S, PING_S, REQUEST_HEAD_BYTES, TICK_S
from sojourn.gateway.web.wire import Wire, Wires
from sojourn.model.errors import ConfigError
from sojourn.model.node_errors import Address

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

    from sojourn.gateway.web.application import Application
    from sojourn.gateway.web.upgrade import Upgrade

UDP_VERSION = "h3"


@dataclass(frozen=True, slots=True)
class Serving:
    """How the door is served.

    Attributes:
        place: Where; port 0 is any free one.
        tls: Certificates; None: without TLS.
        quic: Where HTTP/3 is served; None: nowhere.
        connections: Most connections at once.
        idle_s: How long a WebSocket's client may be silent, in seconds.
    """

    place: Place
    tls: Tls | None = None
    quic: Place | None = None
    connections: int = 4096
    idle_s: float = 60.0


class Settings(Config):
    """Hypercorn's configuration."""

    def __init__(self, serving: Serving) -> None:
        super().__init__()
        self.accesslog = None
        self.errorlog = logging.getLogger("sojourn.gateway.web.server")
        self.include_server_header = False
        self.h11_max_incomplete_size = REQUEST_HEAD_BYTES
        self.h2_max_header_list_size = REQUEST_HEAD_BYTES
        self.keep_alive_timeout = KEEP_ALIVE_S
        self.ssl_handshake_timeout = HEAD_S
        self.graceful_timeout = GRACE_S
        self.keep_alive_max_requests = 1 << 62
        if serving.quic is not None and serving.tls is not None:
            self.certfile, self.keyfile = str(serving.tls.certificate), str(serving.tls.key)
            self.quic_bind = [str(serving.quic)]


@asynccontextmanager
async def served(app: Application, serving: Serving) -> AsyncIterator[dict[str, str]]:
    """Serves while the context is open; gives where: `http`, and `http3` where that is served.

    At its end no further connection is taken. Requests have `limit.GRACE_S` to end, WebSockets are closed with 1001.

    Raises:
        Address: It cannot be listened on.
        ConfigError: The certificates cannot be used, or a package is missing.
    """
    server = Server(app, serving)
    told = await server.begin()
    try:
        yield told
    finally:
        await server.end()


class Server:
    """The door's server.

    Args:
        app: What answers.
        serving: How.
    """

    def __init__(self, app: Application, serving: Serving) -> None:
        self._front = app
        self._serving = serving
        self._config = Settings(serving)
        self._app = wrap_app(cast("Any", app), self._config.wsgi_max_body_size, "asgi")
        self._context = WorkerContext(None)
        self._state: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sockets: set[Upgrade] = set()
        self._wires = Wires(serving.connections)

    async def begin(self) -> dict[str, str]:
        """Listens; where."""
        loop, serving = asyncio.get_running_loop(), self._serving
        context: ssl.SSLContext | None = None if serving.tls is None else context_of(serving.tls)
        self._listener = listen(serving.place)
        lifespan = Lifespan(self._app, self._config, loop, self._state)
        self._lifespan, self._living = lifespan, loop.create_task(lifespan.handle_lifespan())
        await lifespan.wait_for_startup()
        self._server = await loop.create_server(
            self._wire,
            sock=self._listener,
            ssl=context,
            ssl_handshake_timeout=None if context is None else HEAD_S,
            backlog=1024,
        )
        host, port = self._listener.getsockname()[:2]
        told = {"http": str(Place(host, port))}
        if serving.quic is not None:
            told["http3"] = str(await self._begin_quic(serving.quic))
        self._looking = loop.create_task(self._look())
        return told

    def _wire(self) -> Wire:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = Connection(
                self._front, self._sockets, self._app, loop, self._config, self._context, self._state, reader, writer
            )
            task = loop.create_task(connection.run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return Wire(reader, connected, self._wires)

    async def _begin_quic(self, place: Place) -> Place:
        try:
            from hypercorn.asyncio.udp_server import UDPServer  # noqa: PLC0415 -- needs an extra
        except ImportError as error:
            raise ConfigError("HTTP/3 needs the package aioquic", "pip install 'sojourn[http3]'") from error
        loop = asyncio.get_running_loop()
        try:
            found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_DGRAM)
            bound = socket.socket(found[0][0], socket.SOCK_DGRAM)
            bound.bind(found[0][4])
        except OSError as error:
            raise Address(f"cannot listen on {place} for HTTP/3: {error.strerror or error}") from error
        bound.setblocking(False)
        _, protocol = await loop.create_datagram_endpoint(
            lambda: UDPServer(self._app, loop, self._config, self._context, self._state), sock=bound
        )
        task = loop.create_task(protocol.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        host, port = bound.getsockname()[:2]
        self._config.alt_svc_headers = [f'{UDP_VERSION}=":{port}"; ma=3600']
        return Place(host, port)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            now = self._front.clock()
            for upgrade in tuple(self._sockets):
                upgrade.look(now, min(PING_S, self._serving.idle_s / 2), self._serving.idle_s)

    async def end(self) -> None:
        """Takes no more, and ends what there is."""
        self._looking.cancel()
        self._server.close()
        await self._context.terminated.set()
        deadline = asyncio.get_running_loop().time() + GRACE_S
        for upgrade in tuple(self._sockets):
            upgrade.finish()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
        self._front.streams.end()
        self._wires.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
        for task in tuple(self._tasks):
            task.cancel()
        await self._lifespan.wait_for_shutdown()
        self._living.cancel()
        with suppress(asyncio.CancelledError):
            await self._living
        self._listener.close()
