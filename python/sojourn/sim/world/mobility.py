"""How users go about: random waypoints, or round a path.

Random waypoint: D. B. Johnson and D. A. Maltz, "Dynamic source routing in ad hoc wireless networks", 1996.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.stream import stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from sojourn.sim.scenario.schema import Scenario, UserTable

Point = tuple[float, float]
# How often somebody looks where to go who stands still.
REST_S = 60.0


def wander(scenario: Scenario, seed: int) -> Iterator[Happening]:
    """Every leg of every user; each begins with one that takes no time, to where it starts."""
    for group, table in scenario.users.items():
        for number in range(table.count):
            name = f"{group}-{number}"
            rng = stream(seed, "user", name)
            points = rounds(table, number) if table.path else waypoints(table, rng)
            yield from legs(name, table, points, rng, scenario.seconds)


def legs(
    name: str, table: UserTable, points: Iterator[Point], rng: np.random.Generator, seconds: float
) -> Iterator[Happening]:
    """Legs from point to point."""
    x, y = next(points)
    yield Happening(0.0, Kind.LEG, name, x, y)
    at = 0.0
    while table.speed > 0 and at < seconds:
        to_x, to_y = next(points)
        lasts = math.hypot(to_x - x, to_y - y) / table.speed
        if lasts > 0:
            yield Happening(at, Kind.LEG, name, to_x, to_y, lasts)
        at += lasts + rng.uniform(0.0, table.pause) if table.pause or lasts else REST_S
        x, y = to_x, to_y


def waypoints(table: UserTable, rng: np.random.Generator) -> Iterator[Point]:
    """Points at random."""
    west, south, east, north = table.area
    while True:
        yield float(rng.uniform(west, east)), float(rng.uniform(south, north))


def rounds(table: UserTable, number: int) -> Iterator[Point]:
    """Points of a path, round and round."""
    at = number
    while True:
        point = table.path[at % len(table.path)]
        yield point[0], point[1]
        at += 1
