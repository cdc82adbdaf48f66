"""Routes about simulations: which come along, and one that is run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import Scenarios
from sojourn.gateway.http.body import RunSimulation
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import ScenarioPath
from sojourn.model.errors import ConfigError, Declined, UnknownScenario


async def list_simulations(controller: Controller) -> Scenarios:
    """Scenarios that come along, for `POST /v1/simulations/{scenario}`."""
    return Scenarios(items=tuple(await controller.scenarios()))


async def run_simulation(
    controller: Controller, path: ScenarioPath, body: RunSimulation
) -> AsyncIterator[Sequence[bytes]]:
    """Runs a scenario, one at a time, and answers its recording while it is made (docs/format/recording.md).

    It ends with whoever asked for it. Where its last line is missing, it was broken off.
    """
    return await controller.simulate(path.scenario, body)


ROUTES = (
    Route("GET", "/v1/simulations", Scope.READ, list_simulations, group="Simulations"),
    Route(
        "POST",
        "/v1/simulations/{scenario}",
        Scope.ATOMS,
        run_simulation,
        errors=(UnknownScenario, ConfigError, Declined),
        group="Simulations",
        lines=True,
    ),
)
