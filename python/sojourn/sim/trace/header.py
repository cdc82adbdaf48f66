"""The first line of exported events: which world they are of."""

from __future__ import annotations

import msgspec

from sojourn.sim.scenario.schema import Scenario  # noqa: TC001 -- msgspec reads annotations when it runs

VERSION = 1


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which world it is.

    Attributes:
        sojourn_events: Version of the format.
        name: What the scenario is called.
        seed: The seed.
        scenario: The scenario, all of it.
    """

    sojourn_events: int
    name: str
    seed: int
    scenario: Scenario
