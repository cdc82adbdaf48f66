"""How the tables of a store came to be: numbered steps, each one file of SQL for each database.

A new release adds a step at the end of `STEPS`, never changes one. Steps that a store does not have yet are applied
when it is opened, all in one transaction.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from sojourn.store.transaction import Session

# Step N is migrations/000N-NAME.DATABASE.sql.
STEPS = ("records",)
FILES = resources.files("sojourn.store") / "migrations"
KEEP = "UPDATE sojourn_state SET schema = ?"


def newest() -> int:
    """Number of the newest step."""
    return len(STEPS)


def check(schema: int, place: str) -> None:
    """Whether a store's tables are those of this release.

    Raises:
        StorageError: They are not.
    """
    if schema > newest():
        raise StorageError(
            f"the store {place} is of a newer release: its tables have version {schema}, this release knows {newest()}",
            "install that release, or bring back the back-up that was made before it",
        )
    if schema < newest():
        raise StorageError(f"the store {place} is older than this release: open it again, and it is migrated")


def migrate(session: Session, database: str, schema: int) -> None:
    """Applies the steps that are missing, inside the caller's transaction.

    Args:
        session: In a transaction that no other program can be in at the same time.
        database: `sqlite` or `postgres`.
        schema: The store's version; 0: it has no tables.

    Raises:
        StorageError: The store is of a newer release.
    """
    if schema < newest():
        for number in range(schema + 1, newest() + 1):
            for statement in statements(number, database):
                session.rows(statement)
        session.rows(KEEP, newest())
    check(max(schema, newest()), session.place)


def statements(number: int, database: str) -> list[str]:
    """The statements of a step: each ends with a semicolon at the end of a line."""
    text = (FILES / f"{number:04d}-{STEPS[number - 1]}.{database}.sql").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("--")]
    return [each for each in (part.strip() for part in "\n".join(lines).split(";\n")) if each]
