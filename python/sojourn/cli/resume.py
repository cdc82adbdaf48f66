"""`sojourn resume`: go on from an image."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sojourn.app.options import parse_mounts
from sojourn.cli.attached import drive_to_exit_status
from sojourn.cli.options import DirectoryOption, EngineName, EngineOption, ImageOption, ListenOption, StopAfterOption
from sojourn.core.image import Image
from sojourn.core.module import Module
from sojourn.core.run import resume_attached


def resume(  # noqa: PLR0913 -- one parameter an option
    file: Annotated[Path, typer.Argument(metavar="IMAGE", help="What to go on from.", show_default=False)],
    *,
    directory: DirectoryOption = None,
    listen: ListenOption = None,
    engine: EngineOption = EngineName.wasmtime,
    module: Annotated[
        Path | None, typer.Option(metavar="FILE.wasm", help="The module, where this machine does not know it yet.")
    ] = None,
    stop_after: StopAfterOption = None,
    image: ImageOption = None,
) -> None:
    r"""Go on from an image, on any engine.

    The guest's arguments, environment and open files are in the image. A folder that it has in use is looked for where
    it was, or where --dir says. Connections that it had are reset; --listen gives it listeners in place of those that
    it had. Streams, exit status and stopping are as with `sojourn run`; a further stop writes to IMAGE again unless
    --image says otherwise.
    """
    source = Image.load(file)
    at_hand = None if module is None else Module.from_file(module)
    mounts = parse_mounts(directory or ())
    status = drive_to_exit_status(
        lambda: resume_attached(source, engine=engine.value, mounts=mounts, listen=listen or (), module=at_hand),
        image=image or file,
        stop_after_s=stop_after,
        options=[
            *(f"--dir={option}" for option in directory or ()),
            *(f"--listen={option}" for option in listen or ()),
        ],
    )
    raise typer.Exit(status)
