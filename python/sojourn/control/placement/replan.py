"""Where very many atoms should be, all at once: capacity is respected, and who can be nowhere is told.

First it is reckoned what each atom costs where it is: who cannot stay is *homeless*. Then all nodes are looked over.
The homeless come first, those of them before others who lose most by not getting their best node (*regret*), each among
the few best for it with what has been decided so far. Of the others those go who gain more than `limit.WORTH` by it,
but a node that somebody of the batch has come to or left takes no further ones of these, and none leaves it: what they
were to gain is not so any more, and two must not run after the same gain. They have the next time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.placement import limit
from sojourn.control.placement.assign import Assignment
from sojourn.control.placement.batch import Batch, Kind
from sojourn.control.placement.fleet import Placed
from sojourn.control.placement.nodes import NOWHERE
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.overview import Look, Overview, cheapest
from sojourn.control.placement.place import amount, choice
from sojourn.control.placement.score import chosen, is_shared, scores, total
from sojourn.model.placement import Ask, Choice, Demand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.control.objective import Column
    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.usage import Usage

# Asks that are looked at closely together.
CHUNK = 4096


class Wanting(NamedTuple):
    """Asks of a kind that are to be placed, and where.

    Attributes:
        kind: Of which.
        members: Which asks. Shape (M,).
        rows: Nodes for each. Shape (M, K).
    """

    kind: Kind
    members: NDArray[np.int64]
    rows: NDArray[np.int64]


def replan(fleet: Fleet, asks: Sequence[Ask], now: float) -> list[Choice]:
    """Where each atom should be, in the order of the asks; the fleet is not changed.

    Atoms of the fleet that are not asked about stay where they are, and take what they take.
    """
    return Replan(fleet, asks, now).answers()


class Replan:
    """One batch on its way.

    Attributes:
        usage: What atoms take, as far as has been decided.
        costs: What each ask costs where it is to be. Shape (A,); NaN: nowhere.
        before: What it costs where it is; NaN: it is nowhere, or cannot stay.
        target: Row of the node where it is to be. Shape (A,); -1: nowhere.
        touched: Nodes that somebody has come to or left.
    """

    def __init__(self, fleet: Fleet, asks: Sequence[Ask], now: float) -> None:
        self.fleet, self.now = fleet, now
        self.batch = Batch(fleet, asks, now)
        self.usage: Usage = fleet.usage.copy()
        self.costs = np.full(len(asks), np.nan)
        self.before = np.full(len(asks), np.nan)
        self.target = np.full(len(asks), NOWHERE)
        self.touched = np.zeros(fleet.size, dtype=bool)
        self.nowhere: dict[int, str] = dict(self.batch.wrong)

    def answers(self) -> list[Choice]:
        """Of every ask."""
        for kind in self.batch.kinds:
            self.stay(kind)
        homeless: list[Wanting] = []
        better: list[Wanting] = []
        if self.fleet.rows:
            for look in Overview(self.batch, self.usage).looks():
                homeless.extend(self.homeless(look))
                better.extend(self.better(look))
        self.house(joined(homeless))
        self.improve(joined(better))
        self.polish()
        return self.told()

    def stay(self, kind: Kind) -> None:
        """What members cost where they are, and lets them stay for now."""
        members = np.array(kind.members)
        members = members[self.batch.here[members] != NOWHERE]
        for start in range(0, len(members), CHUNK):
            some = members[start : start + CHUNK]
            rows = self.batch.here[some]
            found = scores(self.batch.nodes(kind, some, rows[:, None], self.usage))
            costs = np.where(found.allowed[:, 0], found.costs[:, 0], np.nan)
            self.before[some] = self.costs[some] = costs
            self.target[some] = np.where(np.isnan(costs), NOWHERE, rows)

    # The first look.

    def homeless(self, look: Look) -> list[Wanting]:
        """Who is to be placed, with the best nodes for each."""
        none = self.target[look.members] == NOWHERE
        if not none.any():
            return []
        circles, which = np.unique(look.circle[none], return_inverse=True)
        places = cheapest(look.costs[circles], limit.SHORTLIST)
        return [Wanting(look.kind, look.members[none], self.fleet.ordered()[places][which])]

    def better(self, look: Look) -> list[Wanting]:
        """Who seems to gain by going, with the one best node for each."""
        has = self.target[look.members] != NOWHERE
        if not has.any():
            return []
        members, circle = look.members[has], look.circle[has]
        best = look.costs.argmin(axis=1)
        least = np.take_along_axis(look.costs, best[:, None], axis=1)[:, 0]
        here = look.costs[circle, self.fleet.ranks()[self.batch.here[members]]]
        here = np.where(np.isfinite(here), here, self.before[members])
        with np.errstate(invalid="ignore"):
            gains = here - least[circle] > limit.WORTH * np.abs(here)
        if not gains.any():
            return []
        return [Wanting(look.kind, members[gains], self.fleet.ordered()[best[circle[gains]]][:, None])]

    # The closer look.

    def closely(self, wanting: Wanting) -> Column:
        """What nodes cost those who are to be placed. Shape (M, K); infinite where they are refused."""
        found = [
            scores(
                self.batch.nodes(
                    wanting.kind,
                    wanting.members[start : start + CHUNK],
                    wanting.rows[start : start + CHUNK],
                    self.usage,
                )
            ).costs
            for start in range(0, len(wanting.members), CHUNK)
        ]
        return np.concatenate(found)

    def house(self, wanting: list[Wanting]) -> None:
        """Places those who have no place, in rounds: in each a node takes one, and who came too late looks again.

        Round by round they are content with less, so that few rounds do.
        """
        content = limit.WORTH
        while wanting:
            wanting = self.round(wanting, content)
            content *= 2

    def round(self, wanting: list[Wanting], content: float) -> list[Wanting]:
        """Lets all choose, who would lose most first; gives back those who came too late for all good ones."""
        turns: list[tuple[float, int, int, int, list[int], list[float]]] = []
        for number, each in enumerate(wanting):
            costs = self.closely(each)
            order = np.argsort(costs, axis=1, kind="stable")[:, : limit.CHOICES]
            rows, least = (np.take_along_axis(of, order, axis=1).tolist() for of in (each.rows, costs))
            lost, members = (-regrets(costs)).tolist(), each.members.tolist()
            turns += zip(lost, members, [number] * len(lost), range(len(lost)), rows, least, strict=True)
        taken: set[int] = set()
        late: list[list[int]] = [[] for _ in wanting]
        for _, member, number, at, rows, least in sorted(turns):
            if least[0] == np.inf:
                self.search(member, taken)
            elif not self.choose(member, rows, least, taken, content):
                late[number].append(at)
        return [
            Wanting(each.kind, each.members[again], each.rows[again])
            for each, again in zip(wanting, late, strict=True)
            if again
        ]

    def choose(self, member: int, rows: list[int], costs: list[float], taken: set[int], content: float) -> bool:
        """Takes the cheapest that nobody took in this round, if it is nearly as good as the best."""
        span = max((cost for cost in costs if cost < np.inf), default=costs[0]) - costs[0]
        most = costs[0] + content * max(abs(costs[0]), span)
        for row, cost in zip(rows, costs, strict=True):
            if cost > most or cost == np.inf:
                return False
            if row not in taken:
                taken.add(row)
                self.take(member, row, cost)
                return True
        return False

    def search(self, member: int, taken: set[int]) -> None:
        """Places one that found no room among the best nodes: among all."""
        nodes = nodes_for(self.fleet, self.batch.asks[member], self.now, self.usage)
        found = scores(nodes)
        at = chosen(nodes, found)
        if at is None:
            self.nowhere[member] = choice(nodes, found).reason
        else:
            self.take(member, int(nodes.rows[at]), float(found.costs[at]))
            taken.add(int(nodes.rows[at]))

    def improve(self, wanting: list[Wanting]) -> None:
        """Lets those go who gain most, each node at most one."""
        turns: list[tuple[float, int, int, float]] = []
        for each in wanting:
            costs = self.closely(each)[:, 0]
            before = self.before[each.members]
            gains = before - costs
            worth = gains > limit.WORTH * np.abs(before)
            columns = (-gains, each.members, each.rows[:, 0], costs)
            turns += zip(*(column[worth].tolist() for column in columns), strict=True)
        for _, member, row, cost in sorted(turns):
            if not self.touched[row] and not self.touched[self.target[member]]:
                self.take(member, row, cost)

    def polish(self) -> None:
        """Small batches once more, all asks together, by each measure: those whose costs others do not change.

        Of the rest only where somebody found no room, who may have some if others change places.
        """
        measures: dict[str, list[Kind]] = {}
        for kind in self.batch.kinds:
            measures.setdefault(kind.measure, []).append(kind)
        for kinds in measures.values():
            shared = [kind for kind in kinds if is_shared(self.fleet, kind.spec)]
            crowded = any((self.target[kind.members] == NOWHERE).any() for kind in shared)
            some = kinds if crowded else [kind for kind in kinds if kind not in shared]
            count = sum(len(kind.members) for kind in some)
            if 1 < count <= limit.EXACT_CELLS // max(1, len(self.fleet.rows)) and not self.usage.deadlines:
                self.assign(some, must_place=crowded)

    def assign(self, kinds: list[Kind], *, must_place: bool) -> None:
        """These kinds, all their asks together; with `must_place` only if more of them get a node by it."""
        batch, rows, ranks = self.batch, self.fleet.ordered(), self.fleet.ranks()
        members = np.array([member for kind in kinds for member in kind.members])
        before = self.target[members]
        reported = np.zeros(self.fleet.size)
        for member in members.tolist():
            self.lift(member, reported)
        costs = np.concatenate(
            [scores(batch.nodes(kind, np.array(kind.members), rows, self.usage)).costs for kind in kinds]
        )
        needs = np.column_stack([batch.memory[members], batch.cores[members], np.ones(len(members))])
        at = np.where(before == NOWHERE, NOWHERE, ranks[before])
        found = Assignment(costs, needs, room(self.fleet, self.usage, reported), at).search()
        if must_place and (found == NOWHERE).sum() >= (at == NOWHERE).sum():
            found = at
        for member, place in zip(members.tolist(), found.tolist(), strict=True):
            self.target[member] = NOWHERE if place == NOWHERE else rows[place]
            if place == NOWHERE:
                self.nowhere.setdefault(member, "no node has room for it beside the others")
            else:
                self.fleet.count(self.usage, int(rows[place]), batch.demands[member], there=False)
        for kind in kinds:
            self.reckon(kind)

    def reckon(self, kind: Kind) -> None:
        """What members cost where they are to be, with all others where these are to be."""
        members = np.array(kind.members)
        self.costs[members] = np.nan
        members = members[self.target[members] != NOWHERE]
        if len(members):
            at = self.target[members][:, None]
            nodes = self.batch.nodes(kind, members, at, self.usage)
            nodes = replace(nodes, work=replace(nodes.work, counted=at))
            self.costs[members] = total(nodes)[:, 0]

    def lift(self, member: int, reported: Column) -> None:
        """Takes one out of the usage; what its node's report has of it would be free then."""
        placed, row = self.fleet.placed.get(self.batch.asks[member].atom), int(self.target[member])
        if placed is not None and placed.there:
            reported[placed.row] += placed.demand.memory_bytes
        if placed is not None and placed.row == row:
            self.fleet.uncount(self.usage, placed)
        elif row != NOWHERE and (placed is not None or row != self.batch.here[member]):
            self.fleet.uncount(self.usage, counted(self.fleet, row, self.batch.demands[member]))

    def take(self, member: int, row: int, cost: float) -> None:
        """One is to be at a node."""
        placed = self.fleet.placed.get(self.batch.asks[member].atom)
        self.target[member], self.costs[member] = row, cost
        if placed is not None:
            if placed.row == row:
                return
            self.fleet.uncount(self.usage, placed)
            self.touched[placed.row] = True
        self.fleet.count(self.usage, row, self.batch.demands[member], there=False)
        self.touched[row] = True

    # Words.

    def told(self) -> list[Choice]:
        """What was decided, of every ask."""
        units = [""] * len(self.batch.asks)
        for kind in self.batch.kinds:
            for member in kind.members:
                units[member] = kind.measure
        decided = zip(
            self.batch.asks,
            self.target.tolist(),
            self.batch.here.tolist(),
            self.costs.tolist(),
            self.before.tolist(),
            units,
            strict=True,
        )
        return [self.answer(number, *each) for number, each in enumerate(decided)]

    def answer(self, number: int, ask: Ask, row: int, here: int, cost: float, before: float, unit: str) -> Choice:  # noqa: PLR0913, PLR0917
        """Of one ask."""
        if row == NOWHERE:
            return Choice(atom=ask.atom, node=None, reason=self.nowhere.get(number, "there is no node"))
        return Choice(
            atom=ask.atom,
            node=ask.node if row == here else self.fleet.name(row),
            score=cost,
            here=before if before == before else None,  # noqa: PLR0124 -- NaN is not itself
            measure=unit,
            reason=f"{'stays: ' if row == here else ''}costs {amount(cost, unit)}",
        )


