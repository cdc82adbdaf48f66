"""`sojourn explain`: why an atom is where it is."""

from __future__ import annotations

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, AtomNamed, controller, print_record
from sojourn.cli.realm import JsonOption


@configured(*CONTROLLER)
def explain(atom: AtomNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Tell why an atom is where it is: every node with why not, or its score term by term."""
    from sojourn.model.placement import Explanation  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    found = client.ask("GET", f"/v1/atoms/{client.atom_name(atom)}/explanation", Explanation)
    if json_asked:
        print_record(found)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    choice = found.choice
    typer.echo(f"{choice.atom}: {choice.node or 'nowhere'}{f', {choice.reason}' if choice.reason else ''}")
    typer.echo(f"policy {found.policy}" + (f", objective {found.objective}" if found.objective else ""))
    if found.require:
        typer.echo(f"require {found.require}")
    for note in found.notes:
        typer.echo(note)
    tables.show(controller_tables.explanation(found), "no nodes")
