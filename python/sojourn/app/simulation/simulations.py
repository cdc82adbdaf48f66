"""Simulations for a controller: one at a time, each a process whose recording is passed on while it is made."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from sojourn.app.simulation.run import Run
from sojourn.gateway.http.answer import ScenarioFacts
from sojourn.model.errors import Declined, UnknownScenario
from sojourn.sim.scenario.read import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.gateway.http.body import RunSimulation

COMMAND = (sys.executable, "-m", "sojourn.app.simulation.process")


class Simulations:
    """Those of one controller.

    Args:
        command: What runs one.
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._runs = False
        self._shipped: tuple[ScenarioFacts, ...] = ()

    async def scenarios(self) -> tuple[ScenarioFacts, ...]:
        """Those that come along, by name."""
        if not self._shipped:
            self._shipped = await asyncio.to_thread(facts)
        return self._shipped

    async def run(self, scenario: str, asked: RunSimulation) -> Run:
        """Begins one; its recording, in parts of whole lines. Closed (`aclose`), it ends.

        Raises:
            UnknownScenario: There is none of that name.
            ConfigError: It cannot be run like that.
            Declined: Another one runs.
        """
        if scenario not in (names := [each.name for each in await self.scenarios()]):
            raise UnknownScenario(f"there is no scenario {scenario}", f"there are {', '.join(names)}")
        if self._runs:
            raise Declined("another simulation runs here", "wait until it is over, or run it by `sojourn simulate`")
        self._runs = True
        order = {"scenario": scenario, "seed": asked.seed, "nodes": asked.nodes, "atoms": asked.atoms}
        try:
            return await Run.begin(self._command, order | {"hours": asked.hours}, self._over)
        except OSError as error:
            self._over()
            raise Declined(f"cannot run a simulation: {error.strerror or error}") from error
        except BaseException:
            self._over()
            raise

    def _over(self) -> None:
        """The next may begin."""
        self._runs = False


def facts() -> tuple[ScenarioFacts, ...]:
    """Scenarios that come along, as REST tells of them."""
    return tuple(
        ScenarioFacts(
            name=name,
            title=each.title,
            hours=each.hours,
            nodes=sum(group.count for group in each.nodes.values()),
            atoms=sum(group.count for group in each.atoms.values()),
            users=sum(group.count for group in each.users.values()),
            figure=each.figure,
            goal=each.goal,
        )
        for name, each in shipped().items()
    )
