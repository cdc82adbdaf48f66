"""What a guest sees as its folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder that lives in memory, empty at first, and moves in the image."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A folder of this machine; on another one it must be mounted again.

    Attributes:
        path: The folder.
    """

    path: Path


Mount: TypeAlias = Memory | Directory
MountLike: TypeAlias = "Mount | str | os.PathLike[str]"


def mount_rows(mounts: Mapping[str, MountLike] | None) -> list[tuple[str, str | None]]:
    """Mounts as rows of guest path and folder of this machine, None for one in memory."""
    return [(guest, host_path(mount)) for guest, mount in (mounts or {}).items()]


def host_path(mount: MountLike) -> str | None:
    """Folder of this machine behind a mount, None for one in memory."""
    if isinstance(mount, Memory):
        return None
    return str(mount.path if isinstance(mount, Directory) else Path(mount))
