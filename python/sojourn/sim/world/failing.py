"""Failures: crashes, outages of sites, and cuts, after which a node comes back late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.errors import ConfigError
from sojourn.sim.scenario.build import nearest
from sojourn.sim.scenario.schema import FailureKind
from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.naming import node_names, node_zones
from sojourn.sim.world.stream import stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.sim.scenario.schema import FailureTable, Scenario

# What begins it, and what ends it.
ENDS = {
    FailureKind.CRASH: (Kind.CRASH, Kind.BACK),
    FailureKind.OUTAGE: (Kind.CRASH, Kind.BACK),
    FailureKind.CUT: (Kind.CUT, Kind.HEAL),
}


def failures(scenario: Scenario) -> Iterator[Happening]:
    """What is said to fail."""
    for index, failure in enumerate(scenario.failures):
        begin, end = ENDS[failure.kind]
        for node in hit(scenario, index, failure):
            yield Happening(failure.at, begin, node)
            yield Happening(failure.at + failure.lasts, end, node)


def hit(scenario: Scenario, index: int, failure: FailureTable) -> list[str]:
    """Nodes that a failure is of.

    Raises:
        ConfigError: There are none.
    """
    names, zones = node_names(scenario), node_zones(scenario)
    if failure.node:
        known, wanted = names, failure.node
        found = [failure.node] if failure.node in names else []
    else:
        known, wanted = zones, failure.zone
        found = [name for name, zone in zip(names, zones, strict=True) if zone == failure.zone]
    if not found:
        raise ConfigError(f"failures[{index}] is of {wanted!r}, which there is not{nearest(wanted, known)}")
    return found


def chances(scenario: Scenario, seed: int) -> Iterator[Happening]:
    """What fails by chance: times between failures and until the return are exponentially distributed."""
    for index, chance in enumerate(scenario.chances):
        begin, end = ENDS[chance.kind]
        rng = stream(seed, "failure", str(index))
        for node in node_names(scenario):
            at = rng.exponential(chance.every)
            while at < scenario.seconds:
                back = at + max(1.0, rng.exponential(chance.lasts))
                yield Happening(at, begin, node)
                yield Happening(back, end, node)
                at = back + rng.exponential(chance.every)
