"""Opens connections for requests out, only to addresses that may be."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpcore

from sojourn.gateway.web.grant import LOCALHOST, address_of, is_public
from sojourn.gateway.web.limit import OUT_STREAMS

if TYPE_CHECKING:
    from collections.abc import Iterable


class Looking(httpcore.AsyncNetworkBackend):
    """Looks at addresses before it connects.

    A host that is an address itself, or `localhost`, was granted literally: it is not asked for again. A name is not to
    lead to an address of this machine or its network, whatever its owner answers, and however often (DNS rebinding):
    the address that was looked at is the one that is connected to.
    """

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects.

        Raises:
            ConnectError: It leads nowhere, or where it may not.
        """
        async with asyncio.timeout(timeout):
            addresses = await self._addresses(host, port)
        last: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    @staticmethod
    async def _addresses(host: str, port: int) -> list[str]:
        if address_of(host) is not None:
            return [host]
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} is not known: {error.strerror or error}") from error
        addresses = [str(each[4][0]) for each in found]
        if host == LOCALHOST:
            return addresses
        public = [text for text in addresses if (known := address_of(text)) is not None and is_public(known)]
        if not public:
            raise httpcore.ConnectError(f"{host} leads to this machine or its network: grant its address, not its name")
        return public

    async def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 -- httpcore's, also what follows
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Never.

        Raises:
            ConnectError: Always.
        """
        raise httpcore.ConnectError("there are no such requests")

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)


def pool() -> httpcore.AsyncConnectionPool:
    """Connections to others: HTTP/1.1 and 2, certificates checked."""
    return httpcore.AsyncConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=OUT_STREAMS,
        keepalive_expiry=15.0,
        http2=True,
        network_backend=Looking(),
    )
