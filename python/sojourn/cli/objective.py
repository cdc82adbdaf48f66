"""`sojourn objective`: what matters of an atom, changed while it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, AtomNamed, PolicyOption, RequireOption, controller, print_record
from sojourn.cli.realm import JsonOption


@configured(*CONTROLLER)
def objective(  # noqa: PLR0913 -- one parameter an option
    atom: AtomNamed,
    expression: Annotated[
        str | None, typer.Argument(metavar="EXPR", help="What costs, to be small; none: it stays.", show_default=False)
    ] = None,
    *,
    require: RequireOption = None,
    policy: PolicyOption = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Show or change an atom's objective, requirement and policy, while it runs."""
    from sojourn.gateway.http.body import change_of  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.record import AtomRecord  # noqa: PLC0415 -- the same

    client = controller(settings)
    path = f"/v1/atoms/{client.atom_name(atom)}"
    change = change_of(objective=expression, require=require, policy=policy)
    asked = expression is not None or require is not None or policy is not None
    record = client.ask("PATCH", path, AtomRecord, body=change) if asked else client.ask("GET", path, AtomRecord)
    if json_asked:
        print_record(record)
        return
    typer.echo(f"objective  {record.spec.objective or '(that of the realm)'}")
    typer.echo(f"require    {record.spec.require or '(nothing)'}")
    typer.echo(f"policy     {record.spec.policy}")
