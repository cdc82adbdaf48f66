"""`admm_distributed`: the same without a coordinator: every node hears all, and reckons for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.policy.admm import RHO, ROUNDS, Consensus, agree, settled
from sojourn.control.placement.policy.objective import Objective

if TYPE_CHECKING:
    from sojourn.control.objective import Column


class Member:
    """One node: it knows its own cost alone, and what the others told it."""

    def __init__(self, cost: float, count: int) -> None:
        self.cost = cost
        self.dual = 0.0
        self.agreed = 1 / count
        self.chosen = 0.0

    def say(self) -> float:
        """What it tells all others: its hope `x + u`."""
        self.chosen = 1.0 if self.cost + RHO / 2 * (1 - 2 * (self.agreed - self.dual)) < 0 else 0.0
        return self.chosen + self.dual

    def hear(self, agreed: float) -> None:
        """What follows for it from what all said."""
        self.agreed = agreed
        self.dual = self.dual + self.chosen - agreed


def consensus(costs: Column) -> Consensus:
    """Rounds of every node telling all others: N (N - 1) messages each.

    All hear the same, so each would reckon the same z: that is done once for all of them.
    """
    count = len(costs)
    members = [Member(cost, count) for cost in costs.tolist()]
    rounds, converged, winner = 0, False, 0
    while rounds < ROUNDS and not converged:
        agreed = agree(np.array([member.say() for member in members]))
        for member, mine in zip(members, agreed.tolist(), strict=True):
            member.hear(mine)
        rounds, converged, winner = rounds + 1, settled(agreed), int(np.argmax(agreed))
    return Consensus(winner, rounds, converged, count * (count - 1) * rounds)


class AdmmDistributed(Objective):
    """The objective's costs, and the winner of the rounds; among more than a few nodes it is slow."""

    name = "admm_distributed"

    def choose(self, costs: Column) -> int:
        """Who has the greatest z."""
        return consensus(costs).winner
