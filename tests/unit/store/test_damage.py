"""Stores that cannot be written or read: errors in words, and nothing half."""

import contextlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn.model.errors import StorageError
from sojourn.model.record import KINDS, AtomRecord, Record
from sojourn.store.interface import Store
from sojourn.store.open import open_store
from sojourn.store.sqlite import SqliteStore
from tests.unit.store.conftest import Opened
from tests.unit.store.values import atom, event, move

ROOT = Path(__file__).parents[3]
PAGE = 4096


def rows(store: Store, statement: str, *values: object) -> None:
    """Changes rows behind a store's back."""
    line: Any = getattr(store, "_writer", None) or getattr(store, "_session")  # noqa: B009 -- of either kind
    line.rows(statement, *values)


@pytest.fixture
def filled(opened: Opened) -> Store:
    """A store with something in it, which leads."""
    store = opened()
    term = store.lead()
    assert term == 1
    store.apply(term, [*(atom(place) for place in range(5)), *(move(place) for place in range(3)), event(1), event(2)])
    return store


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ('{"name":"node-1/atom-00002","epoch":"three"}', "Expected `int`, got `str`"),
        ('{"name":"somebody else"}', "it holds 'somebody else'"),
        ("{}", "missing required field `name`"),
        ("[]", "Expected `object`, got `array`"),
        ("[" * 900 + "]" * 900, "Expected `object`"),
        ('{"name":"node-1/atom-00002","wish":"fly"}', "Invalid enum value 'fly'"),
    ],
)
def test_a_damaged_record_is_named(filled: Store, payload: str, why: str) -> None:
    rows(filled, "UPDATE sojourn_record SET payload = ? WHERE key = ?", payload, "node-1/atom-00002")
    read = filled.records("atom")
    assert [next(read).key for _ in range(2)] == ["node-1/atom-00000", "node-1/atom-00001"]
    with pytest.raises(StorageError, match=r"is damaged at the atom 'node-1/atom-00002': ") as caught:
        next(read)
    assert why in str(caught.value)
    assert caught.value.hint
    assert len(list(filled.records("move"))) == 3


def test_a_damaged_event_is_named(filled: Store) -> None:
    rows(filled, "UPDATE sojourn_event SET payload = ? WHERE number = 2", '{"at":1.0,"kind":"","subject":"","text":""}')
    assert len(filled.events(0, 1)) == 1
    with pytest.raises(StorageError, match="is damaged at event 2: it holds number 0"):
        filled.events(0, 2)


def test_a_damaged_move_is_not_pruned_away(filled: Store) -> None:
    rows(filled, "UPDATE sojourn_record SET payload = '[]' WHERE kind = 'move' AND key = ?", "0" * 15 + "1")
    with pytest.raises(StorageError, match="is damaged at the move '0000000000000001'"):
        filled.prune(1, events=0, moves=0)
    assert len(filled.events(0, 10)) == 2


def test_what_a_newer_release_adds_is_left_out(filled: Store) -> None:
    payload = '{"name":"node-1/atom-00002","epoch":4,"colour":{"deep":[null,1e400]},"spec":{"mood":"good"}}'
    rows(filled, "UPDATE sojourn_record SET payload = ? WHERE key = ?", payload, "node-1/atom-00002")
    found = [record for record in filled.records("atom") if record.key == "node-1/atom-00002"]
    assert found == [AtomRecord(name="node-1/atom-00002", epoch=4)]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM sojourn_state",
        "UPDATE sojourn_state SET term = -1",
        "UPDATE sojourn_state SET last_event = 9223372036854775807",
    ],
)
def test_a_damaged_state_is_told(filled: Store, change: str) -> None:
    rows(filled, change)
    with pytest.raises(StorageError, match="is damaged at its state"):
        filled.apply(1, [event(3)])
    assert len(filled.events(0, 10)) == 2


def test_without_its_tables_a_store_is_no_store(filled: Store) -> None:
    rows(filled, "DROP TABLE sojourn_record")
    with pytest.raises(StorageError, match=r"sojourn_record"):
        filled.records("atom")


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[Callable[[int, bytes], Path]]:
    """Copies of a store with something else at a place."""
    path = tmp_path / "whole.sqlite"
    with contextlib.closing(open_store(str(path))) as store:
        term = store.lead()
        assert term
        for turn in range(4):
            store.apply(term, [*(atom(place, str(turn)) for place in range(300)), *map(event, range(100))])
            store.apply(term, [move(place) for place in range(100)])
        store.prune(term, events=100, moves=10)
    copy = tmp_path / "damaged.sqlite"

    def make(offset: int, data: bytes) -> Path:
        shutil.copyfile(path, copy)
        for beside in tmp_path.glob("damaged.sqlite-*"):
            beside.unlink()
        with copy.open("r+b") as file:
            file.seek(offset)
            file.write(data)
        return copy

    yield make
    assert path.stat().st_size > 20 * PAGE


def use(path: Path) -> str:
    """Does everything with a store; the error it told, or nothing."""
    try:
        with contextlib.closing(SqliteStore(path, "somebody")) as store:
            term = store.lead()
            assert term is not None
            for kind in KINDS:
                for record in store.records(kind):
                    assert isinstance(record, Record)
            store.events(0, 10_000)
            store.leader()
            store.first_event()
            store.apply(term, [*map(atom, range(0, 300, 7)), *map(event, range(20)), *map(move, range(5))])
            store.prune(term, events=5, moves=2)
    except StorageError as error:
        return str(error)
    return ""


