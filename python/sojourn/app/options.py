"""Options of the command line that are small languages of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.core.storage import read_file
from sojourn.model.errors import StorageError
from sojourn.model.mount import Directory, Memory
from sojourn.model.node_errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

# Most that is copied into a folder in memory; it goes with the request that starts the atom.
MEMORY_BYTES = 3 << 20
CHANNEL_MODES = ("r", "w", "rw")


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


def parse_memory_mounts(options: Iterable[str]) -> dict[str, Memory]:
    """Mounts in memory of `HOST[::GUEST]`, with the files of HOST, by the guest's path.

    Raises:
        StorageError: There is no such folder, a file in it could not be read, or it is too much.
    """
    mounts = {}
    for option in options:
        host, _, guest = option.partition("::")
        if not Path(host).is_dir():
            raise StorageError(f"cannot copy {host}: there is no such folder", "--memory-dir takes HOST or HOST::GUEST")
        mounts[guest or host] = Memory(files_of(Path(host)))
    return mounts


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a folder and of those in it, by their paths from there."""
    files: dict[str, bytes] = {}
    left = MEMORY_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            files[path.relative_to(folder).as_posix()] = data = read_file(path)
            left -= len(data)
            if left < 0:
                most = MEMORY_BYTES >> 20
                raise StorageError(f"cannot copy {folder}: it holds more than {most} MiB", "mount it with --dir")
    return files


def parse_channels(options: Iterable[str]) -> dict[str, str]:
    """Modes of `PATH=MODE`, by path.

    Raises:
        InvalidRequest: One is not written so, has a mode that there is not, or is there twice.
    """
    channels: dict[str, str] = {}
    for option in options:
        path, equals, mode = option.rpartition("=")
        if not equals or mode not in CHANNEL_MODES:
            raise InvalidRequest(f"{option!r} is not a channel", "--channel takes PATH=MODE, such as /ch/light/data=rw")
        if path in channels:
            raise InvalidRequest(f"the channel {path!r} is given twice", "give it once, with the mode rw for both")
        channels[path] = mode
    return channels


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
