"""Nodes as columns. One row more than there are nodes stands for nowhere, so that -1 is a row, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.sim.scenario.schema import CLASSES, EnergyTable, ZoneTable
from sojourn.sim.world.naming import members, node_zones
from sojourn.sim.world.stream import stream

if TYPE_CHECKING:
    from sojourn.sim.scenario.schema import NodeTable, Scenario
    from sojourn.sim.world.column import Flags, Floats, Integers

NO_BATTERY = EnergyTable(capacity=1.0)


class Nodes:
    """What is true of each node.

    Attributes:
        names: Their names.
        groups: Their groups' tables.
        zones: Their zones; empty: none.
        number: Row by name.
        tags: Their tags, with the zone's.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        rows = list(members(scenario.nodes))
        self.count = len(rows)
        self.names = [name for name, _, _ in rows]
        self.groups: list[NodeTable] = [scenario.nodes[group] for _, group, _ in rows]
        self.group_names = [group for _, group, _ in rows]
        self.zones = node_zones(scenario)
        self.number = {name: row for row, name in enumerate(self.names)}
        zone_tags = [(f"zone={zone}",) if zone else () for zone in self.zones]
        self.tags = [(*group.tags, *zone) for group, zone in zip(self.groups, zone_tags, strict=True)]
        self.gateways = np.array([row for row, group in enumerate(self.groups) if group.gateway], np.int64)
        self.fixed(scenario)
        self.placed(scenario, seed)
        self.powered(scenario, seed)
        self.changing()

    def of(self, values: list[float]) -> Floats:
        """A column."""
        return np.array([*values, 0.0], np.float64)

    def fixed(self, scenario: Scenario) -> None:
        """What does not change."""
        classes = CLASSES | scenario.links.classes
        self.cores = self.of([each.cores for each in self.groups])
        self.speed = self.of([each.speed for each in self.groups])
        self.memory = self.of([each.memory for each in self.groups])
        self.max_atoms = self.of([each.max_atoms for each in self.groups])
        self.price = self.of([each.price for each in self.groups])
        self.latency = self.of([classes[each.link].latency for each in self.groups])
        self.bandwidth = self.of([classes[each.link].bandwidth for each in self.groups])
        self.cores[-1] = 1.0

    def placed(self, scenario: Scenario, seed: int) -> None:
        """Where they stand."""
        self.x, self.y = self.of([0.0] * self.count), self.of([0.0] * self.count)
        first = 0
        for name, table in scenario.nodes.items():
            rows = slice(first, first + table.count)
            self.x[rows], self.y[rows] = places(table, stream(seed, "place", name))
            first += table.count

    def powered(self, scenario: Scenario, seed: int) -> None:
        """What they live on. Whoever has no battery takes what it needs from mains."""
        energy = [each.energy or NO_BATTERY for each in self.groups]
        rng = stream(seed, "panel")
        luck = rng.uniform(-1.0, 1.0, self.count)
        self.battery = np.array([*(each.energy is not None for each in self.groups), False])
        self.capacity = self.of([each.capacity for each in energy])
        self.joules = self.of([each.capacity * each.start for each in energy])
        self.idle_w = self.of([each.idle for each in energy])
        self.core_w = self.of([each.core for each in energy])
        self.constant_w = self.of([each.constant for each in energy])
        peaks = [each.peak * (1 + each.spread * by) for each, by in zip(energy, luck, strict=True)]
        self.peak_w = self.of(peaks)
        self.low_at = self.of([each.low for each in energy]) * self.capacity
        self.wake_at = self.of([each.wake for each in energy]) * self.capacity
        self.move_j = self.of([each.move_per_mib for each in energy])
        self.sun_shift = self.of([scenario.zones.get(zone, ZoneTable()).sun for zone in self.zones])

    def changing(self) -> None:
        """What changes."""
        rows = self.count + 1
        self.awake: Flags = np.ones(rows, np.bool_)  # has power, and not suspended
        self.awake[-1] = False
        self.crashed: Flags = np.zeros(rows, np.bool_)
        self.suspended: Flags = np.zeros(rows, np.bool_)
        self.cut: Flags = np.zeros(rows, np.bool_)
        self.low: Flags = np.zeros(rows, np.bool_)
        self.low_told: Flags = np.zeros(rows, np.bool_)  # by what it told last
        self.emptied: Flags = np.zeros(rows, np.bool_)
        self.incarnation: Integers = np.ones(rows, np.int64)
        self.version: Integers = np.zeros(rows, np.int64)  # grows when its atoms change
        self.used_memory = np.zeros(rows)
        self.atoms: Integers = np.zeros(rows, np.int64)
        self.light = np.ones(rows)
        self.given_w = np.full(rows, np.nan)  # from a trace
        self.harvest_w = np.zeros(rows)
        self.draw_w = self.idle_w.copy()
        self.busy = np.zeros(rows)
        self.share = np.ones(rows)
        self.ran = np.zeros(rows)
        self.last = np.zeros(rows)
        self.harvested = np.zeros(rows)
        self.used = np.zeros(rows)
        self.spilled = np.zeros(rows)
        self.first_joules = self.joules.copy()

    @property
    def reachable(self) -> Flags:
        """Which nodes the controller and users can reach."""
        found: Flags = self.awake & ~self.cut
        return found


def places(table: NodeTable, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Where the nodes of a group stand: east and north in metres."""
    west, south, east, north = table.area
    if not table.grid:
        return rng.uniform(west, east, table.count), rng.uniform(south, north, table.count)
    columns = max(1, round((table.count * max(east - west, 1.0) / max(north - south, 1.0)) ** 0.5))
    lines = -(-table.count // columns)
    row = np.arange(table.count)
    x = west + (row % columns + 0.5) / columns * (east - west)
    y = south + (row // columns + 0.5) / lines * (north - south)
    return x, y
