from pathlib import Path

import pytest

from sojourn import Directory, StorageError
from sojourn.app.options import parse_environment, parse_mounts


def test_a_folder_is_seen_where_it_is_unless_told_otherwise(tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert parse_mounts([folder]) == {folder: Directory(tmp_path)}
    assert parse_mounts([f"{folder}::/data"]) == {"/data": Directory(tmp_path)}


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such folder"):
        parse_mounts([str(tmp_path / "none")])


def test_a_variable_is_given_or_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "yes")
    monkeypatch.delenv("NOT_HERE", raising=False)
    assert parse_environment(["A=1", "B=x=y", "C=", "HERE", "NOT_HERE"]) == {
        "A": "1",
        "B": "x=y",
        "C": "",
        "HERE": "yes",
    }
