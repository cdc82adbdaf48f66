"""The socket that is listened on: as many connections as are allowed, and none that stalls for ever."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from dataclasses import dataclass

from sojourn.gateway.http.limit import CONNECTIONS, STALLED_MS
from sojourn.model.node_errors import Address

BACKLOG = 256
REASONS = {
    errno.EADDRINUSE: ("it is in use by another program", "end that, or give another --controller"),
    errno.EACCES: ("this user may not listen on that port", "take a port from 1024 on"),
    errno.EADDRNOTAVAIL: ("this machine has no such address", "127.0.0.1 is always there; 0.0.0.0 means all"),
}


class Connection(socket.socket):
    """A connection that was accepted; its listener is told when it is closed."""

    listener: Listener | None = None

    def close(self) -> None:
        """Closes it."""
        if self.listener is not None:
            self.listener.open.discard(self)
            self.listener = None
        super().close()


class Listener(socket.socket):
    """A listening socket with a limit.

    Attributes:
        open: Connections that are open.
        most: How many may be.
    """

    most = CONNECTIONS

    def __init__(self, *arguments: int) -> None:
        super().__init__(*arguments)
        self.open: set[Connection] = set()

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection; one too many is closed at once.

        Raises:
            BlockingIOError: There is none, or no room for it.
        """
        descriptor, peer = self._accept()  # type: ignore[attr-defined]
        connection = Connection(self.family, self.type, self.proto, fileno=descriptor)
        if len(self.open) >= self.most:
            connection.close()
            raise BlockingIOError(errno.EAGAIN, "too many connections")
        self.open.add(connection)
        connection.listener = self
        # One that is reset already takes no options, and says so when it is read.
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                # What a peer does not take in this time ends the connection, whatever we still have for it.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)
        return connection, peer

    def cut(self) -> None:
        """Ends all connections, whatever is on its way."""
        for connection in tuple(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class Place:
    """An address: host and port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def place_of(text: str) -> Place:
    """An address from `HOST:PORT`, `[HOST]:PORT` or either with `tcp/` before.

    Raises:
        Address: It is none.
    """
    host, colon, port = text.rpartition("/")[2].rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not (colon and bare and port.isdecimal() and int(port) < 1 << 16):
        raise Address(f"{text!r} is not an address to listen on", "write it as 127.0.0.1:7480; port 0 is any free one")
    return Place(bare, int(port))


def listen(place: Place) -> Listener:
    """Listens.

    Raises:
        Address: It cannot be listened on; the text says why.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Address(f"cannot listen on {place}: there is no such host: {error.strerror or error}") from error
    family, kind, protocol, _, address = found[0]
    listener = Listener(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason, hint = REASONS.get(error.errno or 0, (error.strerror or str(error), None))
        raise Address(f"cannot listen on {place}: {reason}", hint) from error
    listener.setblocking(False)
    return listener
