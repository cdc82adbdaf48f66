"""Runtimes and modules in SQLite, in the door's own folder.

Not in the controller's store: a runtime registers with the door, which has to know it when no controller answers; and
how its modules were asked for is this dialect's alone. The controller is told what it needs, and told anew whenever it
has lost that.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts.action import Drop, Keep
from sojourn.gateway.mqtt.arts.record import Module, Record, Runtime
from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = 1
KINDS: dict[str, type[Record]] = {Runtime.TABLE: Runtime, Module.TABLE: Module}
TABLE = "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, payload BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
DELETE = "DELETE FROM record WHERE kind = ? AND key = ?"
PUT = "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET payload = excluded.payload"


class Keeping:
    """The file. One process has it; its calls may come from any thread, one at a time.

    Args:
        path: The file; made where there is none.

    Raises:
        StorageError: It cannot be opened, is another release's, or another process has it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1.0)
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("PRAGMA journal_mode = WAL")
            schema = self._file.execute("PRAGMA user_version").fetchone()[0]
            if schema in {0, SCHEMA}:
                self._file.execute(TABLE)
                self._file.execute(f"PRAGMA user_version = {SCHEMA}")
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error
        if schema not in {0, SCHEMA}:
            raise StorageError(f"{path} is of another release: version {schema}", "use the release that made it")

    def load(self) -> list[Record]:
        """All that is kept.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            rows = self._file.execute("SELECT kind, payload FROM record ORDER BY kind DESC, key").fetchall()
            return [msgspec.json.decode(payload, type=KINDS[kind]) for kind, payload in rows if kind in KINDS]
        except (sqlite3.Error, msgspec.DecodeError) as error:
            raise self._failed(error) from error

    def apply(self, changes: Iterable[Keep | Drop]) -> None:
        """Keeps, or lets go, all or nothing.

        Raises:
            StorageError: It cannot be written; nothing was.
        """
        statements = [statement(each) for each in changes]
        try:
            self._file.execute("BEGIN")
            for text, values in statements:
                self._file.execute(text, values)
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise self._failed(error) from error

    def close(self) -> None:
        """Closes it."""
        self._file.close()

    def _failed(self, error: Exception) -> StorageError:
        text = f"cannot use {self._path}, where runtimes of ARENA are kept: {error}"
        return StorageError(text, "one process has it at a time" if "locked" in str(error) else None)


def statement(change: Keep | Drop) -> tuple[str, tuple[object, ...]]:
    """A change in SQL, with its values."""
    if isinstance(change, Keep):
        record = change.record
        return PUT, (record.TABLE, record.uuid, msgspec.json.encode(record))
    return DELETE, (change.table, change.key)
