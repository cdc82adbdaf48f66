from pathlib import Path

import pytest

from sojourn import Directory, Memory
from sojourn.model.mount import mount_rows


def test_folders_are_told_from_the_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    rows = mount_rows({".": ".", "/a": Directory(Path("b")), "/c": Path("/d")})
    assert rows == [(".", str(tmp_path), []), ("/a", str(tmp_path / "b"), []), ("/c", "/d", [])]


def test_a_folder_in_memory_has_its_files_and_no_place() -> None:
    assert mount_rows({"/m": Memory({"a/b": b"c"}), "/n": Memory()}) == [
        ("/m", None, [("a/b", b"c")]),
        ("/n", None, []),
    ]
    assert mount_rows(None) == []
