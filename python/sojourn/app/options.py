"""Options of the command line that are small languages of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.model.errors import StorageError
from sojourn.model.mount import Directory

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_mounts(options: Iterable[str]) -> dict[str, Directory]:
    """Mounts of `HOST[::GUEST]`, by the guest's path.

    Raises:
        StorageError: There is no such folder.
    """
    mounts = {}
    for option in options:
        host, _, guest = option.partition("::")
        if not Path(host).is_dir():
            raise StorageError(f"cannot mount {host}: there is no such folder", "--dir takes HOST or HOST::GUEST")
        mounts[guest or host] = Directory(Path(host))
    return mounts


def parse_environment(options: Iterable[str]) -> dict[str, str]:
    """Variables of `NAME=VALUE`, or of `NAME`, whose value is this process's own.

    A name alone that this process does not have is left out, as it would be for a child of its own.
    """
    environment = {}
    for option in options:
        name, given, value = option.partition("=")
        if given:
            environment[name] = value
        elif name in os.environ:
            environment[name] = os.environ[name]
    return environment
