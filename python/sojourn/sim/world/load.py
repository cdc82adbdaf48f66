"""Load that comes and goes: crowds by script, day and night by the clock."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sojourn.sim.world.happening import Happening, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.sim.scenario.schema import Scenario

DAY_S = 86400.0
PEAK_S = 18 * 3600.0
# A crowd comes and goes in so many steps.
STEPS = 6


def surges(scenario: Scenario) -> Iterator[Happening]:
    """Each crowd as steps up and down."""
    for surge in scenario.surges:
        for step in range(1, STEPS + 1):
            level = step / STEPS
            up = 1.0 + (surge.factor - 1.0) * level
            down = 1.0 + (surge.factor - 1.0) * (1.0 - level)
            yield Happening(surge.at + surge.rises * level, Kind.LOAD, surge.atoms, up, surge.share)
            yield Happening(surge.at + surge.lasts + surge.rises * level, Kind.LOAD, surge.atoms, down, surge.share)


def day(clock_s: float, swing: float) -> float:
    """Load of the time of day, over the mean."""
    return 1.0 + swing * math.cos(2 * math.pi * (clock_s - PEAK_S) / DAY_S)
