"""A large realm for measurements: nodes on a plane, few of their links measured, and atoms with a client each."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from sojourn.control.placement import Fleet, demand, replan
from sojourn.model.fleet import LinkFacts, NodeFacts, NodeReport
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec, NodeRecord, NodeState

MIB, GIB = 2**20, 2**30
SIDE, LINKS = 5000, 6
OBJECTIVES = ("", "latency_ms(client) + 0.05 * finish_ms + 20 * euro_per_hour")


class Realm(NamedTuple):
    """A fleet, the atoms in it, and who has been lost of it."""

    fleet: Fleet
    asks: list[Ask]
    lost: set[str]


def facts(chance: np.random.Generator, number: int) -> NodeFacts:
    """One node."""
    return NodeFacts(
        name=f"node-{number:05d}",
        arch="x86_64" if number % 4 else "aarch64",
        tags=("gpu",) if number % 10 == 0 else (),
        cores=float(chance.choice([2, 4, 8, 16])),
        speed=float(chance.uniform(0.5, 1.5)),
        memory_bytes=16 * GIB,
        memory_free_bytes=16 * GIB,
        euro_per_hour=float(chance.uniform(0.01, 0.2)),
    )


def fleet_of(count: int, seed: int) -> Fleet:
    """Nodes, each with some links that it has measured."""
    chance = np.random.default_rng(seed)
    places = chance.uniform(0, SIDE, (count, 2))
    fleet, known = Fleet(), [facts(chance, number) for number in range(count)]
    for each in known:
        fleet.update(NodeRecord(facts=each))
    for number, each in enumerate(known):
        peers = [int(peer) for peer in chance.integers(0, count, LINKS) if peer != number]
        away = [float(np.hypot(*(places[number] - places[peer]))) / 100 + 1 for peer in peers]
        links = tuple(LinkFacts(peer=known[peer].name, rtt_ms=rtt) for peer, rtt in zip(peers, away, strict=True))
        fleet.observe(NodeReport(at=0.0, facts=each, links=links))
    return fleet


def asks_of(fleet: Fleet, count: int, seed: int) -> list[Ask]:
    """Atoms of various needs, each with one client anywhere."""
    chance = np.random.default_rng(seed)
    names = sorted(fleet.rows)
    specs = [
        AtomSpec(objective=objective, memory_bytes=memory * MIB, cores=cores, work_s=work)
        for objective in OBJECTIVES
        for memory in (64, 128, 512)
        for cores in (0.05, 0.1)
        for work in (0, 1)
    ]
    clients, kinds = chance.integers(0, len(names), count), chance.integers(0, len(specs), count)
    return [
        Ask(atom=f"x/{number}", spec=specs[kind], clients=((names[client], 1.0),))
        for number, (client, kind) in enumerate(zip(clients.tolist(), kinds.tolist(), strict=True))
    ]


def after_a_loss(nodes: int, atoms: int, share: float, seed: int) -> Realm:
    """All atoms placed well, and then a share of the nodes lost."""
    fleet = fleet_of(nodes, seed)
    asks = asks_of(fleet, atoms, seed + 1)
    placed = []
    for ask, choice in zip(asks, replan(fleet, asks, 0.0), strict=True):
        assert choice.node is not None, choice.reason
        fleet.place(ask.atom, demand(fleet, ask), choice.node)
        placed.append(msgspec.structs.replace(ask, node=choice.node))
    chance = np.random.default_rng(seed + 2)
    lost = set(chance.choice(sorted(fleet.rows), int(nodes * share), replace=False).tolist())
    for name in sorted(lost):
        fleet.update(NodeRecord(facts=NodeFacts(name=name), state=NodeState.LOST))
    return Realm(fleet, placed, lost)
