import errno
import os
from pathlib import Path

import pytest

from sojourn import SojournError, StorageError
from sojourn.core.storage import read_file, write_file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, b"first")
    write_file(str(path), b"second")
    assert read_file(path) == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_keeps_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("file")
    write_file(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_a_device_that_is_full_is_an_error() -> None:
    with pytest.raises(StorageError, match="No space left on device"):
        write_file("/dev/full", b"new")


def test_errors_belong_to_the_tree_and_to_the_system(tmp_path: Path) -> None:
    with pytest.raises(SojournError) as caught:
        read_file(tmp_path / "none")
    assert isinstance(caught.value, OSError)
    assert str(caught.value).startswith("cannot read")
