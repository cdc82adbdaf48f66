"""The store in PostgreSQL: several controllers, one of which leads.

The leader holds an advisory lock on the connection that it writes with: the server lets go of the lock when that
connection ends, and what was being written on it has ended by then. Each transaction checks the leader's term besides.

When the connection is lost while a transaction commits, whether it did is not known here. The leader connects again,
takes the lock again, and by then the count of transactions tells: nobody else writes between. If it cannot do so in
time, or somebody else has led, it is no leader any more.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import psycopg

from sojourn.model.errors import NotLeader, StorageError
from sojourn.store import migration, row, transaction
from sojourn.store.postgres_address import parameters, shown
from sojourn.store.postgres_errors import first_lines
from sojourn.store.postgres_line import Line, patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sojourn.model.record import RealmEvent, Record, Write

DATABASE = "postgres"
# Upper half of the number of our advisory locks; the lower is that of the table, so that each schema has a leader.
LOCK = 0x50_4A
MIGRATING = LOCK << 32
THERE = "SELECT to_regclass('sojourn_state')::oid::bigint"
TRY = "SELECT pg_try_advisory_lock(?::bigint)"
WAIT = "SELECT pg_advisory_xact_lock(?::bigint)"
RELEASE = "SELECT pg_advisory_unlock_all()"
HELD = """
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = ?::bigint AND objid::bigint = ?::bigint
"""

Result = TypeVar("Result")


class PostgresStore:
    """A store in a database of PostgreSQL, 15 or later.

    Args:
        address: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, as of libpq.
        holder: Who this is, for others that are told who leads.

    Raises:
        StorageError: It cannot be reached, or not be used.
    """

    def __init__(self, address: str, holder: str) -> None:
        values = parameters(address)
        self._place = shown(values)
        self._holder = holder
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._writer = Line(values, self._place)
        self._reader = Line(values, self._place)
        self._term: int | None = None
        self._closed = False
        try:
            with telling(self._reader):
                self._table = self._migrated()
        except BaseException:
            self.close()
            raise

    def lead(self) -> int | None:
        """Tries to become the one who writes: see `Store`."""
        with self._writing, telling(self._writer):
            self._check_open()
            if self._term is not None and self._leads_still(self._term):
                return self._term
            self._term = None
            if not self._takes_lock():
                return None
            try:
                self._term = transaction.state_of(self._writer, transaction.LEAD, self._holder, time.time()).term
            except BaseException:
                self._resign()
                raise
            return self._term

    def leader(self) -> str | None:
        """Who leads, in words."""
        held = self._read(lambda: self._reader.rows(HELD, LOCK, self._table))
        return self._read(lambda: transaction.leader_of(self._reader)) if held else None

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        """Keeps all of it or nothing: see `Store`."""
        batch = row.batch(writes)
        return self._write(term, lambda: transaction.write(self._writer, term, batch))

    def records(self, kind: str) -> Iterator[Record]:
        """All records of a kind: see `Store`."""
        rows = self._read(lambda: self._reader.rows(transaction.RECORDS, kind))
        return (row.record_of(kind, key, payload, self._place) for key, payload in rows)

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        """Events with numbers above one: see `Store`."""
        return self._read(lambda: transaction.events(self._reader, after, most))

    def first_event(self) -> int:
        """Number of the oldest event: see `Store`."""
        return self._read(lambda: transaction.first_event(self._reader))

    def last_event(self) -> int:
        """Number of the newest event: see `Store`."""
        return self._read(lambda: transaction.last_event(self._reader))

    def prune(self, term: int, *, events: int, moves: int) -> None:
        """Lets the oldest events and settled moves go: see `Store`."""
        self._write(term, lambda: transaction.prune(self._writer, term, events, moves))

    def close(self) -> None:
        """Lets go of it, and of leading."""
        with self._writing, self._reading:
            self._closed = True
            self._resign()
            self._reader.drop()

    def _migrated(self) -> int:
        """Makes or migrates the tables; the number of `sojourn_state`."""
        line = self._reader
        with line.connected().transaction():
            # Two that open it at once would both make the tables.
            line.rows(WAIT, MIGRATING)
            schema = 0 if line.rows(THERE)[0][0] is None else transaction.schema_of(line)
            migration.migrate(line, DATABASE, schema)
            return int(line.rows(THERE)[0][0])

    def _takes_lock(self) -> bool:
        """Whether the connection that writes holds the lock of the leader."""
        self._writer.connected()
        return bool(self._writer.rows(TRY, LOCK << 32 | self._table)[0][0])

    def _leads_still(self, term: int) -> bool:
        """Whether the connection that the lock belongs to is there, and nobody else has led since."""
        try:
            return self._writer.alive and transaction.state_of(self._writer).term == term
        except psycopg.OperationalError:
            self._writer.drop()
            return False

    def _read(self, work: Callable[[], Result]) -> Result:
        """Reads, on another connection if this one is lost."""
        found: list[Result] = []

        def once() -> bool:
            self._check_open()
            self._reader.connected()
            found.append(work())
            return True

        with self._reading, telling(self._reader):
            patiently(self._reader.dropped(once))
        return found[0]

    def _write(self, term: int, work: Callable[[], Result]) -> Result:
        """A transaction of the leader, all of it or nothing."""
        with self._writing, telling(self._writer):
            self._check_open()
            if self._term != term:
                raise NotLeader(f"this process does not lead {self._place}")
            try:
                return self._carried_out(term, work)
            except NotLeader:
                self._resign()
                raise

    def _carried_out(self, term: int, work: Callable[[], Result]) -> Result:
        """Carries a transaction out, again if the connection was lost and nothing of it was kept."""
        found: list[Result] = []
        before: list[int] = []

        def once() -> bool:
            if not self._writer.alive and not self._retakes(term):
                return False
            applied = transaction.state_of(self._writer).applied
            if before and applied > before[0]:
                # It was kept; only the answer was lost.
                return True
            before[:] = [applied]
            found.clear()
            with self._writer.connected().transaction():
                found.append(work())
            return True

        try:
            done = patiently(self._writer.dropped(once))
        except psycopg.OperationalError as error:
            if self._writer.alive:
                raise
            raise self._lost(first_lines(error)) from None
        if not done:
            raise self._lost("another connection holds the lock")
        return found[0]

    def _retakes(self, term: int) -> bool:
        """Whether it leads on after its connection was lost: it has the lock again, and nobody led between.

        Raises:
            NotLeader: Somebody did.
        """
        locked = self._takes_lock()
        found = transaction.state_of(self._writer).term
        if found != term:
            raise NotLeader(f"another controller leads {self._place} since: its term is {found}, ours was {term}")
        if not locked:
            # The server has not noticed yet that the old connection has ended, or somebody is about to lead.
            self._writer.drop()
        return locked

    def _lost(self, why: str) -> NotLeader:
        """The error of a leader that has lost its connection for too long."""
        return NotLeader(f"lost the lead of {self._place}: {why}", "the last change may have been kept or not")

    def _resign(self) -> None:
        """Lets go of the lock, and of the connection: the server notices its end a little later."""
        self._term = None
        if self._writer.alive:
            with suppress(psycopg.Error):
                self._writer.rows(RELEASE)
        self._writer.drop()

    def _check_open(self) -> None:
        """Says that it was closed.

        Raises:
            StorageError: It was.
        """
        if self._closed:
            raise StorageError(f"the store {self._place} was closed")


@contextmanager
def telling(line: Line) -> Iterator[None]:
    """Errors of psycopg become errors for people."""
    try:
        yield
    except psycopg.Error as error:
        # From None: the library's error holds what the connection was made of.
        raise line.error(error) from None
