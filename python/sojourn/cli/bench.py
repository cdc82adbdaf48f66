"""`sojourn bench`: measurements, from a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

import sojourn
from sojourn.model.errors import StorageError

bench = typer.Typer(help="Measure, from a checkout of the sources.", no_args_is_help=True)


@bench.callback()
def about() -> None:
    """Measure, from a checkout of the sources."""


JsonFile: TypeAlias = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the figures there as JSON.")]
# What is not known here is the script's.
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}


@bench.command(context_settings=PASSED_ON)
def capture(context: typer.Context, *, json: JsonFile = None) -> None:
    """Run time, code size, stop and resume against plain Wasmtime, epochs and Asyncify; prints one table."""
    measure("capture", json, context.args)


@bench.command(context_settings=PASSED_ON)
def migration(context: typer.Context, *, json: JsonFile = None) -> None:
    """Downtime of moves, small and large, starts, and what idle nodes take; prints one table."""
    measure("migration", json, context.args)


@bench.command(context_settings=PASSED_ON)
def message(context: typer.Context, *, json: JsonFile = None) -> None:
    """Messages between atoms, beside bare Zenoh, Ray, Dask and NATS; prints one table."""
    measure("message", json, context.args)


@bench.command(context_settings=PASSED_ON)
def control(context: typer.Context, *, json: JsonFile = None) -> None:
    """Memory of the controller, its restart, and how soon it decides; prints one table."""
    measure("control", json, context.args)


@bench.command(context_settings=PASSED_ON)
def placement(context: typer.Context, *, json: JsonFile = None) -> None:
    """Placing one atom, planning very many, beside the optimum and Padova's algorithm; prints one table."""
    measure("placement", json, context.args)


@bench.command(context_settings=PASSED_ON)
def doors(context: typer.Context, *, json: JsonFile = None) -> None:
    """Atoms over HTTP, WebSocket and MQTT, beside the same servers without an atom; prints one table."""
    measure("doors", json, context.args)


@bench.command(context_settings=PASSED_ON)
def dashboard(context: typer.Context, *, json: JsonFile = None) -> None:
    """The dashboard's page in Chromium, over a generated realm of 1,000 nodes and 20,000 atoms; prints one table."""
    measure("dashboard", json, context.args)


def measure(what: str, json: Path | None, arguments: list[str]) -> None:
    """Runs a script of the checkout, and ends as it ends."""
    script = Path(sojourn.__file__).resolve().parents[2] / "benchmarks" / what / "run.py"
    if not script.is_file():
        raise StorageError(f"cannot measure: there is no {script}", "run it from a checkout of the sources")
    options = [] if json is None else ["--json", str(json)]
    command = [sys.executable, str(script), *options, *arguments]
    raise typer.Exit(subprocess.run(command, check=False).returncode)  # noqa: S603 -- our own script
