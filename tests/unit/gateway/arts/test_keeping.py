"""Runtimes and modules in SQLite: what was kept is there again, and nothing else."""

import sqlite3
from pathlib import Path

import pytest

from sojourn.gateway.mqtt.arts.action import Drop, Keep
from sojourn.gateway.mqtt.arts.keeping import Keeping
from sojourn.gateway.mqtt.arts.record import Channel, Module, Runtime
from sojourn.model.errors import StorageError

RUNTIME = Runtime(uuid="rt", name="a", apis=("python:python3",), max_nmodules=3, registered_at=1.5)
MODULE = Module(uuid="m", name="a/b", filename="x.py", filetype="PY", parent="rt", channels=(Channel(path="/ch/a"),))


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    kept = Keeping(tmp_path / "new" / "arts.sqlite")
    kept.apply([Keep(MODULE), Keep(RUNTIME), Keep(Module(uuid="n", name="a", filename="b")), Drop("module", "n")])
    kept.close()
    again = Keeping(tmp_path / "new" / "arts.sqlite")
    assert again.load() == [RUNTIME, MODULE]
    again.close()


def test_one_process_has_it(tmp_path: Path) -> None:
    kept = Keeping(tmp_path / "arts.sqlite")
    kept.apply([Keep(RUNTIME)])
    with pytest.raises(StorageError, match="locked") as caught:
        Keeping(tmp_path / "arts.sqlite")
    assert caught.value.hint == "one process has it at a time"
    kept.close()


def test_all_or_nothing(tmp_path: Path) -> None:
    kept = Keeping(tmp_path / "arts.sqlite")
    broken = Module(uuid="x", name="a", filename="b", args=(object(),))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        kept.apply([Keep(RUNTIME), Keep(broken)])
    kept.apply([Keep(MODULE)])
    assert kept.load() == [MODULE]
    kept.close()


def test_what_is_no_such_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database" * 100)
    with pytest.raises(StorageError, match="where runtimes of ARENA are kept"):
        Keeping(tmp_path / "text")
    later = sqlite3.connect(tmp_path / "later.sqlite")
    later.execute("PRAGMA user_version = 9")
    later.close()
    with pytest.raises(StorageError, match="of another release: version 9"):
        Keeping(tmp_path / "later.sqlite")
    with pytest.raises(StorageError):
        Keeping(tmp_path / "text" / "below" / "arts.sqlite")
