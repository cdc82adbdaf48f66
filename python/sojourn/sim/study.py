"""A study: the same world twice, once left alone and once with control, and what control gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.sim.run import Outcome, Simulation
from sojourn.sim.scenario.schema import Scenario  # noqa: TC001 -- msgspec reads annotations when it runs
from sojourn.sim.world.happening import Happening  # noqa: TC001 -- the same

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.sim.run import Decides, Watches

# Figure of a gain, what it is of, and whether more of that is better.
GAINS = {
    "energy_gain": ("work_s", True),
    "mobility_gain": ("over_limit_s", False),
    "outage_gain": ("atoms_down_s", False),
    "crowd_gain": ("unserved_share", False),
    "deadline_gain": ("deadlines_missed_share", False),
}
# Where nothing is left of what is to be small, a gain is told as if so much were.
LEAST = {"over_limit_s": 1.0, "atoms_down_s": 1.0, "unserved_share": 1e-4, "deadlines_missed_share": 1e-4}


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """What came of both runs.

    Attributes:
        name: Name of the scenario, or its file.
        scenario: The scenario.
        seed: The seed.
        happenings: What happened to the world in both.
        baseline: Nobody decided: atoms stayed where they began, nodes without energy were suspended.
        control: The controller decided; None: only the baseline was asked for.
    """

    name: str
    scenario: Scenario
    seed: int
    happenings: list[Happening]
    baseline: Outcome
    control: Outcome | None = None

    def gains(self) -> dict[str, float]:
        """Each gain that there is something of in the baseline, by its figure."""
        if self.control is None:
            return {}
        found = {}
        for name, (figure, more) in GAINS.items():
            if name == "energy_gain" and not self.baseline.figures["nodes_suspended_s"]:
                continue
            before, after = self.baseline.figures[figure], self.control.figures[figure]
            if before > LEAST.get(figure, 0.0):
                ratio = after / before if more else before / max(after, LEAST[figure])
                found[name] = float(f"{ratio:.6g}")
        return found

    def violations(self) -> dict[str, int]:
        """How often each checker found something."""
        return self.baseline.violations if self.control is None else self.control.violations


def study(  # noqa: PLR0913 -- what a study is made of
    name: str,
    scenario: Scenario,
    happenings: list[Happening],
    seed: int,
    controller: Callable[[], Decides] | None,
    *,
    moves_per_minute: float = float("inf"),
    progress: Callable[[float], None] | None = None,
    watcher: Watches | None = None,
) -> Study:
    """Runs a world without control and with it.

    Args:
        name: What it is called.
        scenario: What there is.
        happenings: What happens to it.
        seed: Of what is left to chance.
        controller: Makes who decides; None: the baseline alone.
        moves_per_minute: The budget that checkers hold the controller to.
        progress: Is told what share of all of it is over.
        watcher: Looks on while the controller decides.
    """

    def part(first: float, share: float) -> Callable[[float], None]:
        return lambda done: progress(first + share * done) if progress else None

    # Control costs many times what the world does.
    alone = 1.0 if controller is None else 0.1
    baseline = Simulation(scenario, happenings, seed, None).run(part(0.0, alone))
    control = None
    if controller is not None:
        simulation = Simulation(
            scenario, happenings, seed, controller(), moves_per_minute=moves_per_minute, watcher=watcher
        )
        control = simulation.run(part(alone, 1.0 - alone))
    return Study(name=name, scenario=scenario, seed=seed, happenings=happenings, baseline=baseline, control=control)
