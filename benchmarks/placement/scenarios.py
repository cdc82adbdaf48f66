"""What control gains in modelled worlds: a day of energy harvesting, and users who go about.

    python benchmarks/placement/scenarios.py

Each scenario runs with several seeds; the figure is the least of their gains, so that luck does not help.
"""

from __future__ import annotations

import json

from sojourn.sim.entry import simulate

SEEDS = (1, 2, 3)
SCENARIOS = {"energy_gain": "energy-day", "mobility_gain": "moving-user"}
# Figure, what it is, goal.
GOALS: dict[str, tuple[str, str]] = {
    "energy_gain": (f"energy-day: work done over suspend-and-wait, least of {len(SEEDS)} seeds", "1.3"),
    "energy_gain_most": ("the same, most", ""),
    "mobility_gain": (f"moving-user: time over the latency limit, static over ours, least of {len(SEEDS)} seeds", "5"),
    "mobility_gain_most": ("the same, most", ""),
    "scenario_violations": ("capacity, filters, places, budget, oscillation, energy: broken in these", "0"),
}


def gains() -> dict[str, float]:
    """All of it: about two minutes."""
    found: dict[str, float] = {"scenario_violations": 0}
    for figure, scenario in SCENARIOS.items():
        studies = [simulate(scenario, seed=seed) for seed in SEEDS]
        values = [each.gains()[figure] for each in studies]
        found[figure], found[f"{figure}_most"] = min(values), max(values)
        found["scenario_violations"] += sum(sum(each.violations().values()) for each in studies)
    return found


if __name__ == "__main__":
    print(json.dumps(gains(), indent=1))
