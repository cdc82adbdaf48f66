"""The sky over each zone, and the sun.

Clouds are a mean-reverting walk in steps of five minutes, held between none and all of the light: its value a step
later is `mean + 0.9 (value - mean) + noise`, with noise that keeps the standard deviation at `gusts`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sojourn.sim.scenario.schema import ZoneTable
from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.naming import node_zones
from sojourn.sim.world.stream import stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.sim.scenario.schema import Scenario
    from sojourn.sim.world.column import Floats

DAY_S = 86400.0
SUNRISE_S, SUNSET_S = 6 * 3600.0, 18 * 3600.0
STEP_S = 300.0
MEMORY = 0.9


def skies(scenario: Scenario, seed: int) -> Iterator[Happening]:
    """Light over each zone with a panel, every five minutes."""
    if not any(table.energy and table.energy.peak for table in scenario.nodes.values()):
        return
    for zone in sorted(set(node_zones(scenario))):
        sky = scenario.zones.get(zone, ZoneTable())
        rng = stream(seed, "sky", zone)
        clouds = sky.clouds
        for step in range(math.ceil(scenario.seconds / STEP_S)):
            yield Happening(step * STEP_S, Kind.SKY, zone, 1.0 - clouds)
            noise = rng.normal(0.0, sky.gusts * math.sqrt(1 - MEMORY**2))
            clouds = min(1.0, max(0.0, sky.clouds + MEMORY * (clouds - sky.clouds) + noise))


def sun(clock_s: float, shift_s: Floats) -> Floats:
    """Light of a clear sky as a share of noon's.

    Args:
        clock_s: Time of day at the origin.
        shift_s: How much later the sun rises, for each node.
    """
    local = np.mod(clock_s - shift_s, DAY_S)
    height = np.sin(np.pi * (local - SUNRISE_S) / (SUNSET_S - SUNRISE_S))
    return np.where((local > SUNRISE_S) & (local < SUNSET_S), np.maximum(height, 0.0), 0.0)
