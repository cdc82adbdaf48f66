"""`sojourn program`: atoms that are started and stopped together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, controller, print_record
from sojourn.cli.realm import JsonOption

if TYPE_CHECKING:
    from sojourn.gateway.http.answer import ProgramFacts

program = typer.Typer(help="Start and stop several atoms together, by one name.", no_args_is_help=True)

Named: TypeAlias = Annotated[str, typer.Argument(metavar="PROGRAM", help="Name of the program.", show_default=False)]


def ask(settings: Settings, method: str, path: str, body: object = None) -> ProgramFacts:
    """What the controller tells of a program."""
    from sojourn.gateway.http.answer import ProgramFacts  # noqa: PLC0415 -- takes a while to load

    return controller(settings).ask(method, f"/v1/programs/{path}", ProgramFacts, body=body)


def tell(found: ProgramFacts, *, json_asked: bool) -> None:
    """Shows a program: its parts, where they are, and why others are not."""
    if json_asked:
        print_record(found)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    typer.echo(f"{found.name} is {found.state.value}" + (f": {found.description}" if found.description else ""))
    tables.show(controller_tables.parts(found), "it has no parts")


@program.command("list")
@configured(*CONTROLLER)
def list_(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List programs and how they are."""
    from sojourn.gateway.http.answer import ProgramsPart  # noqa: PLC0415 -- takes a while to load

    found = [each for part in controller(settings).all("/v1/programs", ProgramsPart) for each in part.items]
    if json_asked:
        print_record(found)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.programs(found), "no programs; `sojourn program put` makes one")


@program.command()
@configured(*CONTROLLER)
def show(name: Named, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Show the parts of a program: which run, where, and why others do not."""
    tell(ask(settings, "GET", name), json_asked=json_asked)


@program.command()
@configured(*CONTROLLER)
def put(
    name: Named,
    file: Annotated[
        typer.FileText, typer.Argument(metavar="FILE", help="JSON as PUT /v1/programs takes it; - for standard input.")
    ],
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Keep a program, in place of that of its name. What of it runs goes on as it is."""
    import msgspec  # noqa: PLC0415 -- takes a while to load

    from sojourn.model.errors import ConfigError  # noqa: PLC0415 -- the same

    try:
        said = msgspec.json.decode(file.read())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name} is not JSON: {error}", 'it is as {"parts": [{"part": "a", ...}]}') from error
    tell(ask(settings, "PUT", name, said), json_asked=json_asked)


@program.command()
@configured(*CONTROLLER)
def start(name: Named, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Start all parts of a program that do not run. Exit status 1 when one could not be."""
    found = ask(settings, "POST", f"{name}/start")
    tell(found, json_asked=json_asked)
    if any(part.state == "failed" for part in found.parts):
        raise typer.Exit(1)


@program.command()
@configured(*CONTROLLER)
def stop(
    name: Named,
    *,
    discard: Annotated[bool, typer.Option("--discard", help="Keep no images of its atoms.")] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Stop all parts of a program."""
    tell(ask(settings, "POST", f"{name}/stop", {"discard": discard}), json_asked=json_asked)


@program.command()
@configured(*CONTROLLER)
def remove(name: Named, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Forget a program of which nothing runs."""
    found = ask(settings, "DELETE", name)
    if json_asked:
        print_record(found)
    else:
        typer.echo(f"{name} is removed")
