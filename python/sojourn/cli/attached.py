"""What `run` and `resume` do alike: drive a run, write the image of a stop, tell how to go on."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.attached import drive
from sojourn.cli.message import hint, report, say
from sojourn.core.image import Image
from sojourn.model.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.core.run import Run
    from sojourn.model.status import Status

# As Wasmtime's command line: what a shell shows for a program that aborted.
TRAP_STATUS = 134


def drive_to_exit_status(
    begin: Callable[[], Run], *, image: Path, stop_after_s: float | None, options: list[str]
) -> int:
    """Runs to the end or to an image; the exit status of this process.

    Args:
        begin: Starts or resumes the run.
        image: Where a stop writes the image.
        stop_after_s: Stop by itself after so many seconds.
        options: Options that the next `sojourn resume` needs as well.
    """
    check_folder(image)
    outcome = drive(begin, stop_after_s, refused=report)
    if isinstance(outcome, Image):
        keep(outcome, image, options)
        return 0
    return exit_status(outcome)


def exit_status(status: Status) -> int:
    """The guest's own exit status, or a trap's."""
    if status.code is None:
        say(f"error: the guest trapped: {status.trap}")
        return TRAP_STATUS
    return status.code & 0xFF


def check_folder(path: Path) -> None:
    """Says before a long run, not after it, that its image could not be written."""
    folder = path.parent
    if not folder.is_dir():
        raise StorageError(f"cannot write {path}: there is no folder {folder}")
    if path.is_dir():
        raise StorageError(f"cannot write {path}: it is a folder")


def keep(image: Image, path: Path, options: list[str]) -> None:
    """Writes the image; if that fails, tries the folder for temporary files before it gives the guest up."""
    try:
        image.save(path)
    except StorageError as error:
        error.hint = rescue(image, path, options)
        raise
    say(f"stopped: {path} ({len(image.to_bytes()):,} bytes)")
    hint(resume_command(path, options))


def rescue(image: Image, path: Path, options: list[str]) -> str:
    """Writes the image elsewhere; says where, or that it is lost."""
    other = Path(tempfile.gettempdir()) / f"{path.stem}-{os.getpid()}.image"
    try:
        image.save(other)
    except StorageError:
        return f"nothing was written, and what was at {path} before is unchanged"
    return f"the image is kept: {resume_command(other, options)}"


def resume_command(path: Path, options: list[str]) -> str:
    """The command that goes on."""
    return shlex.join(["sojourn", "resume", *options, str(path)])
