"""`sojourn run`: run a module, stoppable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sojourn.app.options import parse_environment, parse_mounts
from sojourn.cli.attached import drive_to_exit_status
from sojourn.cli.options import (
    DirectoryOption,
    EngineName,
    EngineOption,
    EnvironmentOption,
    ImageOption,
    ListenOption,
    StopAfterOption,
)
from sojourn.core.module import Module
from sojourn.core.run import start_attached


def run(  # noqa: PLR0913 -- one parameter an option
    file: Annotated[Path, typer.Argument(metavar="FILE.wasm", help="The module.", show_default=False)],
    args: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="The guest's arguments, passed on untouched.")
    ] = None,
    *,
    directory: DirectoryOption = None,
    environment: EnvironmentOption = None,
    listen: ListenOption = None,
    engine: EngineOption = EngineName.wasmtime,
    stop_after: StopAfterOption = None,
    image: ImageOption = None,
) -> None:
    r"""Run a WebAssembly program.

    Options come before FILE; all that follows it is the guest's. Its streams and its exit status pass through
    unchanged; a trap ends with status 134.

    Ctrl-\ (SIGQUIT), SIGUSR1 or --stop-after stop it into an image, FILE with the ending .image unless --image says
    otherwise. A stop ends with status 0 and says on stderr how to go on. Ctrl-C ends the program without an image.
    """
    module = Module.from_file(file)
    mounts = parse_mounts(directory or ())
    variables = parse_environment(environment or ())
    status = drive_to_exit_status(
        lambda: start_attached(
            module, args=args or (), env=variables, mounts=mounts, listen=listen or (), engine=engine.value
        ),
        image=image or Path(file.with_suffix(".image").name),
        stop_after_s=stop_after,
        options=[f"--listen={option}" for option in listen or ()],
    )
    raise typer.Exit(status)
