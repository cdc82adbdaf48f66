"""Connecting to a realm: configuration, then a client, then what users hold."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.config.resolve import resolve, values
from sojourn.core.node import Node
from sojourn.core.realm import Realm
from sojourn.model.node_errors import Unreachable

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import TracebackType

    from sojourn.model.config import Value

# A node that listens on this machine accepts at once; one far away may take so long.
PROBE_S = 3.0


class Connecting:
    """What `connect` gives: awaited it is a `Realm`; `async with` also closes that at the end."""

    def __init__(self, settings: Mapping[str, Value]) -> None:
        self._settings = settings
        self._realm: Realm | None = None

    def __await__(self) -> Generator[object, None, Realm]:
        return open_realm(self._settings).__await__()

    async def __aenter__(self) -> Realm:
        self._realm = await self
        return self._realm

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._realm is not None:
            await self._realm.close()


def connect(
    address: str | None = None,
    *,
    realm: str | None = None,
    key_file: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    config: str | os.PathLike[str] | None = None,
) -> Connecting:
    """Connects to a realm: `realm = await sojourn.connect()`, or `async with sojourn.connect() as realm:`.

    What is not given comes from the configuration (docs/reference/config.md).

    Args:
        address: A node of it, as `tcp/127.0.0.1:7447`; also `HOST:PORT` or `HOST`.
        realm: Its name.
        key_file: File with its key, where it has one.
        timeout: How long an answer is waited for, in seconds.
        config: The one file of the configuration to read.

    Raises:
        Unreachable: Nobody answers at the address.
        NodeError: The node there does not let this client in.
        ConfigError: Something in the configuration is wrong.
    """
    flags = {
        "client.address": address,
        "realm.name": realm,
        "realm.key_file": None if key_file is None else os.fspath(key_file),
        "client.timeout": None if timeout is None else str(timeout),
    }
    named = None if config is None else Path(config)
    return Connecting(values(resolve(flags, os.environ, Path.cwd(), named)))


async def open_realm(settings: Mapping[str, Value]) -> Realm:
    """A realm with resolved settings.

    Raises:
        NodeError: See `connect`.
    """
    return Realm(await asyncio.to_thread(open_client, settings), timeout_of(settings))


def open_client(settings: Mapping[str, Value]) -> Node:
    """A client with resolved settings."""
    address = str(settings["client.address"])
    if not accepts(address):
        raise nobody(address)
    try:
        return Node(client_settings(settings, address), "client")
    except Unreachable as error:
        raise nobody(address) from error


def client_settings(settings: Mapping[str, Value], address: str) -> dict[str, Value]:
    """What concerns a client; what is set for a node of this machine is not for it."""
    own = {name: value for name, value in settings.items() if not name.startswith("node.")}
    return {**own, "node.join": (address,)}


def timeout_of(settings: Mapping[str, Value]) -> float:
    """How long an answer is waited for, in seconds."""
    timeout = settings["client.timeout"]
    return timeout / 1000 if isinstance(timeout, int) else 0.0


def accepts(address: str) -> bool:
    """Whether somebody listens, as far as this can be known without the mesh; that would go on trying for long."""
    protocol, _, place = address.partition("/")
    host, _, port = place.rpartition(":")
    if protocol not in {"tcp", "tls"}:
        return True
    try:
        socket.create_connection((host.strip("[]"), int(port)), PROBE_S).close()
    except OSError:
        return False
    return True


def nobody(address: str) -> Unreachable:
    """Nobody is there."""
    return Unreachable(
        f"no node answers at {address}", "`sojourn up` starts a realm on this machine; --address names another"
    )
