"""What SQLite says went wrong, for people. Codes are those of https://sqlite.org/rescode.html."""

from __future__ import annotations

import sqlite3

from sojourn.model.errors import StorageError

BACK_UP = "bring a back-up back; the guide shows how"
# Primary code: what happened to the file, and what to do.
TOLD = {
    sqlite3.SQLITE_BUSY: ("is in use by another program", "let that end, and try again"),
    sqlite3.SQLITE_LOCKED: ("is in use by another program", "let that end, and try again"),
    sqlite3.SQLITE_FULL: ("cannot grow: no room is left", "make room on its disk"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", BACK_UP),
    sqlite3.SQLITE_NOTADB: ("is no database of SQLite, or its first page is damaged", BACK_UP),
    sqlite3.SQLITE_READONLY: ("cannot be written", "let this user write the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "is its folder there, and may this user write in it?"),
    sqlite3.SQLITE_PERM: ("cannot be opened by this user", "let this user write the file and its folder"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "is its disk sound, and is there room on it?"),
    sqlite3.SQLITE_NOLFS: ("is too large for this system", "make it smaller with VACUUM"),
    sqlite3.SQLITE_TOOBIG: ("cannot hold so large a value", "keep less in one record"),
    sqlite3.SQLITE_NOMEM: ("cannot be read: no memory is left", "let other programs end"),
    sqlite3.SQLITE_PROTOCOL: ("cannot be locked", "a store belongs on a disk of this machine"),
}


def told(error: sqlite3.Error, place: str) -> StorageError:
    """The error for people.

    Args:
        error: Of SQLite.
        place: The file.
    """
    code = getattr(error, "sqlite_errorcode", None)
    text = str(error).encode(errors="replace").decode()
    if code is None:
        # Raised by Python's module itself, as of text that is none.
        return StorageError(f"the store {place} cannot be read: {text}", BACK_UP)
    # The lower byte is what went wrong, the rest in which way.
    what, hint = TOLD.get(code & 0xFF, ("does not answer as it should", BACK_UP))
    return StorageError(f"the store {place} {what} ({text})", hint)
