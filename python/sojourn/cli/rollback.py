"""`sojourn rollback`: an atom goes on from an older image."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, AtomNamed, controller, print_record
from sojourn.cli.realm import JsonOption, OnOption


@configured(*CONTROLLER)
def rollback(  # noqa: PLR0913 -- one parameter an option
    atom: AtomNamed,
    image: Annotated[
        int | None,
        typer.Argument(metavar="IMAGE", min=0, help="Its number, of `sojourn images`; else the newest there is."),
    ] = None,
    *,
    keeper: Annotated[str | None, typer.Option(metavar="NODE", help="Node that keeps the image.")] = None,
    on: OnOption = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Stop an atom, if it runs, and let it go on from an image that was kept before."""
    from sojourn.gateway.http.answer import Started  # noqa: PLC0415 -- takes a while to load
    from sojourn.gateway.http.body import ChooseImage  # noqa: PLC0415 -- the same

    client = controller(settings)
    choice = ChooseImage(
        image=image,
        keeper=None if keeper is None else client.node_name(keeper),
        node=None if on is None else client.node_name(on),
    )
    started = client.ask("POST", f"/v1/atoms/{client.atom_name(atom)}/rollback", Started, body=choice)
    if json_asked:
        print_record(started)
        return
    typer.echo(f"{started.atom}: goes on at {started.node}")
