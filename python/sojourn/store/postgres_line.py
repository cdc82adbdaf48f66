"""One connection to PostgreSQL, made again when it was lost."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg

from sojourn.model.errors import StorageError
from sojourn.store import limit
from sojourn.store.postgres_errors import passes, told, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# 15.0 as the server counts.
OLDEST = 150_000
# Of the session. Commits wait for the disk, whatever the default; a server that waits for its copies, too, still does.
SETTINGS = f"""
SELECT set_config('statement_timeout', '{limit.STATEMENT_S}s', false),
       set_config('lock_timeout', '{limit.LOCK_S}s', false),
       set_config('idle_in_transaction_session_timeout', '{limit.IDLE_S}s', false),
       set_config('tcp_keepalives_idle', '{limit.KEEPALIVE_IDLE_S}', false),
       set_config('tcp_keepalives_interval', '{limit.KEEPALIVE_INTERVAL_S}', false),
       set_config('tcp_keepalives_count', '{limit.KEEPALIVE_COUNT}', false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                  WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""


@cache
def statement(text: str) -> bytes:
    """A shared statement in this database's words."""
    return text.replace("?", "%s").encode()


class Line:
    """A connection, or the way to one.

    Attributes:
        place: The address, without its password.
    """

    def __init__(self, values: dict[str, Any], place: str) -> None:
        self.place = place
        self._values = values
        self._connection: psycopg.Connection | None = None

    @property
    def alive(self) -> bool:
        """Whether there is a connection that has not failed."""
        return self._connection is not None and not self._connection.closed

    def connected(self) -> psycopg.Connection:
        """The connection, made anew if it was lost.

        Raises:
            psycopg.Error: It cannot be made.
            StorageError: The server is too old.
        """
        if self._connection is not None and not self._connection.closed:
            return self._connection
        connection = psycopg.connect(**self._values, autocommit=True)
        try:
            check_version(connection.info.server_version, self.place)
            connection.execute(SETTINGS.encode())
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def rows(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Carries a statement out, and gives all its rows."""
        cursor = self._same().execute(statement(text), values or None)
        return cursor.fetchall() if cursor.description else []

    def each(self, text: str, many: Sequence[Sequence[object]]) -> None:
        """Carries a statement out for each of many values."""
        if many:
            self._same().cursor().executemany(statement(text), many)

    def _same(self) -> psycopg.Connection:
        """The connection as it is: a transaction, and a lock, end with theirs, and never go on with another."""
        if self._connection is None:
            raise psycopg.OperationalError("the connection is closed")
        return self._connection

    def drop(self) -> None:
        """Ends the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def dropped(self, work: Callable[[], bool]) -> Callable[[], bool]:
        """The work, after which a connection that was at fault is not used again, even if it knows nothing of it."""

        def once() -> bool:
            try:
                return work()
            except psycopg.OperationalError as error:
                if passes(error):
                    self.drop()
                raise

        return once

    def error(self, error: psycopg.Error) -> StorageError:
        """An error for people."""
        if error.sqlstate is not None:
            return told(error, self.place)
        return unreachable(error, self.place, str(self._values.get("password") or ""))


def check_version(version: int, place: str) -> None:
    """Says that a server is too old.

    Raises:
        StorageError: It is.
    """
    if version < OLDEST:
        raise StorageError(f"the store {place} is PostgreSQL {version // 10_000}", "version 15 or later is needed")


def patiently(work: Callable[[], bool]) -> bool:
    """Tries with growing pauses until it is done or `limit.RECONNECT_S` are over; whether it was done.

    Args:
        work: Says whether it is done.

    Raises:
        psycopg.Error: It failed, and another connection would not help or could not be had in time.
    """
    ends, pause = time.monotonic() + limit.RECONNECT_S, limit.FIRST_PAUSE_S
    while True:
        late = time.monotonic() + pause > ends
        try:
            if work():
                return True
        except psycopg.OperationalError as error:
            if late or not passes(error):
                raise
        if late:
            return False
        time.sleep(pause)
        pause = min(2 * pause, limit.LONGEST_PAUSE_S)
