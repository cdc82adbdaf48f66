import numpy as np
import pytest

from sojourn.control.placement import BUILT_IN, Fleet, Nodes, demand, place, validate
from sojourn.control.placement.harness import PolicyFailed, check
from sojourn.control.placement.policy import admm, admm_distributed
from sojourn.model.errors import ConfigError, ExpressionError
from sojourn.model.fleet import Energy, NodeFacts, NodeReport, Position, Traffic
from sojourn.model.placement import Ask, Demand
from sojourn.model.record import AtomSpec, Periodic
from tests.unit.control.placement.fleets import GIB, facts, fleet, link


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_every_policy_keeps(name: str) -> None:
    check(BUILT_IN[name], seed=100, cases=12)


def chosen(of: Fleet, policy: str, **more: object) -> str | None:
    """Where an atom goes by a policy."""
    spec = AtomSpec(policy=policy, memory_bytes=64 * 2**20, cores=0.5)
    return place(of, Ask(atom="a/x", spec=spec, **more), 0.0).node  # type: ignore[arg-type]


def test_spread_takes_the_emptiest_and_pack_the_fullest() -> None:
    three = fleet(facts("a"), facts("b"), facts("c"))
    three.place("a/1", Demand(memory_bytes=GIB, busy=1.0), "a")
    three.place("a/2", Demand(memory_bytes=GIB // 2, busy=0.5), "b")
    assert chosen(three, "spread") == "c"
    assert chosen(three, "pack") == "a"
    three.place("a/3", Demand(busy=2.8), "a")
    assert chosen(three, "pack") == "b"


def test_nearest_looks_at_latency_alone() -> None:
    two = fleet(facts("a"), facts("b", load=4.0))
    link(two, "a", b=10)
    assert chosen(two, "nearest", clients=(("b", 1.0),)) == "b"


def test_co_locate_goes_where_most_bytes_come_from() -> None:
    three = fleet(facts("a"), facts("b"), facts("c"))
    link(three, "a", b=10, c=10)
    link(three, "b", c=10)
    for node in "bc":
        three.place(f"{node}/y", Demand(), node)
    talk = [("b/y", "a/x", 100.0), ("a/x", "c/y", 300.0)]
    traffic = tuple(Traffic(source=s, target=t, messages_per_s=1.0, bytes_per_s=rate) for s, t, rate in talk)
    three.observe(NodeReport(at=0.0, facts=NodeFacts(name="a"), traffic=traffic))
    assert chosen(three, "co_locate") == "c"


def test_round_robin_takes_turns() -> None:
    three = fleet(facts("b"), facts("a"), facts("c", max_atoms=1))
    places = []
    for number in range(6):
        ask = Ask(atom=f"a/{number}", spec=AtomSpec(policy="round_robin"))
        choice = place(three, ask, 0.0)
        assert choice.node is not None
        three.place(ask.atom, demand(three, ask), choice.node)
        places.append(choice.node)
    assert places[:3] == ["a", "b", "c"]
    assert places.count("c") == 1
    stays = Ask(atom="a/1", node="b", spec=AtomSpec(policy="round_robin"))
    assert place(three, stays, 0.0).node == "b"


def test_least_modules_counts_atoms() -> None:
    two = fleet(facts("a", atoms=2), facts("b", atoms=1, load=4.0))
    assert chosen(two, "least_modules") == "b"


def test_deadline_leaves_the_most_time_and_keeps_out_of_the_way() -> None:
    two = fleet(facts("a", cores=2.0), facts("b", cores=8.0))
    periodic = AtomSpec(policy="deadline", periodic=Periodic(period_ms=200, work_ms=10, deadline_ms=100))
    ask = Ask(atom="a/x", spec=periodic)
    assert place(two, ask, 0.0).node == "b"
    two.place("a/x", demand(two, ask), "b")
    assert chosen(two, "deadline") == "a"


def test_energy_goes_where_energy_is() -> None:
    low = Energy(joules=1000, capacity_joules=10_000, idle_watts=2, core_watts=2)
    full = Energy(joules=9000, capacity_joules=10_000, idle_watts=2, core_watts=2)
    sunny = Energy(joules=1000, capacity_joules=10_000, idle_watts=2, core_watts=2, harvest_watts=5)
    assert chosen(fleet(facts("a", energy=low), facts("b", energy=full)), "energy") == "b"
    assert chosen(fleet(facts("a", energy=low), facts("b", energy=sunny)), "energy") == "b"
    assert chosen(fleet(facts("a"), facts("b", energy=full)), "energy") == "a"
    assert chosen(fleet(facts("a", energy=full, low_energy=True), facts("b", energy=low)), "energy", node="a") == "b"


def test_admm_picks_the_cheapest_when_it_converges() -> None:
    chance = np.random.default_rng(3)
    converged = 0
    for _ in range(200):
        costs = chance.uniform(0, 90, 3)
        central, spread = admm.consensus(costs), admm_distributed.consensus(costs)
        assert central[:3] == spread[:3]
        assert central.messages == 6 * central.rounds == spread.messages
        converged += central.converged
        if central.converged:
            assert central.winner == costs.argmin()
    assert 100 < converged < 200


@pytest.mark.parametrize("name", ["admm", "admm_distributed"])
def test_admm_decides_on_the_objective(name: str) -> None:
    two = fleet(facts("a", position=Position(0, 0)), facts("b", position=Position(500, 0)))
    spec = AtomSpec(policy=name, objective="distance_m(client)")
    assert place(two, Ask(atom="a/x", spec=spec, clients=(("b", 1.0),)), 0.0).node == "b"


class Wrong:
    """A policy that thinks of the time of day, as it were."""

    name = "wrong"

    def __init__(self) -> None:
        self.asked = 0

    def terms(self, nodes: Nodes) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
        self.asked += 1
        return {"mood": nodes.number("load") + self.asked}


def test_the_harness_finds_a_policy_that_is_not_pure() -> None:
    with pytest.raises(PolicyFailed, match="policy 'wrong', seed 7: the same nodes have other costs"):
        check(Wrong(), seed=7)


def test_what_cannot_be_understood_is_said_beforehand() -> None:
    one = fleet(facts("a"))
    with pytest.raises(ConfigError, match="there is no placement policy 'best'"):
        validate(one, AtomSpec(policy="best"))
    with pytest.raises(ExpressionError, match="no fact"):
        validate(one, AtomSpec(objective="speeed"))
    with pytest.raises(ExpressionError, match="a requirement is a condition"):
        validate(one, AtomSpec(require="speed"))
    with pytest.raises(ConfigError, match="memory_bytes is -1"):
        validate(one, AtomSpec(memory_bytes=-1))
    with pytest.raises(ConfigError, match="30 ms of work every 20 ms"):
        validate(one, AtomSpec(periodic=Periodic(period_ms=20, work_ms=30, deadline_ms=40)))
    validate(one, AtomSpec())
