"""Who leads a store that is a file: whoever holds the lock of the file beside it.

The system lets go of the lock when its process ends, however it ends. A file that was removed by hand is another one
for the next process: then both hold a lock, and the term in the database tells who wrote last.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """The lock of one file, held or not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this one holds it."""
        return self._file is not None

    def take(self) -> bool:
        """Tries to hold it; whether it does.

        Raises:
            StorageError: The file cannot be opened.
        """
        if self._file is None:
            self._file = self._opened(fcntl.LOCK_EX)
        return self.held

    def is_free(self) -> bool:
        """Whether nobody holds it. Asks as a reader does, so that readers do not hold each other up."""
        if self.held:
            return False
        file = self._opened(fcntl.LOCK_SH)
        if file is None:
            return False
        os.close(file)
        return True

    def release(self) -> None:
        """Lets go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self, kind: int) -> int | None:
        """The file, locked; None: it is held elsewhere."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageError(f"cannot open {self._path}: {error.strerror or error}") from error
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        except OSError as error:
            os.close(file)
            raise StorageError(
                f"cannot lock {self._path}: {error.strerror or error}", "a store belongs on a disk of this machine"
            ) from error
        return file
