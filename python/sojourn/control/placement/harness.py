"""What every placement policy must keep, as checks for its tests; a user's own is tested by them, too.

    from sojourn.control.placement.harness import check

    def test_my_policy():
        check(MyPolicy(), seed=1)

`check` makes small fleets and asks from the seed and asserts that: costs have the shape of the nodes; filters are never
broken and capacity is never exceeded, whatever the policy thinks; the same input has the same plan; a plan of many is
one that `place` would have allowed; the order in which nodes came says nothing; who is placed again stays.
"""

from __future__ import annotations

import numpy as np

from sojourn.control.placement.explain import explain
from sojourn.control.placement.filter import passing
from sojourn.control.placement.fleet import Fleet
from sojourn.control.placement.interface import Chooser, Policy
from sojourn.control.placement.nodes import demand
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.place import place
from sojourn.control.placement.replan import replan
from sojourn.model.fleet import Energy, LinkFacts, NodeFacts, NodeReport, Position, Traffic
from sojourn.model.placement import Ask, Choice
from sojourn.model.record import AtomSpec, NodeRecord, NodeState, Periodic

MIB = 2**20
SLACK = 1e-6


class PolicyFailed(AssertionError):
    """A policy does not keep what every policy must; the text says what, and of which case."""


def check(policy: Policy, *, seed: int = 0, cases: int = 20) -> None:
    """Checks a policy on random fleets.

    Args:
        policy: It.
        seed: Of the first case; the next have the next. The same seed makes the same cases.
        cases: How many.

    Errors:
        PolicyFailed: what it does not keep, and the seed of that case.
    """
    for number in range(seed, seed + cases):
        case = Case(policy, number)
        case.check_costs()
        case.check_one()
        case.check_many()


