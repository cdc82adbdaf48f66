"""Links between nodes and traffic between atoms: of many, those that are worth a line."""

from __future__ import annotations

from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING

from sojourn.control.picture.rounding import two_digits

if TYPE_CHECKING:
    from sojourn.control.placement import Fleet
    from sojourn.control.placement.talk import Talk
    from sojourn.model.picture import LinkRow, TrafficRow

# About so many links are shown, and of each node at least the nearest ones.
LINKS, LEAST = 4000, 2
TRAFFIC = 2000
# Of a node with more links than that, they are chosen anew in every so many-th look.
TURNS = 12
# A link that is not shown any more.
GONE = -1.0


class Wires:
    """Links and traffic as they were at the last look."""

    def __init__(self) -> None:
        self.links: dict[tuple[str, str], LinkRow] = {}
        self.traffic: tuple[TrafficRow, ...] = ()
        self._nearest = Nearest()

    def look_at_links(self, fleet: Fleet) -> list[LinkRow]:
        """Links that have changed."""
        links = links_of(fleet, self._nearest)
        changed = [row for pair, row in links.items() if self.links.get(pair) != row]
        changed += [(*pair, GONE, 0.0) for pair in self.links.keys() - links.keys()]
        self.links = links
        return changed

    def drop_node(self, name: str) -> list[LinkRow]:
        """A node is gone, and its links."""
        gone = [pair for pair in self.links if name in pair]
        for pair in gone:
            del self.links[pair]
        return [(*pair, GONE, 0.0) for pair in gone]

    def look_at_traffic(self, talk: Talk) -> tuple[TrafficRow, ...] | None:
        """All traffic, where it has changed."""
        traffic = traffic_of(talk)
        if traffic == self.traffic:
            return None
        self.traffic = traffic
        return traffic


class Nearest:
    """Of nodes with many links, the nearest: chosen anew now and then, as who is near stays near."""

    def __init__(self) -> None:
        # By row: how many links there were, and the nearest of them.
        self._known: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._turn = 0

    def begin(self) -> None:
        """Another look."""
        self._turn += 1

    def of(self, row: int, links: dict[int, float], most: int) -> tuple[int, ...]:
        """Rows of a node's nearest."""
        count, peers = self._known.get(row, (0, ()))
        again = (row + self._turn) % TURNS == 0
        if again or count != len(links) or len(peers) != most or not all(peer in links for peer in peers):
            peers = tuple(peer for peer, _ in nsmallest(most, links.items(), key=itemgetter(1, 0)))
            self._known[row] = (len(links), peers)
        return peers


def links_of(fleet: Fleet, nearest: Nearest | None = None) -> dict[tuple[str, str], LinkRow]:
    """Links by the two names, in order: of each node the nearest that were measured.

    Args:
        fleet: Nodes and links.
        nearest: What is known of an earlier look.
    """
    rtts, rates = fleet.links.rtts, fleet.links.rates
    most = max(LEAST, LINKS // max(1, len(rtts)))
    found: dict[tuple[str, str], LinkRow] = {}
    names = {row: name for name, row in fleet.rows.items()}
    nearest = Nearest() if nearest is None else nearest
    nearest.begin()
    for row, of in rtts.items():
        for peer in of if len(of) <= most else nearest.of(row, of, most):
            if row in names and peer in names:
                first, second = sorted((names[row], names[peer]))
                rate = rates.get(row, {}).get(peer, 0.0)
                found[first, second] = (first, second, two_digits(of[peer]), two_digits(rate))
    return found


def traffic_of(talk: Talk) -> tuple[TrafficRow, ...]:
    """The strongest pairs, they first."""
    strongest = nlargest(TRAFFIC, talk.rates.items(), key=lambda item: (sum(item[1]), item[0]))
    return tuple(
        (source, target, two_digits(messages), two_digits(bytes_per_s))
        for (source, target), (messages, bytes_per_s) in strongest
    )
