"""The application: its commands and what holds for all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.cli.adaptation import adaptation, realm_settings
from sojourn.cli.annotate import annotate
from sojourn.cli.arts import arts
from sojourn.cli.bare_option import WithBareOptions
from sojourn.cli.bench import bench
from sojourn.cli.call import call
from sojourn.cli.checkpoint import checkpoint
from sojourn.cli.config import config
from sojourn.cli.control import controller
from sojourn.cli.cordon import cordon, drain, uncordon
from sojourn.cli.dashboard import dashboard
from sojourn.cli.dev import dev
from sojourn.cli.events import events
from sojourn.cli.explain import explain
from sojourn.cli.forget import forget
from sojourn.cli.gateway import gateway
from sojourn.cli.images import images
from sojourn.cli.inspect import inspect
from sojourn.cli.instrument import instrument
from sojourn.cli.keys import keys
from sojourn.cli.logs import logs
from sojourn.cli.migrate import migrate
from sojourn.cli.moves import moves
from sojourn.cli.mqtt import mqtt
from sojourn.cli.names import names
from sojourn.cli.new import new
from sojourn.cli.node import node
from sojourn.cli.nodes import nodes
from sojourn.cli.objective import objective
from sojourn.cli.plan import plan
from sojourn.cli.program import program
from sojourn.cli.ps import ps
from sojourn.cli.repair import repair
from sojourn.cli.restore import restore
from sojourn.cli.resume import resume
from sojourn.cli.rollback import rollback
from sojourn.cli.run import run
from sojourn.cli.send import send
from sojourn.cli.simulate import simulate
from sojourn.cli.start import start
from sojourn.cli.stop import stop
from sojourn.cli.token import token
from sojourn.cli.top import top
from sojourn.cli.up import up
from sojourn.cli.update import realm_modules, rollouts, update
from sojourn.cli.wait import wait
from sojourn.cli.watch import watch
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

HERE, WRITING, REALM, MORE = "A program in this terminal", "Writing atoms", "A realm of nodes", "More"
DECIDING = "What the controller decides"

application.command(context_settings=GUEST_ARGUMENTS, rich_help_panel=HERE)(run)
for command in (resume, inspect, instrument, annotate):
    application.command(rich_help_panel=HERE)(command)
for command in (new, dev):
    application.command(rich_help_panel=WRITING)(command)
application.command(cls=WithBareOptions, rich_help_panel=REALM)(up)
for command in (node, controller, dashboard):
    application.command(rich_help_panel=REALM)(command)
application.command(cls=WithBareOptions, rich_help_panel=REALM)(gateway)
for command in (arts, nodes, repair):
    application.command(rich_help_panel=REALM)(command)
application.command(context_settings=GUEST_ARGUMENTS, rich_help_panel=REALM)(start)
for command in (
    ps,
    names,
    logs,
    send,
    call,
    watch,
    keys,
    migrate,
    moves,
    wait,
    stop,
    checkpoint,
    images,
    restore,
    forget,
    top,
):
    application.command(rich_help_panel=REALM)(command)
application.add_typer(mqtt, name="mqtt", rich_help_panel=REALM)
application.command(rich_help_panel=MORE)(simulate)
for command in (explain, objective, cordon, uncordon, drain, update, rollouts, rollback, events, adaptation):
    application.command(rich_help_panel=DECIDING)(command)
application.add_typer(plan, name="plan", rich_help_panel=DECIDING)
application.add_typer(program, name="program", rich_help_panel=DECIDING)
application.command(name="modules", rich_help_panel=DECIDING)(realm_modules)
application.command(name="settings", rich_help_panel=DECIDING)(realm_settings)
application.add_typer(token, name="token", rich_help_panel=DECIDING)
application.add_typer(config, name="config", rich_help_panel=MORE)
application.add_typer(bench, name="bench", rich_help_panel=MORE)


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
