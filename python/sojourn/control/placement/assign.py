"""Small batches, nearly as well as can be: the generalised assignment problem by ruin and recreate.

Each atom goes to one node, each node has room for so much memory, so many cores and atoms; the sum of costs is to be
small. That is NP-hard (M. L. Fisher, R. Jaikumar, L. N. Van Wassenhove, "A multiplier adjustment method for the
generalized assignment problem", Management Science 32, 1986), but batches are small, and near is good enough:

- *recreate*: of those without a node, the one that would lose most without its best one is placed next (regret
  insertion: S. Martello, P. Toth, "An algorithm for the generalized assignment problem", 1981);
- *exchange*: single atoms go, and pairs change places, as long as that makes the sum smaller;
- *ruin*: some are taken off again, sometimes those of one or two nodes and sometimes any, and the result is kept where
  it is better (G. Schrimpf et al., "Record breaking optimization results using the ruin and recreate principle",
  Journal of Computational Physics 159, 2000).

Nowhere is a place, too, with endless room and a cost above all others, so that as many as possible are placed. What
is random begins with the same number each time: the same batch has the same plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.control.objective import Column

# Tries of ruin and recreate: so many for each atom, at most; fewer where a look at all changes is long.
TRIES_AN_ATOM, TRIES, LOOKS = 16, 320, 1_000_000
# Part of the atoms that are taken off in one try, at least two of them.
RUIN = 0.35
# How much worse than the best so far it may become on the way, at first (G. Dueck, "New optimization heuristics: the
# great deluge algorithm and the record-to-record travel", Journal of Computational Physics 104, 1993).
WORSE = 0.10
# How often a node is overlooked (J. Christiaens, G. Vanden Berghe, "Slack induction by string removals for vehicle
# routing problems", Transportation Science 54, 2020: blinks).
BLINK = 0.3
SLACK = 1e-9


class Assignment:
    """Who is where, and what room is left.

    Attributes:
        costs: Of each atom at each node; the last column is nowhere. Shape (A, N + 1); infinite where refused.
        needs: Of each atom, of each resource. Shape (A, R).
        room: What is left of each resource at each node. Shape (N + 1, R).
        at: Where each atom is. Shape (A,).
    """

    def __init__(self, costs: Column, needs: Column, room: Column, at: NDArray[np.int64]) -> None:
        """Args: as the attributes, without nowhere, which is -1 in `at`; room is that before any of them is placed."""
        count = costs.shape[1]
        finite = costs[np.isfinite(costs)]
        nowhere = 1.0 + 2.0 * float(np.abs(finite).sum()) if finite.size else 1.0
        self.costs = np.hstack([costs, np.full((len(costs), 1), nowhere)])
        self.needs = needs
        self.room = np.vstack([room, np.full((1, room.shape[1]), np.inf)])
        self.at = np.where(at < 0, count, at)
        for atom, node in enumerate(self.at.tolist()):
            self.room[node] -= needs[atom]

    def total(self) -> float:
        """What all cost."""
        return float(self.costs[np.arange(len(self.at)), self.at].sum())

    def put(self, atom: int, node: int) -> None:
        """An atom goes to a node."""
        self.room[self.at[atom]] += self.needs[atom]
        self.room[node] -= self.needs[atom]
        self.at[atom] = node

    def allowed(self, atoms: NDArray[np.int64]) -> Column:
        """What nodes cost these; infinite where there is no room. Shape (len(atoms), N + 1)."""
        fits = (self.needs[atoms, None, :] <= self.room[None, :, :] + SLACK).all(axis=2)
        return np.where(fits, self.costs[atoms], np.inf)

    def recreate(self, atoms: NDArray[np.int64], chance: np.random.Generator | None = None) -> None:
        """Places those that are nowhere, the greatest regret first; with chance, as if some nodes were not there."""
        left = atoms.tolist()
        while left:
            costs = self.allowed(np.array(left))
            if chance is not None:
                costs[:, :-1][chance.random((len(left), costs.shape[1] - 1)) < BLINK] = np.inf
            least = np.partition(costs, 1, axis=1)[:, :2]
            with np.errstate(invalid="ignore"):
                lost = np.where(np.isfinite(least[:, 1]), least[:, 1] - least[:, 0], np.inf)
            one = int(lost.argmax())
            self.put(left.pop(one), int(costs[one].argmin()))

    def exchange(self) -> None:
        """Single atoms go, pairs change places, the greatest gain first, until nothing gains."""
        every = np.arange(len(self.at))
        for _ in range(2 * len(self.at)):
            now = self.costs[every, self.at]
            gains = now[:, None] - self.allowed(every)
            gains[every, self.at] = 0.0
            best = int(gains.argmax())
            atom, node = divmod(best, gains.shape[1])
            swaps = self.swaps(now)
            pair = int(swaps.argmax())
            most = max(float(gains.flat[best]), float(swaps.flat[pair]))
            if not most > SLACK * max(1.0, float(np.abs(now).max())):
                return
            if gains.flat[best] >= swaps.flat[pair]:
                self.put(atom, node)
            else:
                one, other = divmod(pair, len(self.at))
                here, there = int(self.at[one]), int(self.at[other])
                self.put(one, there)
                self.put(other, here)

    def swaps(self, now: Column) -> Column:
        """What each pair gains by changing places; minus infinity where it cannot. Shape (A, A)."""
        crossed = self.costs[:, self.at]
        gains = now[:, None] + now[None, :] - crossed - crossed.T
        left = self.room[self.at]
        fits = (self.needs[None, :, :] <= left[:, None, :] + self.needs[:, None, :] + SLACK).all(axis=2)
        return np.where(fits & fits.T, gains, -np.inf)

    def ruin(self, chance: np.random.Generator) -> NDArray[np.int64]:
        """Takes some off; says who."""
        size = max(2, int(len(self.at) * RUIN))
        if chance.random() < 0.5:  # noqa: PLR2004 -- half of the tries
            atoms = chance.permutation(len(self.at))[:size]
        else:
            nodes = chance.permutation(np.unique(self.at))[:2]
            atoms = chance.permutation(np.flatnonzero(np.isin(self.at, nodes)))[: 2 * size]
        for atom in atoms.tolist():
            self.put(atom, self.costs.shape[1] - 1)
        return np.sort(atoms)

    def search(self) -> NDArray[np.int64]:
        """Makes it better as long as tries are left. Gives where each is; -1: nowhere."""
        nowhere = self.costs.shape[1] - 1
        self.recreate(np.flatnonzero(self.at == nowhere))
        self.exchange()
        chance = np.random.default_rng(len(self.at))
        best, least = self.at.copy(), self.total()
        kept, room = self.at.copy(), self.room.copy()
        atoms, places = self.costs.shape
        tries = min(TRIES, TRIES_AN_ATOM * atoms, LOOKS // (atoms * (atoms + places)))
        for number in range(tries):
            self.recreate(self.ruin(chance), chance)
            self.exchange()
            total = self.total()
            if total < least - SLACK * abs(least):
                best, least = self.at.copy(), total
            if total <= least + WORSE * (1 - number / tries) * abs(least):
                kept, room = self.at.copy(), self.room.copy()
            else:
                self.at[:], self.room[:] = kept, room
        return np.where(best == nowhere, -1, best)
