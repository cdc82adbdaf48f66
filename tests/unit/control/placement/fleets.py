"""Fleets for tests."""

from __future__ import annotations

from typing import Any

from sojourn.control.placement import Fleet
from sojourn.model.fleet import LinkFacts, NodeFacts, NodeReport
from sojourn.model.record import NodeRecord

GIB = 2**30


def facts(name: str, **changed: Any) -> NodeFacts:  # noqa: ANN401 -- any fact
    """A node of 4 cores and 4 GiB."""
    usual = {"arch": "x86_64", "system": "linux", "cores": 4.0, "memory_bytes": 4 * GIB, "memory_free_bytes": 4 * GIB}
    return NodeFacts(name=name, **{**usual, **changed})


def fleet(*nodes: NodeFacts, objective: str | None = None) -> Fleet:
    """A fleet of these."""
    made = Fleet() if objective is None else Fleet(objective=objective)
    for each in nodes:
        made.update(NodeRecord(facts=each))
    return made


def link(of: Fleet, node: str, **rtt_ms: float) -> None:
    """Round trips that a node measured; `_` stands for `-` in names."""
    links = tuple(LinkFacts(peer=peer.replace("_", "-"), rtt_ms=rtt) for peer, rtt in rtt_ms.items())
    of.observe(NodeReport(at=0.0, facts=NodeFacts(name=node), links=links))
