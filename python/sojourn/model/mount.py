"""What a guest sees as its folders."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder that lives in memory, and moves in the image.

    Attributes:
        files: What is in it at first: path in the folder, and contents.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directory:
    """A folder of this machine; on another one it must be mounted again.

    Attributes:
        path: The folder.
    """

    path: Path


Mount: TypeAlias = Memory | Directory
MountLike: TypeAlias = "Mount | str | os.PathLike[str]"
MountRow: TypeAlias = tuple[str, str | None, list[tuple[str, bytes]]]


def mount_rows(mounts: Mapping[str, MountLike] | None) -> list[MountRow]:
    """Mounts as rows: guest path; folder of this machine, None for one in memory; files of one in memory."""
    return [mount_row(guest, mount) for guest, mount in (mounts or {}).items()]


def mount_row(guest: str, mount: MountLike) -> MountRow:
    """One mount as a row. The folder is told from the root: the image may be resumed from somewhere else."""
    if isinstance(mount, Memory):
        return guest, None, list(mount.files.items())
    return guest, str(Path(mount.path if isinstance(mount, Directory) else mount).absolute()), []
