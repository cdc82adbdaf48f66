"""Simulations, as REST sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.service.ground import Ground
from sojourn.app.simulation.simulations import Simulations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.controller.followers import Followers
    from sojourn.app.controller.modules import Modules
    from sojourn.app.controller.runner import Runner
    from sojourn.app.simulation.run import Run
    from sojourn.gateway.http.answer import ScenarioFacts
    from sojourn.gateway.http.body import RunSimulation


class Simulated(Ground):
    """Scenarios, and recordings of them."""

    def __init__(
        self, runner: Runner, modules: Modules, followers: Followers, realm: str, trace_address: str = ""
    ) -> None:
        super().__init__(runner, modules, followers, realm, trace_address)
        self._simulations = Simulations()

    async def scenarios(self) -> Sequence[ScenarioFacts]:
        return await self._simulations.scenarios()

    async def simulate(self, scenario: str, asked: RunSimulation) -> Run:
        return await self._simulations.run(scenario, asked)
