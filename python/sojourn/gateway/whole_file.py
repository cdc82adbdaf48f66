"""Files that only their owner may read, written whole or not at all, by one process at a time."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRIVATE = stat.S_IRUSR | stat.S_IWUSR


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file: whoever reads it has the old one or the new one.

    Raises:
        StorageError: It could not be written; the old one is as it was.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), PRIVATE)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)  # noqa: PTH105 -- the name is a text here
        except BaseException:
            os.unlink(name)  # noqa: PTH108 -- the same
            raise
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from error


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Alone with a file: two commands at once lose nothing of each other's.

    Raises:
        StorageError: There cannot be a file beside it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    except OSError as error:
        raise StorageError(f"cannot write beside {path}: {error.strerror or error}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
