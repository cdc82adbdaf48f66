"""Which store an address means."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError
from sojourn.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from sojourn.store.interface import Store

SQLITE = "sqlite:"
POSTGRES = ("postgresql://", "postgres://")
HINT = "sqlite:PATH, a path, or postgresql://USER@HOST:PORT/DATABASE"


def open_store(address: str, holder: str = "") -> Store:
    """The store of an address, opened.

    Args:
        address: `sqlite:PATH`, a path, or `postgresql://...`.
        holder: Who this is, for others that are told who leads; empty: this process and its machine.

    Raises:
        StorageError: It cannot be opened; the text says why, and holds no password.
    """
    holder = holder or f"process {os.getpid()} on {socket.gethostname()}"
    if address.startswith(POSTGRES):
        return open_postgres(address, holder)
    path = address.removeprefix(SQLITE)
    scheme, found, _ = path.partition("://")
    if found:
        raise StorageError(f"there is no store of the kind {scheme}://", HINT)
    if not path or "\0" in path:
        raise StorageError("the store's address names no file", HINT)
    return SqliteStore(Path(path).expanduser(), holder)


def open_postgres(address: str, holder: str) -> Store:
    """A store in PostgreSQL.

    Raises:
        StorageError: The package that talks to it is missing, or the store cannot be opened.
    """
    try:
        # An extra of the package: who keeps the store in a file does without.
        from sojourn.store.postgres import PostgresStore  # noqa: PLC0415
    except ImportError as error:
        raise StorageError(
            f"a store in PostgreSQL needs the package psycopg ({error})", "pip install 'sojourn[postgres]'"
        ) from error
    return PostgresStore(address, holder)
