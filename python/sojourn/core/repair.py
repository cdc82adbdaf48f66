"""A node's folder, repaired."""

from __future__ import annotations

import os
from dataclasses import dataclass

from sojourn import _core


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair has found and done.

    Attributes:
        images: How many images are whole.
        lost: What is not there any more, a sentence each.
        damaged: Whether anything was damaged.
    """

    images: int
    lost: tuple[str, ...]
    damaged: bool


def repair(folder: str | os.PathLike[str]) -> Repaired:
    """Repairs the folder of a node that does not run: all that is whole is saved, and nothing is deleted.

    Raises:
        StorageError: It is no node's folder, is in use, or cannot be written.
    """
    images, lost, damaged = _core.repair(os.fspath(folder))
    return Repaired(images, tuple(lost), damaged)
