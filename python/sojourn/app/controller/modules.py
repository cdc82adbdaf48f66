"""Modules that were brought to the controller: files by hash, written whole or not at all."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.core.annotation import said_by
from sojourn.core.module import as_module, binary_of
from sojourn.model.errors import StorageError, UnknownModule
from sojourn.model.record import ModuleRecord

if TYPE_CHECKING:
    from collections.abc import Callable


class Modules:
    """A folder of modules.

    Args:
        folder: The folder; made when the first one comes.
        clock: Seconds of the controller's clock.
    """

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._folder = folder
        self._clock = clock

    async def put(self, name: str, wasm: bytes) -> ModuleRecord:
        """Takes a module; on disk when it returns.

        Raises:
            ModuleError: It is none, or its annotation is wrong.
            StorageError: It could not be kept.
        """
        return await asyncio.to_thread(self._put, name, wasm)

    def _put(self, name: str, wasm: bytes) -> ModuleRecord:
        binary = binary_of(wasm)
        said = said_by(binary)
        digest = as_module(binary).hash
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / digest
            if not path.exists():
                written_whole(path, binary)
        except OSError as error:
            raise StorageError(f"the module could not be kept in {self._folder}: {error.strerror or error}") from error
        return ModuleRecord(digest=digest, name=name, bytes=len(binary), annotation=said, added_at=self._clock())

    def has(self, digest: str) -> bool:
        """Whether a module is here."""
        return (self._folder / digest).exists()

    async def get(self, digest: str) -> bytes:
        """A module.

        Raises:
            UnknownModule: It was not brought.
        """
        try:
            return await asyncio.to_thread((self._folder / digest).read_bytes)
        except OSError as error:
            raise UnknownModule(
                f"the module {digest[:12]} was not brought to this controller", "POST /v1/modules takes it"
            ) from error


def written_whole(path: Path, contents: bytes) -> None:
    """Writes a file so that it is there whole, on disk, or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
