"""`sojourn bench`: measurements, from a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import sojourn
from sojourn.model.errors import StorageError

bench = typer.Typer(help="Measure, from a checkout of the sources.", no_args_is_help=True)


@bench.callback()
def about() -> None:
    """Measure, from a checkout of the sources."""


@bench.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def capture(
    context: typer.Context,
    *,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures there as JSON.")] = None,
) -> None:
    """Run time, code size, stop and resume against plain Wasmtime, epochs and Asyncify; prints one table."""
    script = Path(sojourn.__file__).resolve().parents[2] / "benchmarks" / "capture" / "run.py"
    if not script.is_file():
        raise StorageError(f"cannot measure: there is no {script}", "run it from a checkout of the sources")
    options = [] if json is None else ["--json", str(json)]
    command = [sys.executable, str(script), *options, *context.args]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 -- our own script
