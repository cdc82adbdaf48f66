from pathlib import Path

import pytest

from sojourn import Directory, Memory, StorageError
from sojourn.app.options import MEMORY_BYTES, parse_channels, parse_environment, parse_memory_mounts, parse_mounts
from sojourn.model.node_errors import InvalidRequest


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


def test_files_of_a_folder_are_copied_with_their_paths(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"y")
    mounts = parse_memory_mounts([f"{tmp_path}::/data"])
    assert mounts == {"/data": Memory({"b": b"y", "in/a": b"x"})}


def test_a_folder_that_is_too_large_for_a_message_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(MEMORY_BYTES + 1))
    with pytest.raises(StorageError, match="more than 3 MiB"):
        parse_memory_mounts([str(tmp_path)])


def test_channels_are_paths_with_modes() -> None:
    given = ["/ch/light/data=rw", "/sys/signals=r", "/ch/a=b/data=w"]
    assert parse_channels(given) == {"/ch/light/data": "rw", "/sys/signals": "r", "/ch/a=b/data": "w"}


@pytest.mark.parametrize("wrong", ["/ch/light/data", "/ch/light/data=", "/ch/light/data=wr", "rw", ""])
def test_a_channel_without_a_mode_says_how_to_write_it(wrong: str) -> None:
    with pytest.raises(InvalidRequest, match="is not a channel"):
        parse_channels([wrong])


def test_a_channel_is_given_once() -> None:
    with pytest.raises(InvalidRequest, match="twice"):
        parse_channels(["/ch/light/data=r", "/ch/light/data=w"])