def test_damage_at_any_page_is_told_in_words(damaged: Callable[[int, bytes], Path]) -> None:
    chance = random.Random(3)  # noqa: S311 -- a test's seed
    size = damaged(0, b"").stat().st_size
    told = [use(damaged(page, bytes(PAGE))) for page in range(0, size, PAGE)]
    told += [use(damaged(page, chance.randbytes(PAGE))) for page in range(0, size, PAGE)]
    told += [use(damaged(page + chance.randrange(PAGE - 8), chance.randbytes(8))) for page in range(0, size, PAGE)]
    assert use(damaged(0, b"")) == ""
    assert all(str(damaged(0, b"")) in text for text in told if text)
    # A page that is nobody's may be anything; most are somebody's.
    assert sum(map(bool, told)) > len(told) // 2


def test_a_file_that_was_cut_is_told_in_words(damaged: Callable[[int, bytes], Path]) -> None:
    size = damaged(0, b"").stat().st_size
    for length in (1, 50, 100, PAGE - 1, PAGE + 1, size // 2, size - PAGE, size - 1):
        path = damaged(0, b"")
        os.truncate(path, length)
        assert use(path), length


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    text, other = tmp_path / "text", tmp_path / "other.sqlite"
    text.write_text("dear diary, " * 100)
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(StorageError, match="is no database of SQLite"):
        open_store(str(text))
    with pytest.raises(StorageError, match="is a database of something else"):
        open_store(str(other))
    assert text.read_text().startswith("dear diary")


def test_a_folder_or_a_place_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be opened"):
        open_store(str(tmp_path))
    with pytest.raises(StorageError, match="cannot make the folder"):
        open_store(str(tmp_path / "file" / "x.sqlite"))
    with pytest.raises(StorageError, match="cannot be opened"):
        open_store(f"sqlite:{tmp_path}/{'x' * 300}")


def test_a_file_that_another_program_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.store.limit.BUSY_S", 0.01)
    path = tmp_path / "x.sqlite"
    with contextlib.closing(open_store(str(path))) as store, contextlib.closing(sqlite3.connect(path)) as other:
        term = store.lead()
        assert term
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is in use by another program"):
            store.apply(term, [event(1)])
        other.rollback()
        assert store.apply(term, [event(1)])[0].number == 1


USE = """
import sys
from tests.unit.store.values import atom, event
from sojourn.model.errors import StorageError
from sojourn.store.open import open_store
try:
    store = open_store(sys.argv[1])
    term = store.lead()
    kept = 0
    while True:
        store.apply(term, [*map(atom, range(kept, kept + 50)), event(kept)])
        kept += 50
except StorageError as error:
    print(error)
found = len(list(store.records("atom"))), len(store.events(0, 100000))
print(*found if found == (kept, kept // 50) else ("half", kept, *found))
"""


def run(path: Path, before: Callable[[], None] | None = None) -> list[str]:
    """Fills a store in a process of its own until it cannot; what that says."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "python"), str(ROOT)])}
    command: list[str | Path] = [sys.executable, "-c", USE, path]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment, preexec_fn=before
    )
    return done.stdout.splitlines() or done.stderr.splitlines()


def test_a_full_disk_is_told_and_nothing_is_half(tmp_path: Path) -> None:
    """The system lets the process write no file longer than this."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    error, kept = run(tmp_path / "x.sqlite", limit)
    assert "cannot be read or written" in error or "no room is left" in error
    assert int(kept.split()[0]) > 0
    with contextlib.closing(open_store(str(tmp_path / "x.sqlite"))) as store:
        assert len(list(store.records("atom"))) == int(kept.split()[0])
        term = store.lead()
        assert term == 2
        store.apply(term, [atom(1), event(1)])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte; without the right to have one, a folder."""
    place = tmp_path / "disk"
    place.mkdir()
    if mount("-t", "tmpfs", "-o", "size=1m", "none", place):
        yield place
        subprocess.run(["umount", place], check=True)
    else:
        yield place
        place.chmod(0o755)


def mount(*options: str | Path) -> bool:
    """Whether it could be mounted."""
    return os.geteuid() == 0 and not subprocess.run(["mount", *options], check=False, capture_output=True).returncode


def test_a_small_disk_is_told_and_nothing_is_half(disk: Path) -> None:
    if not disk.is_mount():
        pytest.skip("needs the right to mount")
    error, kept = run(disk / "x.sqlite")
    assert "no room is left" in error
    assert int(kept.split()[0]) > 0


def test_a_disk_that_may_not_be_written(disk: Path) -> None:
    with contextlib.closing(open_store(str(disk / "x.sqlite"))) as store:
        assert store.lead()
    if disk.is_mount():
        assert mount("-o", "remount,ro", disk)
    elif os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    else:
        (disk / "x.sqlite").chmod(0o444)
        disk.chmod(0o555)
    with pytest.raises(StorageError, match=r"cannot be (written|opened)"):
        open_store(str(disk / "x.sqlite"))
    with pytest.raises(StorageError, match=r"cannot be (written|opened)"):
        open_store(str(disk / "new.sqlite"))
