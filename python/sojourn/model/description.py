"""What an image holds, told without its contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.model.value import Value


@dataclass(frozen=True, slots=True)
class Extent:
    """A stretch of memory that is not zero.

    Attributes:
        start: First byte.
        end: Byte after the last.
        stored_bytes: What it takes in the image.
    """

    start: int
    end: int
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class MemoryMap:
    """A memory of the guest's.

    Attributes:
        index: Index in the module.
        size_bytes: Its size.
        extents: Where it is not zero, by address; neighbouring chunks are one.
    """

    index: int
    size_bytes: int
    extents: tuple[Extent, ...]

    @property
    def nonzero_bytes(self) -> int:
        """Bytes of chunks that hold something."""
        return sum(extent.end - extent.start for extent in self.extents)

    @property
    def stored_bytes(self) -> int:
        """What it takes in the image."""
        return sum(extent.stored_bytes for extent in self.extents)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A descriptor of the guest's.

    Attributes:
        descriptor: Its number.
        kind: `stdin`, `stdout`, `stderr`, `file` or `directory`.
        path: Path as the guest sees it; empty for a stream.
        offset: Where the next read or write is; None where there is no such place.
        flags: How it was opened: `read`, `write`, `append` and the like.
    """

    descriptor: int
    kind: str
    path: str
    offset: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """What an image holds.

    Attributes:
        module_hash: Hash of the module, in hexadecimal.
        entry: Export or start function that the outermost frame was called as.
        features: What the module needs of an engine.
        arguments: The guest's arguments, its program name first.
        size_bytes: Size of the image.
        sections: Name and size in bytes of each of its sections.
        memories: The memories.
        globals: The mutable globals.
        tables: Index and number of elements of each table that can change.
        mounts: Path that the guest sees, and the folder behind it (None for one in memory).
        files: Open files.
    """

    module_hash: str
    entry: str
    features: tuple[str, ...]
    arguments: tuple[str, ...]
    size_bytes: int
    sections: tuple[tuple[str, int], ...]
    memories: tuple[MemoryMap, ...]
    globals: tuple[Value, ...]
    tables: tuple[tuple[int, int], ...]
    mounts: tuple[tuple[str, str | None], ...]
    files: tuple[OpenFile, ...]
