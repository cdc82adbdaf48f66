"""How tables come to be, and what is refused."""

import re
import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from sojourn.model.errors import StorageError
from sojourn.store import migration
from sojourn.store.interface import Store
from sojourn.store.open import open_store
from tests.unit.store.conftest import Opened
from tests.unit.store.test_damage import rows
from tests.unit.store.values import atom, event

DATABASES = ("sqlite", "postgres")
Steps = Callable[[str], None]


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Has this release know a second step, of these statements."""

    def know(text: str) -> None:
        first = {database: migration.statements(1, database) for database in DATABASES}
        steps = lambda number, database: first[database] if number == 1 else text.split(";")  # noqa: E731
        monkeypatch.setattr(migration, "STEPS", ("records", "more"))
        monkeypatch.setattr(migration, "statements", steps)

    return know


def test_each_step_has_a_file_for_each_database() -> None:
    names = {entry.name for entry in migration.FILES.iterdir()}
    known = {f"{number:04d}-{name}" for number, name in enumerate(migration.STEPS, start=1)}
    assert names == {f"{name}.{database}.sql" for name in known for database in DATABASES}


def test_the_databases_have_the_same_tables() -> None:
    shapes = [re.findall(r"^(?:CREATE TABLE (\w+)|    ([a-z_]+) )", tables(name), re.MULTILINE) for name in DATABASES]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == 15


def tables(database: str) -> str:
    return "\n".join(migration.statements(1, database))


def test_an_older_store_is_migrated_with_what_it_holds(opened: Opened, second: Steps) -> None:
    store = opened()
    store.apply(lead(store), [atom(1), event(1)])
    store.close()
    second("CREATE TABLE sojourn_more (n INTEGER);INSERT INTO sojourn_more VALUES (7)")
    later = opened()
    lead(later)
    rows(later, "UPDATE sojourn_more SET n = 8")
    assert len(list(later.records("atom"))) == 1
    assert later.apply(lead(later), [event(2)])[0].number == 2


def test_a_step_that_fails_leaves_the_store_as_it_was(
    opened: Opened, second: Steps, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    term = lead(store)
    store.apply(term, [atom(1)])
    second("CREATE TABLE sojourn_more (n INTEGER);INSERT INTO sojourn_nowhere VALUES (7)")
    with pytest.raises(StorageError, match="sojourn_nowhere"):
        open_store(place)
    monkeypatch.undo()
    store.apply(term, [atom(2)])
    assert len(list(opened().records("atom"))) == 2
    with pytest.raises((sqlite3.Error, psycopg.Error), match="sojourn_more"):
        rows(store, "UPDATE sojourn_more SET n = 8")


def lead(store: Store) -> int:
    term = store.lead()
    assert term is not None
    return term


def test_a_store_of_a_newer_release_is_refused(
    opened: Opened, second: Steps, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    old = opened()
    term = lead(old)
    second("CREATE TABLE sojourn_more (n INTEGER)")
    opened()
    monkeypatch.undo()
    with pytest.raises(StorageError, match="of a newer release: its tables have version 2, this release knows 1"):
        open_store(place)
    # Who leads it meanwhile stops writing, too.
    with pytest.raises(StorageError, match="of a newer release"):
        old.apply(term, [atom(1)])
    assert list(old.records("atom")) == []
