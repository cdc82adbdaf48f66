"""`sojourn plan`: what would follow of a change, which is not made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import (
    CONTROLLER,
    AtomNamed,
    NodeNamed,
    ObjectiveOption,
    PolicyOption,
    RequireOption,
    controller,
    print_record,
)
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption

if TYPE_CHECKING:
    from sojourn.app.rest_client import RestClient
    from sojourn.gateway.http.body import Planned

plan = typer.Typer(help="Tell what would follow of a change; nothing is changed.", no_args_is_help=True)


@plan.command()
@configured(*CONTROLLER)
def drain(node: NodeNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """What if a node were drained?"""
    from sojourn.gateway.http.body import PlanDrain  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    show(client, PlanDrain(node=client.node_name(node)), json_asked=json_asked)


@plan.command()
@configured(*CONTROLLER)
def lose(node: NodeNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """What if a node were lost?"""
    from sojourn.gateway.http.body import PlanLose  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    show(client, PlanLose(node=client.node_name(node)), json_asked=json_asked)


@plan.command()
@configured(*CONTROLLER)
def start(  # noqa: PLR0913 -- one parameter an option
    *,
    objective: ObjectiveOption = None,
    require: RequireOption = None,
    policy: PolicyOption = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Its node must have it.")] = None,
    memory_bytes: Annotated[int, typer.Option(min=0, help="Memory that it is given room for.")] = 0,
    cores: Annotated[float, typer.Option(min=0.0, help="Cores that it keeps busy, at speed 1.0.")] = 0.0,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """What if one more atom were started?"""
    from sojourn.gateway.http.body import PlanStart, WantedSpec  # noqa: PLC0415 -- takes a while to load

    spec = WantedSpec(
        objective=objective or "",
        require=require or "",
        policy=policy or WantedSpec().policy,
        tags=tuple(tag or ()),
        memory_bytes=memory_bytes,
        cores=cores,
    )
    show(controller(settings), PlanStart(spec=spec), json_asked=json_asked)


@plan.command()
@configured(*CONTROLLER)
def change(  # noqa: PLR0913 -- one parameter an option
    atom: AtomNamed,
    *,
    objective: ObjectiveOption = None,
    require: RequireOption = None,
    policy: PolicyOption = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """What if something else were wanted of an atom?"""
    from sojourn.gateway.http.body import PlanChange, change_of  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    to = change_of(objective=objective, require=require, policy=policy)
    show(client, PlanChange(atom=client.atom_name(atom), to=to), json_asked=json_asked)


def show(client: RestClient, asked: Planned, *, json_asked: bool) -> None:
    """Asks for a plan and shows it."""
    from sojourn.gateway.http.body import AskPlan  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.placement import Plan  # noqa: PLC0415 -- the same

    found = client.ask("POST", "/v1/plan", Plan, body=AskPlan(change=asked))
    if json_asked:
        print_record(found)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.plan(found), "no atom would move")
    for choice in found.unplaced:
        say(f"{choice.atom} could be nowhere: {choice.reason}")
    gains = ", ".join(f"{controller_tables.number(gain)} {measure}".strip() for measure, gain in found.gain.items())
    say(f"{found.change}: {len(found.moves)} would move, {found.stays} stay" + (f"; gain {gains}" if gains else ""))
