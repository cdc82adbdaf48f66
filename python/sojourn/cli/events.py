"""`sojourn events`: what has happened in a realm, and what happens."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, controller, print_record_line
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption


@configured(*CONTROLLER)
def events(  # noqa: PLR0913 -- one parameter an option
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens.")] = False,
    after: Annotated[int, typer.Option(metavar="NUMBER", min=0, help="Begin after this event.")] = 0,
    kind: Annotated[
        str, typer.Option(metavar="KIND", help="Only these: `node.lost`, or `atom.` for all of atoms; with commas.")
    ] = "",
    subject: Annotated[str, typer.Option(metavar="NAME", help="Only those about this node, atom or rollout.")] = "",
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Show what has happened in a realm, and with -f what happens. As JSON: one event a line."""
    from sojourn.gateway.http.told import Gap  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    query = {"follow": follow, "after": after, "kind": kind, "subject": subject}
    try:
        for told in client.events(query):
            if isinstance(told, Gap):
                say(f"events {told.first} to {told.last} are missing: {told.reason}")
            elif json_asked:
                print_record_line(told)
            else:
                from sojourn.cli.controller_tables import event  # noqa: PLC0415 -- Rich takes a while to load

                typer.echo(event(told))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
