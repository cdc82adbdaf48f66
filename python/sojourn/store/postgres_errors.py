"""What PostgreSQL says went wrong, for people. Codes are those of its manual, appendix A."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from psycopg import Error

BACK_UP = "bring a back-up back; the guide shows how"
# Beginning of the code: what happened, and what to do. The longest that fits counts.
TOLD = {
    "08": ("lost its connection", "is the server up?"),
    "22": ("cannot hold a value", None),
    "25006": ("takes no writes: it is a copy of another server", "name the server that it copies"),
    "28": ("does not let this user in", "check user and password, and pg_hba.conf of the server"),
    "3D000": ("has no such database", "make it with `createdb`"),
    "42501": ("refuses this user what it needs", "GRANT CREATE, USAGE ON SCHEMA public to it"),
    "42": ("has other tables than it should", BACK_UP),
    "53100": ("has no room left", "make room on its disk"),
    "53300": ("takes no more connections", "raise max_connections, or let others end"),
    "53": ("has run out of something", "look at the server's log"),
    "55P03": ("is in use by another program", "let that end, and try again"),
    "57014": ("took too long", "what else is the server at?"),
    "57P": ("is going down or coming up", "try again"),
    "58": ("cannot read or write its files", "look at the server's log"),
    "XX00": ("is damaged", BACK_UP),
}
# A connection that failed has no code; what the server or the system says begins or ends so.
SAID = {
    "password authentication failed": "check the password, or the file .pgpass",
    "no password supplied": "put it into the address, into PGPASSWORD, or into the file .pgpass",
    "does not exist": "make it with `createdb` or `createuser`",
    "Connection refused": "is the server up?",
    "No such file or directory": "is the server up?",
    "no pg_hba.conf entry": "let this user in, in pg_hba.conf of the server",
    "timeout expired": "is the server up, and does a firewall let us through?",
    "could not translate host name": "check the host's name",
    "failed to resolve host": "check the host's name",
}
# What does not pass by itself, of a connection that failed.
LASTING = ("password", "does not exist", "pg_hba.conf", "host name", "resolve host")
LINES = 2


def told(error: Error, place: str) -> StorageError:
    """The error of a statement, for people.

    Args:
        error: Of psycopg.
        place: The address, without its password.
    """
    code = error.sqlstate or ""
    fitting = [begin for begin in TOLD if code.startswith(begin)]
    what, hint = TOLD[max(fitting, key=len)] if fitting else ("does not answer as it should", None)
    return StorageError(f"the store {place} {what} ({first_lines(error)})", hint)


def unreachable(error: Error, place: str, password: str) -> StorageError:
    """The error of a connection, for people.

    Args:
        error: Of psycopg.
        place: The address, without its password.
        password: The password, which is not shown.
    """
    text = first_lines(error)
    if password:
        text = text.replace(password, "***")
    hint = next((hint for said, hint in SAID.items() if said in text), None)
    return StorageError(f"the store {place} cannot be reached: {text}", hint)


def passes(error: Error) -> bool:
    """Whether the connection is at fault, and another may do."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(("08", "57P", "25P03"))
    return not any(said in str(error) for said in LASTING)


def first_lines(error: Error) -> str:
    """What was said, without what follows it."""
    return "; ".join(line.strip() for line in str(error).strip().splitlines()[:LINES])
