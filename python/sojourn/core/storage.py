"""Files: whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sojourn.model.errors import StorageError


def read_file(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """A file's bytes.

    Args:
        path: The file.
        most: So many of them at most; -1: all.

    Raises:
        StorageError: It could not be read.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise storage_error("read", path, error) from error


def write_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file whole: on any failure what was there before stays, and nothing is half written.

    Raises:
        StorageError: It could not be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a device or a pipe has nothing to keep
        else:
            replace_file(target, data)
    except OSError as error:
        raise storage_error("write", path, error) from error


def replace_file(target: Path, data: bytes) -> None:
    """Writes beside the target, then takes its place in one step."""
    draft = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def storage_error(verb: str, path: str | os.PathLike[str], error: OSError) -> StorageError:
    """The tree's error for one of the operating system's."""
    reason = error.strerror or str(error)
    return StorageError(f"cannot {verb} {os.fspath(path)}: {reason}")
