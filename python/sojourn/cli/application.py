"""The application: its commands and what holds for all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.cli.bench import bench
from sojourn.cli.inspect import inspect
from sojourn.cli.instrument import instrument
from sojourn.cli.resume import resume
from sojourn.cli.run import run
from sojourn.core.version import VERSION

application = typer.Typer(
    name="sojourn",
    help="Run any WebAssembly program, stop it anywhere, go on anywhere.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

# After FILE everything is the guest's, also what looks like an option.
GUEST_ARGUMENTS = {"allow_interspersed_args": False}

application.command(context_settings=GUEST_ARGUMENTS)(run)
application.command()(resume)
application.command()(inspect)
application.command()(instrument)
application.add_typer(bench, name="bench")


def show_version(asked: bool) -> None:  # noqa: FBT001 -- the shape that Typer calls
    """Prints the version and ends."""
    if asked:
        typer.echo(f"sojourn {VERSION}")
        raise typer.Exit


@application.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run any WebAssembly program, stop it anywhere, go on anywhere."""
