"""Images: stopped computations as values."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sojourn import _core
from sojourn.core.storage import read_file, write_file
from sojourn.model.description import Description, Extent, MemoryMap, OpenFile
from sojourn.model.frame import KINDS, Frame, Site
from sojourn.model.value import Value

if TYPE_CHECKING:
    import os


class Image:
    """A stopped computation: what was running, as bytes that mean the same on every engine and processor.

    Made by `Run.stop`, `Image.load` or `Image.from_bytes`; `sojourn.resume` goes on from it, any number of times.
    """

    def __init__(self, core: _core.Image) -> None:
        self._core = core

    @classmethod
    def from_bytes(cls, data: bytes) -> Image:
        """An image from its bytes; every byte is checked.

        Raises:
            InvalidImage: Cut, damaged, or not an image.
            WrongVersion: A format that this release does not read.
        """
        return cls(_core.Image(bytes(data)))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Image:
        """Reads an image file.

        Raises:
            StorageError: The file could not be read.
            InvalidImage: Cut, damaged, or not an image.
            WrongVersion: A format that this release does not read.
        """
        return cls(_core.Image(read_file(path)))

    def to_bytes(self) -> bytes:
        """The image as bytes: always the same ones for the same image."""
        return self._data

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes an image file, whole or not at all: on failure an older file stays as it was.

        Raises:
            StorageError: It could not be written.
        """
        write_file(path, self._data)

    @cached_property
    def _data(self) -> bytes:
        return self._core.to_bytes()

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The stack, from the outermost frame to the innermost."""
        return tuple(frame_of(row) for row in self._core.frames())

    @property
    def module_hash(self) -> str:
        """Hash of the module, in hexadecimal; see `Module.hash`."""
        return self._core.module_hash

    def describe(self) -> Description:
        """What it holds, without its contents."""
        core = self._core
        return Description(
            module_hash=core.module_hash,
            entry=core.entry,
            features=tuple(core.features()),
            arguments=tuple(core.arguments()),
            size_bytes=len(self._data),
            sections=tuple(core.sections()),
            memories=tuple(memory_of(*row) for row in core.memories()),
            globals=tuple(Value(*row) for row in core.globals()),
            tables=tuple(core.tables()),
            mounts=tuple(core.mounts()),
            files=tuple(OpenFile(*row[:4], tuple(row[4])) for row in core.files()),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)

    def __repr__(self) -> str:
        return f"<sojourn.Image of {len(self._data)} bytes>"


def frame_of(row: _core.FrameRow) -> Frame:
    """A frame from its row."""
    function, name, offset, point, values = row
    site = Site(function, offset, KINDS[point])
    return Frame(name or f"function {function}", site, point, tuple(Value(*value) for value in values))


def memory_of(index: int, size_bytes: int, chunks: list[_core.ChunkRow]) -> MemoryMap:
    """A memory map from its row, neighbouring chunks as one extent."""
    extents: list[Extent] = []
    for start, end, stored in chunks:
        if extents and extents[-1].end == start:
            last = extents.pop()
            extents.append(Extent(last.start, end, last.stored_bytes + stored))
        else:
            extents.append(Extent(start, end, stored))
    return MemoryMap(index, size_bytes, tuple(extents))