class Case:
    """A small random fleet, and asks for it."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.policy, self.seed = policy, seed
        chance = np.random.default_rng(seed)
        self.records = [record(chance, number) for number in range(int(chance.integers(1, 8)))]
        self.reports = [report(chance, each.facts, self.records) for each in self.records]
        self.fleet = self.made(self.records)
        self.asks = [ask(chance, number, policy.name, self.records) for number in range(int(chance.integers(1, 16)))]

    def made(self, records: list[NodeRecord]) -> Fleet:
        """The fleet, with nodes in this order."""
        fleet = Fleet(policies={self.policy.name: self.policy})
        for each in records:
            fleet.update(each)
        for seen in self.reports:
            fleet.observe(seen)
        return fleet

    def expect(self, holds: bool, what: str) -> None:  # noqa: FBT001 -- what is asserted
        """Fails with the seed."""
        if not holds:
            raise PolicyFailed(f"policy {self.policy.name!r}, seed {self.seed}: {what}")

    def check_costs(self) -> None:
        """Terms are numbers for each node."""
        nodes = nodes_for(self.fleet, self.asks[0], 0.0)
        terms = self.policy.terms(nodes)
        self.expect(len(terms) > 0, "no terms")
        for text, value in terms.items():
            shape = np.shape(value)
            self.expect(np.broadcast_shapes(shape, nodes.rows.shape) == nodes.rows.shape, f"{text} has shape {shape}")
        again = self.policy.terms(nodes)
        same = all(np.array_equal(terms[text], again[text], equal_nan=True) for text in terms)
        self.expect(same, "the same nodes have other costs the second time")

    def check_one(self) -> None:
        """One atom after the other, each placed before the next."""
        other = self.made(self.records[::-1])
        for each in self.asks:
            choice = place(self.fleet, each, 0.0)
            self.expect(choice == place(self.fleet, each, 0.0), f"{each.atom} is elsewhere the second time")
            told = explain(self.fleet, each, 0.0)
            self.expect(told.choice == choice, f"{each.atom}: explain tells another choice")
            if not isinstance(self.policy, Chooser) and choice.node is not None:
                self.expect(told.nodes[0].score == choice.score, f"{each.atom} is not at the cheapest node")
            turned = place(other, each, 0.0)
            self.expect(turned.node == choice.node, f"{each.atom}: the order in which nodes came counts")
            self.check_choice(each, choice)
            for fleet in (self.fleet, other):
                if choice.node is not None:
                    fleet.place(each.atom, demand(fleet, each), choice.node)
            self.check_capacity(self.fleet)

    def check_choice(self, each: Ask, choice: Choice) -> None:
        """A node that the filters let through, or none where they let none."""
        nodes = nodes_for(self.fleet, each, 0.0)
        allowed = set(self.fleet.names(nodes.rows[passing(nodes)].tolist()))
        if choice.node is not None:
            self.expect(choice.node in allowed, f"{each.atom} is at {choice.node}, which a filter refuses")
        self.expect(bool(choice.reason), f"{each.atom}: no reason is told")

    def check_many(self) -> None:
        """All at once, on the fleet as it was."""
        fleet = self.made(self.records)
        choices = replan(fleet, self.asks, 0.0)
        self.expect(choices == replan(fleet, self.asks, 0.0), "another plan the second time")
        self.expect([each.atom for each in choices] == [each.atom for each in self.asks], "answers out of order")
        for each, choice in zip(self.asks, choices, strict=True):
            if choice.node is not None:
                nodes = nodes_for(fleet, each, 0.0)
                allowed = set(fleet.names(nodes.rows[passing(nodes)].tolist()))
                self.expect(choice.node in allowed, f"{each.atom} is planned at {choice.node}, which a filter refuses")
                fleet.place(each.atom, demand(fleet, each), choice.node)
        self.check_capacity(fleet)

    def check_capacity(self, fleet: Fleet) -> None:
        """No node has more than it can."""
        numbers, usage = fleet.numbers, fleet.usage
        for name, row in fleet.rows.items():
            free = min(numbers["memory_free"][row], numbers["memory"][row])
            self.expect(usage.memory[row] <= free + SLACK, f"{name} has more memory taken than free")
            self.expect(usage.cores[row] <= numbers["cores"][row] + SLACK, f"{name} keeps more cores than it has")
            self.expect(usage.atoms[row] <= numbers["max_atoms"][row], f"{name} has too many atoms")


def record(chance: np.random.Generator, number: int) -> NodeRecord:
    """A random node."""
    memory = int(chance.integers(64, 2048)) * MIB
    limited = bool(chance.random() < 0.5)  # noqa: PLR2004 -- half of them
    energy = Energy(
        joules=float(chance.uniform(0, 5e4)),
        capacity_joules=5e4,
        harvest_watts=float(chance.uniform(0, 10)),
        idle_watts=3.0,
        core_watts=2.0,
    )
    facts = NodeFacts(
        name=f"node-{number}",
        arch=str(chance.choice(["x86_64", "aarch64"])),
        tags=("gpu",) if chance.random() < 0.5 else (),  # noqa: PLR2004
        cores=float(chance.integers(1, 9)),
        speed=float(chance.uniform(0.25, 2.0)),
        load=float(chance.uniform(0, 4)),
        memory_bytes=memory,
        memory_free_bytes=int(chance.integers(0, memory + 1)),
        max_atoms=int(chance.integers(1, 12)),
        euro_per_hour=float(chance.uniform(0, 1)),
        energy=energy if limited else None,
        low_energy=limited and bool(chance.random() < 0.2),  # noqa: PLR2004
        position=Position(float(chance.uniform(0, 1e4)), float(chance.uniform(0, 1e4))),
    )
    state = NodeState.LOST if chance.random() < 0.1 else NodeState.UP  # noqa: PLR2004
    return NodeRecord(facts=facts, state=state, cordoned=bool(chance.random() < 0.1))  # noqa: PLR2004


def report(chance: np.random.Generator, facts: NodeFacts, records: list[NodeRecord]) -> NodeReport:
    """What a random node measured."""
    links = tuple(
        LinkFacts(peer=each.facts.name, rtt_ms=float(chance.uniform(0.1, 100)))
        for each in records
        if each.facts.name != facts.name and chance.random() < 0.5  # noqa: PLR2004
    )
    talk = Traffic(
        source=f"{facts.name}/client",
        target=f"node-0/atom-{int(chance.integers(16))}",
        messages_per_s=1.0,
        bytes_per_s=float(chance.uniform(0, 1e5)),
    )
    return NodeReport(at=0.0, facts=facts, links=links, traffic=(talk,))


def ask(chance: np.random.Generator, number: int, policy: str, records: list[NodeRecord]) -> Ask:
    """A random atom that wants a place."""
    periodic = Periodic(period_ms=200, work_ms=float(chance.uniform(1, 20)), deadline_ms=200)
    spec = AtomSpec(
        policy=policy,
        tags=("gpu",) if chance.random() < 0.2 else (),  # noqa: PLR2004
        require='arch == "x86_64"' if chance.random() < 0.2 else "",  # noqa: PLR2004
        memory_bytes=int(chance.integers(0, 512)) * MIB,
        cores=float(chance.choice([0.0, 0.1, 1.0])),
        work_s=float(chance.choice([0.0, 0.5, 5.0])),
        periodic=periodic if chance.random() < 0.2 else None,  # noqa: PLR2004
    )
    client = records[int(chance.integers(len(records)))].facts.name
    return Ask(atom=f"node-0/atom-{number}", spec=spec, clients=((client, 1.0),))
