"""The server: REST over HTTP/1.1 and 2, with TLS where there are certificates, by Hypercorn."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config, Sockets

from sojourn.gateway.http.limit import GRACE_S, HEADER_BYTES, IDLE_S
from sojourn.gateway.http.listener import Listener, Place, listen
from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from starlette.applications import Starlette


class Served(Protocol):
    """What answers."""

    def starlette(self) -> Starlette:
        """As an ASGI application."""

    def end(self) -> None:
        """Ends what goes on: the server is about to."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificates.

    Attributes:
        certificate: That of this controller with its chain, PEM.
        key: Private key to it, PEM.
        authority: Authority that certificates of clients are signed by, PEM; None: clients need none.
    """

    certificate: Path
    key: Path
    authority: Path | None = None


class Listening(Config):
    """Hypercorn's configuration, over a socket that listens already."""

    def __init__(self, listener: Listener, context: ssl.SSLContext | None) -> None:
        super().__init__()
        self._listener = listener
        self._context = context
        self.accesslog = None
        self.errorlog = logging.getLogger("sojourn.gateway.http.server")
        self.include_server_header = False
        self.h11_max_incomplete_size = HEADER_BYTES
        self.h2_max_header_list_size = HEADER_BYTES
        self.keep_alive_timeout = IDLE_S
        self.ssl_handshake_timeout = IDLE_S
        self.graceful_timeout = GRACE_S

    @property
    def ssl_enabled(self) -> bool:
        """Whether there are certificates."""
        return self._context is not None

    def create_ssl_context(self) -> ssl.SSLContext | None:
        """They, loaded."""
        return self._context

    def create_sockets(self) -> Sockets:
        """The socket."""
        return Sockets([self._listener], [], []) if self.ssl_enabled else Sockets([], [self._listener], [])


@asynccontextmanager
async def serving(app: Served, place: Place, tls: Tls | None = None) -> AsyncIterator[Place]:
    """Serves while the context is open: give it to `async with`.

    At its end no further connection is taken; streams are told so and end, requests that are being worked on have
    `limit.GRACE_S` to end, too.

    Args:
        app: What answers.
        place: Where; port 0 is any free one.
        tls: Certificates; None: without TLS.

    Returns:
        Where it listens.

    Raises:
        Address: That cannot be listened on; the text says why.
        ConfigError: The certificates cannot be used.
    """
    context = None if tls is None else context_of(tls)
    listener = listen(place)
    bound = listener.getsockname()
    ending = asyncio.Event()
    config = Listening(listener, context)
    asgi = cast("Any", app.starlette())
    work = asyncio.ensure_future(serve(asgi, config, shutdown_trigger=ending.wait))
    try:
        yield Place(bound[0], bound[1])
    finally:
        app.end()
        ending.set()
        # Whoever takes nothing any more, and so does not let its connection end, is not waited for.
        cut = asyncio.get_running_loop().call_later(GRACE_S + 1, listener.cut)
        try:
            await work
        finally:
            cut.cancel()
            listener.cut()
            listener.close()


def context_of(tls: Tls) -> ssl.SSLContext:
    """Certificates as the ssl module takes them: TLS 1.2 and later, HTTP/2 offered.

    Raises:
        ConfigError: They cannot be used; the text says which.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["h2", "http/1.1"])
    try:
        # Without a password nobody is asked for one: a service has no terminal.
        context.load_cert_chain(tls.certificate, tls.key, password="")
    except (OSError, ssl.SSLError) as error:
        hint = "both are to be PEM, and belong to each other"
        raise ConfigError(f"cannot use certificate {tls.certificate} with key {tls.key}: {error}", hint) from error
    if tls.authority is not None:
        try:
            context.load_verify_locations(tls.authority)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"cannot use authority {tls.authority}: {error}") from error
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def is_loopback(place: Place) -> bool:
    """Whether only this machine can reach it."""
    if place.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(place.host).is_loopback
    except ValueError:
        return False
