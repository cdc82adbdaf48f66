"""What commands that ask the controller have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sojourn.app.config.resolve import Settings, values
from sojourn.cli.realm import ANY, BEGINNING, atom_names, node_names

if TYPE_CHECKING:
    from sojourn.app.rest_client import RestClient

# Keys that concern a client of the controller; `app.rest_client` reads them.
CONTROLLER = ("controller.address", "controller.token", "controller.authority", "client.timeout")

ATOM = typer.Argument(metavar="ATOM", help=ANY, show_default=False, autocompletion=atom_names)
AtomNamed: TypeAlias = Annotated[str, ATOM]
NodeNamed: TypeAlias = Annotated[
    str, typer.Argument(metavar="NODE", help=BEGINNING, show_default=False, autocompletion=node_names)
]
ObjectiveOption: TypeAlias = Annotated[
    str | None, typer.Option("--objective", metavar="EXPR", help="What costs, to be small.", show_default=False)
]
RequireOption: TypeAlias = Annotated[
    str | None, typer.Option("--require", metavar="EXPR", help="What must hold of its node.", show_default=False)
]
PolicyOption: TypeAlias = Annotated[
    str | None, typer.Option("--policy", metavar="NAME", help="By which policy it is placed.", show_default=False)
]


def controller(settings: Settings) -> RestClient:
    """A client of the controller that the settings name."""
    from sojourn.app.rest_client import rest_client  # noqa: PLC0415 -- takes a while to load; others do not need it

    return rest_client(values(settings))


def print_record(value: object) -> None:
    """A record for programs, as the controller gave it."""
    import msgspec  # noqa: PLC0415 -- the same

    typer.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def print_record_line(value: object) -> None:
    """A record for programs that read while this one goes on: one line."""
    import msgspec  # noqa: PLC0415 -- the same

    typer.echo(msgspec.json.encode(value).decode())
