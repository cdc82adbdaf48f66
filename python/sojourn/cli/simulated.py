"""What `sojourn simulate` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from sojourn.cli import tables
from sojourn.cli.message import say
from sojourn.sim.entry import simulate
from sojourn.sim.report.plots import matplotlib
from sojourn.sim.report.rows import gains, rows, verdict
from sojourn.sim.scenario.read import shipped

if TYPE_CHECKING:
    from sojourn.sim.scenario.schema import Scenario
    from sojourn.sim.study import Study

run = simulate
ready_to_plot = matplotlib


def show_scenarios() -> None:
    """Those that come along."""
    listed = ((name, *counts(each), escape(each.title)) for name, each in shipped().items())
    tables.show(tables.table(("scenario", "hours>", "nodes>", "atoms>", "users>", "shows"), listed), "no scenarios")


def counts(scenario: Scenario) -> tuple[str, ...]:
    """Its size."""
    members = (
        sum(node.count for node in scenario.nodes.values()),
        sum(atom.count for atom in scenario.atoms.values()),
        sum(user.count for user in scenario.users.values()),
    )
    return f"{scenario.hours:g}", *map(str, members)


def show(study: Study) -> None:
    """Figures of both runs beside each other, then what control gains, and what checkers say."""
    if study.scenario.title:
        say(study.scenario.title)
    heads = ("", "baseline>", *(["control>"] if study.control else []))
    tables.show(tables.table(heads, rows(study)), "nothing happened")
    found = gains(study)
    if found:
        typer.echo("")
        tables.show(tables.table(("gain", "is", "value>", "goal>"), found), "")
    say(verdict(study))
    for text in study.control.told if study.control else study.baseline.told:
        say(f"  {text}")
