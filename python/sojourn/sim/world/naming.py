"""Names of the nodes, atoms and users of a scenario, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.sim.scenario.schema import AtomTable, NodeTable, Scenario, UserTable


def members(groups: Mapping[str, NodeTable | AtomTable | UserTable]) -> Iterator[tuple[str, str, int]]:
    """Name, group and number in its group of each member."""
    for group, table in groups.items():
        for number in range(table.count):
            yield f"{group}-{number}", group, number


def node_names(scenario: Scenario) -> list[str]:
    """Names of all nodes."""
    return [name for name, _, _ in members(scenario.nodes)]


def node_zones(scenario: Scenario) -> list[str]:
    """The zone of each node; empty: none."""
    found = []
    for _, group, number in members(scenario.nodes):
        zones = scenario.nodes[group].zones
        found.append(zones[number % len(zones)] if zones else "")
    return found
