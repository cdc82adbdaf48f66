"""The script of a run: all that happens from outside, in order of time, from the scenario and a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.errors import ConfigError
from sojourn.sim import limit
from sojourn.sim.scenario.build import nearest
from sojourn.sim.world.failing import chances, failures
from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.load import surges
from sojourn.sim.world.mobility import wander
from sojourn.sim.world.naming import members, node_names
from sojourn.sim.world.weather import skies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.sim.scenario.schema import Scenario

TRACED = {"positions": Kind.LEG, "load": Kind.LOAD, "energy": Kind.HARVEST}


def script(scenario: Scenario, seed: int) -> list[Happening]:
    """What happens, in order of time.

    Raises:
        ConfigError: Something is to happen to somebody that there is not, or there is too much of it.
    """
    parts = (
        failures(scenario),
        chances(scenario, seed),
        skies(scenario, seed),
        wander(scenario, seed),
        surges(scenario),
    )
    return ordered(scenario, [each for part in parts for each in part])


def ordered(scenario: Scenario, happenings: Iterable[Happening]) -> list[Happening]:
    """Happenings in order of time, within the scenario's length.

    Raises:
        ConfigError: There are too many, or one is to somebody that there is not.
    """
    known = subjects(scenario)
    found = [each for each in happenings if each.at < scenario.seconds]
    if len(found) > limit.MOST_HAPPENINGS:
        raise ConfigError(
            f"more than {limit.MOST_HAPPENINGS:,} things happen: fewer users, failures or hours are needed"
        )
    for each in found:
        if each.subject not in known[each.kind]:
            raise ConfigError(
                f"{each.kind} of {each.subject!r} at {each.at:g} s: there is nothing of that name"
                f"{nearest(each.subject, known[each.kind])}"
            )
    return sorted(found, key=lambda each: each.at)


def subjects(scenario: Scenario) -> dict[Kind, set[str]]:
    """To whom each kind may happen."""
    nodes = set(node_names(scenario))
    zones = {zone for table in scenario.nodes.values() for zone in table.zones} | {""}
    users = {name for name, _, _ in members(scenario.users)}
    found = dict.fromkeys((Kind.CRASH, Kind.BACK, Kind.CUT, Kind.HEAL, Kind.HARVEST), nodes)
    return found | {Kind.SKY: zones, Kind.LEG: users, Kind.LOAD: set(scenario.atoms)}