def joined(wanting: list[Wanting]) -> list[Wanting]:
    """Those of a kind together."""
    kinds: dict[int, list[Wanting]] = {}
    for each in wanting:
        kinds.setdefault(id(each.kind), []).append(each)
    return [
        Wanting(
            same[0].kind, np.concatenate([each.members for each in same]), np.concatenate([each.rows for each in same])
        )
        for same in kinds.values()
    ]


def counted(fleet: Fleet, row: int, demand: Demand) -> Placed:
    """One as it was counted when it was taken somewhere."""
    return Placed(row, demand, "", there=False, speed=float(fleet.numbers["speed"][row]))


def room(fleet: Fleet, usage: Usage, reported: Column) -> Column:
    """What nodes have left of memory, of cores at speed 1.0, and for how many atoms. Shape (N, 3).

    Args:
        fleet: The nodes.
        usage: What others take.
        reported: Of each row, what its report has of atoms that are not counted any more.
    """
    rows, numbers = fleet.ordered(), fleet.numbers
    memory = np.minimum(numbers["memory_free"] - usage.coming_memory + reported, numbers["memory"] - usage.memory)
    cores = (numbers["cores"] - usage.cores) * numbers["speed"]
    atoms = numbers["max_atoms"] - np.maximum(numbers["atoms"] + usage.coming_atoms, usage.atoms)
    return np.column_stack([memory[rows], cores[rows], atoms[rows]])


def regrets(costs: Column) -> Column:
    """What is lost by the second best instead of the best. Shape (M,); infinite: there is no second."""
    if costs.shape[1] == 1:
        return np.where(np.isfinite(costs[:, 0]), np.inf, 0.0)
    least = np.partition(costs, 1, axis=1)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(least[:, 0]), least[:, 1] - least[:, 0], 0.0)
