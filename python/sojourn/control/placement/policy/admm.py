"""`admm`: Padova's centralised algorithm on the objective's costs, to compare with: it finds the cheapest most times.

M. Tinto, T. Vardanega, "Computing in the Continuum", 2024: placement as consensus ADMM (S. Boyd et al., "Distributed
Optimization and Statistical Learning via the Alternating Direction Method of Multipliers", 2011, scaled form) over
binary choices, rho = 70, at most 20 rounds. One gather and an argmin is exact in a single round: policy `objective`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.placement.policy.objective import Objective

if TYPE_CHECKING:
    from sojourn.control.objective import Column, Mask

RHO = 70.0
ROUNDS = 20
NEAR = 0.05


class Consensus(NamedTuple):
    """What the nodes agreed on.

    Attributes:
        winner: Which of them.
        rounds: After how many rounds.
        converged: Whether they came to agree, or their time was up.
        messages: How many were sent.
    """

    winner: int
    rounds: int
    converged: bool
    messages: int


def choice(costs: Column, agreed: Column, dual: Column) -> Column:
    """x: whichever of 0 and 1 makes `c x + (rho/2) (x - z + u)^2` least. Shape (N,)."""
    return np.where(costs + RHO / 2 * (1 - 2 * (agreed - dual)) < 0, 1.0, 0.0)


def agree(hoped: Column) -> Column:
    """z: what is nearest to `x + u` of all that sum to 1."""
    return np.asarray(hoped - (hoped.sum() - 1) / len(hoped))


def settled(agreed: Column) -> bool:
    """Whether every z is near 0 or 1, and they sum to 1 nearly."""
    near: Mask = np.minimum(np.abs(agreed), np.abs(agreed - 1)) <= NEAR
    return bool(near.all()) and abs(float(agreed.sum()) - 1) <= NEAR


def consensus(costs: Column) -> Consensus:
    """One coordinator: it tells each node its z and hears its x, two messages a node and round."""
    count = len(costs)
    dual, agreed = np.zeros(count), np.full(count, 1 / count)
    rounds, converged = 0, False
    while rounds < ROUNDS and not converged:
        chosen = choice(costs, agreed, dual)
        agreed = agree(chosen + dual)
        dual = dual + chosen - agreed
        rounds += 1
        converged = settled(agreed)
    return Consensus(int(np.argmax(agreed)), rounds, converged, 2 * count * rounds)


class Admm(Objective):
    """The objective's costs, and the winner of the rounds."""

    name = "admm"

    def choose(self, costs: Column) -> int:
        """Who has the greatest z."""
        return consensus(costs).winner
