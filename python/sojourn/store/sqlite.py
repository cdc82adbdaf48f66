"""The store in a file: SQLite, one process that writes, others that read.

The log is written ahead (WAL) and synchronised at every commit. Who holds the lock of `FILE.leader` leads.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sojourn.model.errors import NotLeader, StorageError
from sojourn.store import limit, migration, row, transaction
from sojourn.store.lock import Lock
from sojourn.store.sqlite_errors import BACK_UP, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sojourn.model.record import RealmEvent, Record, Write

DATABASE = "sqlite"
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
# Bytes of the smallest page of SQLite.
SMALLEST = 512
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"


def text(data: bytes) -> str:
    """A column's text; what is none there is kept, so that the error can name its row."""
    return data.decode("utf-8", "surrogateescape")


class Session:
    """A connection's statements."""

    def __init__(self, path: Path) -> None:
        self.place = str(path)
        self.connection = sqlite3.connect(path, timeout=limit.BUSY_S, isolation_level=None, check_same_thread=False)
        self.connection.text_factory = text

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Carries a statement out, and gives all its rows."""
        return self.connection.execute(statement, values).fetchall()

    def each(self, statement: str, many: Sequence[Sequence[object]]) -> None:
        """Carries a statement out for each of many values."""
        self.connection.executemany(statement, many)


class SqliteStore:
    """A store in a file.

    Args:
        path: The file; made where there is none.
        holder: Who this is, for others that are told who leads.

    Raises:
        StorageError: It cannot be opened.
    """

    def __init__(self, path: Path, holder: str) -> None:
        self._path = path.absolute()
        self._holder = holder
        self._turn = threading.Lock()
        self._session: Session | None = None
        make_folder(self._path.parent)
        check_size(self._path)
        # Another name of the same file is the same store.
        self._lock = Lock(self._path.resolve().with_name(self._path.resolve().name + ".leader"))
        with self._telling():
            self._open()

    def lead(self) -> int | None:
        """Tries to become the one who writes: see `Store`."""
        with self._turn, self._telling():
            session = self._opened()
            if self._lock.held:
                return transaction.state_of(session).term
            if not self._lock.take():
                return None
            try:
                self._inspect(session)
                with self._transaction(session):
                    return transaction.state_of(session, transaction.LEAD, self._holder, time.time()).term
            except BaseException:
                self._lock.release()
                raise

    def leader(self) -> str | None:
        """Who leads, in words."""
        with self._turn, self._telling():
            session = self._opened()
            return None if self._lock.is_free() else transaction.leader_of(session)

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        """Keeps all of it or nothing: see `Store`."""
        batch = row.batch(writes)
        with self._writing() as session:
            return transaction.write(session, term, batch)

    def records(self, kind: str) -> Iterator[Record]:
        """All records of a kind: see `Store`."""
        with self._turn, self._telling():
            rows = self._opened().rows(transaction.RECORDS, kind)
        return (row.record_of(kind, key, payload, str(self._path)) for key, payload in rows)

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        """Events with numbers above one: see `Store`."""
        with self._turn, self._telling():
            return transaction.events(self._opened(), after, most)

    def first_event(self) -> int:
        """Number of the oldest event: see `Store`."""
        with self._turn, self._telling():
            return transaction.first_event(self._opened())

    def last_event(self) -> int:
        """Number of the newest event: see `Store`."""
        with self._turn, self._telling():
            return transaction.last_event(self._opened())

    def prune(self, term: int, *, events: int, moves: int) -> None:
        """Lets the oldest events and settled moves go: see `Store`."""
        with self._writing() as session:
            transaction.prune(session, term, events, moves)

    def close(self) -> None:
        """Lets go of it, and of leading."""
        with self._turn:
            try:
                if self._session is not None:
                    self._session.connection.close()
            except sqlite3.Error as error:
                raise told(error, str(self._path)) from error
            finally:
                self._session = None
                self._lock.release()

    def _open(self) -> None:
        """Opens the file, and makes or migrates its tables."""
        session = Session(self._path)
        try:
            for setting in SETTINGS:
                session.rows(setting)
            with self._transaction(session):
                migration.migrate(session, DATABASE, self._schema(session))
        except BaseException:
            session.connection.close()
            raise
        self._session = session

    def _schema(self, session: Session) -> int:
        """Version of the tables; 0: there are none."""
        tables = {name for (name,) in session.rows(TABLES)}
        if "sojourn_state" in tables:
            return transaction.schema_of(session)
        if tables:
            raise StorageError(f"{self._path} is a database of something else", "name another file as store")
        return 0

    def _inspect(self, session: Session) -> None:
        """Reads the whole file before anything is decided by it.

        Raises:
            StorageError: A page is damaged.
        """
        found = " ".join(str(text) for (text,) in session.rows("PRAGMA quick_check(1)"))
        if found != "ok":
            lines = found.encode(errors="replace").decode().splitlines()
            raise StorageError(f"the store {self._path} is damaged ({'; '.join(lines[:2])})", BACK_UP)

    def _opened(self) -> Session:
        """The connection.

        Raises:
            StorageError: The store was closed.
        """
        if self._session is None:
            raise StorageError(f"the store {self._path} was closed")
        return self._session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """A transaction of the leader.

        Raises:
            NotLeader: This one does not lead.
        """
        with self._turn, self._telling():
            session = self._opened()
            if not self._lock.held:
                raise NotLeader(f"this process does not lead {self._path}")
            try:
                with self._transaction(session):
                    yield session
            except NotLeader:
                self._lock.release()
                raise

    @contextmanager
    def _transaction(self, session: Session) -> Iterator[None]:
        """A transaction: all of it or nothing."""
        session.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            session.connection.execute("COMMIT")
        except BaseException:
            # A full disk has rolled it back already.
            if session.connection.in_transaction:
                session.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Errors of SQLite become errors for people."""
        try:
            yield
        except sqlite3.Error as error:
            raise told(error, str(self._path)) from error


def check_size(path: Path) -> None:
    """Says that a file was cut so short that SQLite would take it for a new one.

    Raises:
        StorageError: It was.
    """
    try:
        size = path.stat().st_size
    except OSError:
        # It is not there, or opening it says why not.
        return
    if path.is_file() and 0 < size < SMALLEST:
        raise StorageError(f"the store {path} is damaged: it was cut", BACK_UP)


def make_folder(folder: Path) -> None:
    """Makes the folder of a store.

    Raises:
        StorageError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the folder {folder}: {error.strerror or error}") from error
