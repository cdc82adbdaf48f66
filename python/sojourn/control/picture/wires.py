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
# A link that is not shown any more.
GONE = -1.0


class Wires:
    """Links and traffic as they were at the last look."""

    def __init__(self) -> None:
        self.links: dict[tuple[str, str], LinkRow] = {}
        self.traffic: tuple[TrafficRow, ...] = ()

    def look_at_links(self, fleet: Fleet) -> list[LinkRow]:
        """Links that have changed."""
        links = links_of(fleet)
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


def links_of(fleet: Fleet) -> dict[tuple[str, str], LinkRow]:
    """Links by the two names, in order: of each node the nearest that were measured."""
    rtts, rates = fleet.links.rtts, fleet.links.rates
    most = max(LEAST, LINKS // max(1, len(rtts)))
    found: dict[tuple[str, str], LinkRow] = {}
    names = {row: name for name, row in fleet.rows.items()}
    for row, of in rtts.items():
        nearest = of.items() if len(of) <= most else nsmallest(most, of.items(), key=itemgetter(1, 0))
        for peer, rtt in nearest:
            if row in names and peer in names:
                first, second = sorted((names[row], names[peer]))
                rate = rates.get(row, {}).get(peer, 0.0)
                found[first, second] = (first, second, two_digits(rtt), two_digits(rate))
    return found


def traffic_of(talk: Talk) -> tuple[TrafficRow, ...]:
    """The strongest pairs, they first."""
    strongest = nlargest(TRAFFIC, talk.rates.items(), key=lambda item: (sum(item[1]), item[0]))
    return tuple(
        (source, target, two_digits(messages), two_digits(bytes_per_s))
        for (source, target), (messages, bytes_per_s) in strongest
    )
