"""Bookkeeping: whatever happens in whatever order, columns are what a count from scratch gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.placement import BUILT_IN, Fleet, demand, explain, limit, place, replan
from sojourn.control.placement.links import Links
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.talk import Talk
from sojourn.model.fleet import AtomFacts, Energy, LinkFacts, NodeFacts, NodeReport, Position, Traffic
from sojourn.model.placement import Ask, Demand
from sojourn.model.record import AtomSpec, NodeRecord, Periodic
from tests.unit.control.placement.fleets import GIB, facts, fleet, link

NODES = ["a", "b", "c"]
ATOMS = [f"a/{number}" for number in range(6)]
PERIODIC = Periodic(period_ms=100, work_ms=5, deadline_ms=80)
STEPS = st.one_of(
    st.tuples(st.just("update"), st.sampled_from(NODES), st.sampled_from([0.5, 1.0, 2.0])),
    st.tuples(st.just("remove"), st.sampled_from(NODES)),
    st.tuples(st.just("place"), st.sampled_from(ATOMS), st.sampled_from(NODES), st.booleans(), st.booleans()),
    st.tuples(st.just("take"), st.sampled_from(ATOMS)),
    st.tuples(st.just("report"), st.sampled_from(NODES), st.lists(st.sampled_from(ATOMS), max_size=3)),
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_usage_is_the_sum_of_what_is_placed(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    made = Fleet()
    nodes: dict[str, float] = {}
    atoms: dict[str, tuple[str, Demand, bool, float]] = {}
    for name, *rest in steps:
        if name == "update":
            nodes[rest[0]] = rest[1]
            made.update(NodeRecord(facts=facts(rest[0], speed=rest[1])))
        elif name == "remove":
            nodes.pop(rest[0], None)
            made.remove(rest[0])
            atoms = {atom: at for atom, at in atoms.items() if at[0] != rest[0]}
        elif name == "place":
            atom, node, there, periodic = rest
            demand = Demand(memory_bytes=100, cores=0.25, busy=0.5, periodic=PERIODIC if periodic else None)
            made.place(atom, demand, node, there=there, module="m1" if periodic else "m2")
            atoms.pop(atom, None)
            if node in nodes:
                atoms[atom] = (node, demand, there, nodes[node])
        elif name == "take":
            made.take_away(rest[0])
            atoms.pop(rest[0], None)
        else:
            running = tuple(AtomFacts(atom=atom, epoch=1, queue=2) for atom in rest[1])
            made.observe(NodeReport(at=0.0, facts=NodeFacts(name=rest[0]), atoms=running))
            for atom in rest[1]:
                if atom in atoms and atoms[atom][0] == rest[0]:
                    atoms[atom] = (*atoms[atom][:2], True, atoms[atom][3])
    assert set(made.rows) == set(nodes)
    for node, row in made.rows.items():
        here = [at for at in atoms.values() if at[0] == node]
        usage = made.usage
        assert usage.atoms[row] == len(here)
        assert usage.memory[row] == 100 * len(here)
        assert np.isclose(usage.cores[row], sum(0.25 / speed for *_, speed in here))
        assert np.isclose(usage.busy[row], sum(0.5 / speed for *_, speed in here))
        assert usage.coming_atoms[row] == sum(not there for _, _, there, _ in here)
        assert usage.coming_memory[row] == 100 * usage.coming_atoms[row]
        periodic = sum(demand.periodic is not None for _, demand, _, _ in here)
        assert (usage.most_atoms[row] < np.inf) == (periodic > 0)
        assert len(made.modules.get(row, ())) == len({demand.periodic is None for _, demand, _, _ in here})


def test_the_order_in_which_nodes_came_says_nothing() -> None:
    for order in (NODES, NODES[::-1]):
        assert place(fleet(*map(facts, order)), Ask(atom="a/x"), 0.0).node == "a"


def test_rows_are_used_again() -> None:
    made = fleet(*(facts(f"n{number}") for number in range(40)))
    for number in range(40):
        made.remove(f"n{number}")
        made.update(NodeRecord(facts=facts(f"m{number}", tags=("new",))))
    assert made.size == 64
    told = explain(made, Ask(atom="a/x", spec=AtomSpec(tags=("new",))), 0.0)
    assert sorted(each.node for each in told.nodes) == sorted(f"m{number}" for number in range(40))
    assert all(each.rank for each in told.nodes)


def test_a_copy_is_its_own() -> None:
    made = fleet(facts("a"), facts("b"))
    made.place("a/x", Demand(memory_bytes=GIB), "a")
    other = made.copy()
    other.place("a/x", Demand(memory_bytes=GIB), "b")
    other.remove("a")
    link(other, "b", a=5)
    other.update(NodeRecord(facts=facts("c", tags=("t",))))
    assert (list(made.rows), made.usage.memory[made.rows["a"]]) == (["a", "b"], GIB)
    assert place(made, Ask(atom="a/y", spec=AtomSpec(tags=("t",))), 0.0).node is None


def test_where_somebody_is() -> None:
    made = fleet(facts("a"), facts("b"))
    made.place("a/x", Demand(), "b")
    assert made.where("b") == made.where("a/x") == made.rows["b"]
    assert made.where("a/box-1") == made.rows["a"]
    assert made.where("z/box-1") is None


def test_clients_are_where_messages_come_from() -> None:
    made = fleet(facts("a"), facts("b"), facts("c"))
    talk = [("b/box-1", 30.0), ("c/box-2", 10.0), ("z/box-3", 99.0)]
    traffic = tuple(Traffic(source=who, target="a/x", messages_per_s=0.0, bytes_per_s=rate) for who, rate in talk)
    made.observe(NodeReport(at=0.0, facts=NodeFacts(name="a"), traffic=traffic))
    assert nodes_for(made, Ask(atom="a/x"), 0.0).clients == ((made.rows["b"], 0.75), (made.rows["c"], 0.25))
    made.observe(NodeReport(at=60.0, facts=NodeFacts(name="a"), traffic=traffic[1:]))
    assert len(nodes_for(made, Ask(atom="a/x"), 0.0).clients) == 2, "it may only not be among the strongest"
    made.observe(NodeReport(at=130.0, facts=NodeFacts(name="a")))
    assert nodes_for(made, Ask(atom="a/x"), 0.0).clients == ((made.rows["c"], 1.0),)
    made.remove("a")
    assert not any((made.talk.to, made.talk.by, made.talk.told, made.talk.teller))


def test_who_told_last_of_a_pair_says_when_it_is_over() -> None:
    talk, pair = Talk(), Traffic(source="s", target="t", messages_per_s=1.0, bytes_per_s=0.0)
    talk.report("a", 0.0, (pair,))
    talk.report("b", 5.0, (pair,))
    talk.forget("a")
    assert talk.senders("t") == {"s": 1.0}
    talk.report("b", 6.0, (Traffic(source="s", target="t", messages_per_s=0.0, bytes_per_s=0.0),))
    assert not any((talk.to, talk.by, talk.told, talk.teller))


def test_queues_are_of_atoms_that_changed() -> None:
    made = fleet(facts("a"))
    row = made.rows["a"]

    def tell(*queues: int, whole: bool = False, gone: tuple[str, ...] = ()) -> float:
        atoms = tuple(AtomFacts(atom=f"a/{number}", epoch=1, queue=queue) for number, queue in enumerate(queues))
        made.observe(NodeReport(at=0.0, facts=NodeFacts(name="a"), atoms=atoms, whole=whole, gone=gone))
        return float(made.numbers["queue"][row])

    assert tell(3, 4, 5) == 12
    assert tell(1) == 10
    assert tell(gone=("a/2", "a/9")) == 5
    assert tell(0) == 4
    assert tell(7, whole=True) == 7


def test_of_too_many_who_send_the_strongest_are_kept() -> None:
    talk = Talk()
    rates = [float(number) for number in range(1, 100)]
    talk.report("a", 0.0, (Traffic(source=f"s{r}", target="t", messages_per_s=0.0, bytes_per_s=r) for r in rates))
    assert sorted(talk.senders("t").values()) == rates[-limit.TRAFFIC :]
    talk.forget("a")
    assert not any((talk.to, talk.by, talk.told, talk.teller))


WILD = st.floats() | st.sampled_from([-1.0, 0.0, 1e300, 1e18])


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(WILD, min_size=12, max_size=12), WILD, st.sampled_from(sorted(BUILT_IN)))
def test_whatever_a_node_tells_nothing_breaks(told: list[float], cores: float, policy: str) -> None:
    made = fleet(facts("good"))
    size = int(told[6]) if abs(told[6]) < 1e30 else -1
    wild = NodeFacts(
        name="wild",
        cores=told[0],
        speed=told[1],
        load=told[2],
        euro_per_hour=told[3],
        uptime_s=told[4],
        memory_bytes=size,
        memory_free_bytes=size,
        energy=Energy(joules=told[7], capacity_joules=told[8], harvest_watts=told[9], core_watts=told[5]),
        position=Position(told[10], told[11]),
    )
    made.update(NodeRecord(facts=wild))
    links = (LinkFacts(peer="wild", rtt_ms=told[0], bytes_per_s=told[1]),)
    traffic = (Traffic(source="wild", target="good/x", messages_per_s=0.0, bytes_per_s=told[2]),)
    made.observe(NodeReport(at=0.0, facts=NodeFacts(name="good"), links=links, traffic=traffic))
    spec = AtomSpec(policy=policy, periodic=PERIODIC)
    ask = Ask(atom="good/x", spec=spec, node="wild", cores=cores, memory_bytes=size)
    made.place("good/x", demand(made, ask), "wild")
    for choice in (place(made, ask, 0.0), *replan(made, [ask, ask], 0.0)):
        assert choice.node is None or (choice.score is not None and np.isfinite(choice.score))
    made.take_away("good/x")
    assert place(made, Ask(atom="good/y", spec=spec), 0.0).node is not None


def test_what_one_end_measured_holds_for_both() -> None:
    made = fleet(facts("a"), facts("b"), facts("c"))
    link(made, "a", b=10)
    links, (a, b, c) = made.links, (made.rows[name] for name in "abc")
    assert links.latency_ms(a)[b] == links.latency_ms(b)[a] == 5
    assert links.latency_ms(a)[a] == 0
    assert links.latency_ms(a)[c] == 100
    assert [links.told(a, each) for each in (a, b, c)] == ["the same node", "measured", "assumed"]


def test_links_that_cannot_be_are_not_taken() -> None:
    made = fleet(facts("a"), facts("b"))
    for rtt in (float("nan"), float("inf"), -1.0):
        made.observe(
            NodeReport(at=0.0, facts=NodeFacts(name="a"), links=(LinkFacts(peer="b", rtt_ms=rtt, bytes_per_s=rtt),))
        )
    assert made.links.rtts == made.links.rates == {}


def test_pairs_and_tables_are_the_same_latencies() -> None:
    chance = np.random.default_rng(1)
    links = Links(20)
    for _ in range(60):
        one, other = chance.integers(0, 20, 2).tolist()
        fact = LinkFacts(peer="", rtt_ms=float(chance.uniform(1, 50)))
        links.measured(one, other, fact, (str(one), str(other)))
    rows, every = np.arange(20), np.arange(20)
    wanted = np.array([links.latency_ms(row) for row in range(20)])
    assert np.allclose(links.between(rows[:, None], every), wanted)
    assert np.allclose(links.table(rows[:, None], every), wanted, atol=1e-4)
