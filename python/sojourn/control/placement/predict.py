"""What a move would cost and gain, as past moves tell.

A move takes a fixed part and its bytes over the link's bandwidth; the atom stands still for its downtime. Both are
medians over the last moves: few that went wrong do not count. What an objective measures is a level, as milliseconds
of latency; over time a gain is that level's difference, held as long as the atom stays. What the move costs is the
same level, lost while it stands still, and with a measure of time also the wait of what comes in meanwhile, which is
half the downtime on average.
"""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from sojourn.control.objective.facts import UNKNOWN_BYTES_PER_S
from sojourn.model.record import MoveState

if TYPE_CHECKING:
    from sojourn.control.placement.fleet import Fleet
    from sojourn.model.placement import Choice
    from sojourn.model.record import MoveRecord

# Where nothing has moved yet.
FIXED_MS = 50.0
DOWNTIME_MS = 20.0
# Moves that are looked back on, in all and of one pair of nodes; a pair has its own figures from so many on.
KEPT, KEPT_PAIR, ENOUGH = 256, 16, 3


class Cost(NamedTuple):
    """What a move would take.

    Attributes:
        total_ms: From its decision to its end.
        downtime_ms: How long the atom would stand still.
        bytes: What would go over the link.
        told: From what this is known, in words.
    """

    total_ms: float
    downtime_ms: float
    bytes: float
    told: str


class Worth(NamedTuple):
    """What a move would gain and cost, in the measure of the atom's policy, times seconds.

    Attributes:
        gain_per_s: What is gained each second.
        cost: What is lost once.
        pays_after_s: When the gain has made up for the cost; infinite: never.
    """

    gain_per_s: float
    cost: float
    pays_after_s: float


class History:
    """Moves that were made, as far as they tell of the next."""

    def __init__(self) -> None:
        self.moves: deque[MoveRecord] = deque(maxlen=KEPT)
        self.pairs: dict[tuple[str, str], deque[MoveRecord]] = {}

    def record(self, move: MoveRecord) -> None:
        """A move has ended; what failed, or began from an image, tells nothing."""
        if move.state is not MoveState.DONE or not move.source or move.total_ms <= 0:
            return
        self.moves.append(move)
        pair = (move.source, move.target)
        if pair not in self.pairs and len(self.pairs) >= KEPT:
            del self.pairs[next(iter(self.pairs))]
        self.pairs.setdefault(pair, deque(maxlen=KEPT_PAIR)).append(move)

    def cost(self, fleet: Fleet, source: str, target: str, memory_bytes: float) -> Cost:
        """What a move of an atom with so much memory would take."""
        own = self.pairs.get((source, target), ())
        known, told = (own, f"{len(own)} moves from {source} to {target}")
        if len(own) < ENOUGH:
            known, told = self.moves, f"{len(self.moves)} moves between any nodes" if self.moves else "no move yet"
        rate = bandwidth(fleet, source, target)
        if not known:
            return Cost(FIXED_MS + memory_bytes / rate * 1000, DOWNTIME_MS, memory_bytes, told)
        fixed = median(
            max(0.0, move.total_ms - move.bytes / bandwidth(fleet, move.source, move.target) * 1000) for move in known
        )
        downtime = median(move.downtime_ms for move in known)
        return Cost(fixed + memory_bytes / rate * 1000, downtime, memory_bytes, told)

    def downtime_ms(self) -> float:
        """The longest of the last moves: what deadlines have to bear."""
        return max((move.downtime_ms for move in self.moves), default=DOWNTIME_MS)


def bandwidth(fleet: Fleet, source: str, target: str) -> float:
    """Between two nodes, in bytes a second."""
    one, other = fleet.rows.get(source), fleet.rows.get(target)
    if one is None or other is None:
        return UNKNOWN_BYTES_PER_S
    return fleet.links.rates.get(one, {}).get(other, UNKNOWN_BYTES_PER_S)


def worth(choice: Choice, cost: Cost) -> Worth:
    """Whether a move pays, and when."""
    gain = choice.gain
    level = max(abs(choice.here or 0.0), abs(choice.score or 0.0))
    wait = cost.downtime_ms / 2 if choice.measure == "ms" else 0.0
    lost = cost.downtime_ms / 1000 * (level + wait)
    return Worth(gain, lost, lost / gain if gain > 0 else float("inf"))
