"""Latency and bandwidth between nodes: both ends' ways to the network, and the distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.model.fleet import LinkFacts
from sojourn.sim import limit
from sojourn.sim.world.stream import stream

if TYPE_CHECKING:
    from sojourn.sim.scenario.schema import LinkTable
    from sojourn.sim.world.column import Floats, Integers
    from sojourn.sim.world.nodes import Nodes

# Within a node.
LOCAL_S = 2e-5
MS, KM = 1000.0, 1000.0


class Links:
    """The network: what is true of a pair, and what a node measures of its own."""

    def __init__(self, nodes: Nodes, table: LinkTable, seed: int) -> None:
        self.nodes = nodes
        self.per_m = table.per_km / KM
        self.jitter = table.jitter
        self.seed = seed
        self.rng = stream(seed, "jitter")
        self.peers: dict[int, Integers] = {}

    def latency(self, a: Integers | int, b: Integers | int) -> Floats:
        """One way in seconds, between rows of nodes."""
        n = self.nodes
        metres = np.hypot(n.x[a] - n.x[b], n.y[a] - n.y[b])
        found: Floats = np.where(np.equal(a, b), LOCAL_S, n.latency[a] + n.latency[b] + metres * self.per_m)
        return found

    def bandwidth(self, a: int, b: int) -> float:
        """Bytes a second between two nodes."""
        return float(min(self.nodes.bandwidth[a], self.nodes.bandwidth[b]))

    def peers_of(self, node: int) -> Integers:
        """Nodes that it measures: all of a small fleet; else half of them the nearest, half anywhere."""
        if node not in self.peers:
            self.peers[node] = self.chosen(node)
        return self.peers[node]

    def chosen(self, node: int) -> Integers:
        """Its peers, in order."""
        count = self.nodes.count
        others = np.delete(np.arange(count), node)
        if len(others) <= 4 * limit.MOST_PEERS:
            return others
        metres = np.hypot(self.nodes.x[others] - self.nodes.x[node], self.nodes.y[others] - self.nodes.y[node])
        near = others[np.argpartition(metres, limit.MOST_PEERS // 2)[: limit.MOST_PEERS // 2]]
        far = stream(self.seed, "peers", str(node)).choice(others, limit.MOST_PEERS // 2, replace=False)
        return np.unique(np.concatenate([near, far]))

    def measured(self, node: int) -> tuple[LinkFacts, ...]:
        """What it measures of its links now."""
        peers = self.peers_of(node)
        noise = np.maximum(0.1, 1.0 + self.jitter * self.rng.standard_normal(len(peers)))
        n = self.nodes
        rtt = 2 * MS * self.latency(peers, node) * noise
        rate = np.minimum(n.bandwidth[peers], n.bandwidth[node])
        seen = zip(peers.tolist(), rtt.tolist(), rate.tolist(), n.reachable[peers].tolist(), strict=True)
        return tuple(LinkFacts(peer=n.names[row], rtt_ms=ms, bytes_per_s=bps) for row, ms, bps, up in seen if up)
