"""How nodes did: the last ten minutes, and no more memory than that takes."""

import pytest

from sojourn.control.placement import Fleet
from sojourn.control.trail import EVERY_S, SAMPLES, Trail
from sojourn.model.fleet import Energy, LinkFacts, NodeFacts, NodeReport
from sojourn.model.record import NodeRecord, NodeState


def put(fleet: Fleet, name: str, load: float, **facts: object) -> None:
    made = NodeFacts(name=name, load=load, **facts)  # type: ignore[arg-type]
    fleet.update(NodeRecord(facts=made))


def test_facts_are_kept_in_order_and_the_oldest_go() -> None:
    fleet, trail = Fleet(), Trail()
    for number in range(SAMPLES + 30):
        put(fleet, "a", number / 2, memory_free_bytes=1 << 30, atoms=number)
        trail.sample(number * EVERY_S, fleet)
    at, facts = trail.of("a")
    assert at == [number * EVERY_S for number in range(30, SAMPLES + 30)]
    assert facts["load"] == [number / 2 for number in range(30, SAMPLES + 30)]
    assert facts["atoms"][-1] == SAMPLES + 29
    assert facts["memory_free_bytes"][0] == pytest.approx(1 << 30)
    assert facts["joules"] == facts["rtt_ms"] == [None] * SAMPLES


def test_a_node_begins_when_it_came_and_has_holes_while_it_was_away() -> None:
    fleet, trail = Fleet(), Trail()
    put(fleet, "a", 1.0)
    trail.sample(0.0, fleet)
    put(fleet, "b", 2.0, energy=Energy(joules=50.0, capacity_joules=100.0))
    fleet.observe(NodeReport(at=1.0, facts=NodeFacts(name="b"), links=(LinkFacts(peer="a", rtt_ms=3.0),)))
    trail.sample(5.0, fleet)
    fleet.update(NodeRecord(facts=NodeFacts(name="b", load=9.0), state=NodeState.LOST))
    trail.sample(10.0, fleet)
    put(fleet, "b", 4.0)
    trail.sample(15.0, fleet)
    at, facts = trail.of("b")
    assert at == [5.0, 10.0, 15.0]
    assert facts["load"] == [2.0, None, 4.0]
    assert facts["joules"] == [50.0, None, None]
    assert facts["rtt_ms"] == [3.0, None, 3.0]
    assert trail.of("nobody")[0] == []


def test_a_node_that_is_gone_leaves_nothing_to_the_next() -> None:
    fleet, trail = Fleet(), Trail()
    for number in range(5):
        put(fleet, f"n-{number}", 1.0)
        trail.sample(float(number), fleet)
        fleet.remove(f"n-{number}")
    trail.sample(5.0, fleet)
    put(fleet, "later", 7.0)
    trail.sample(6.0, fleet)
    assert trail.of("later") == ([6.0], {**{fact: [None] for fact in ("joules", "rtt_ms")}, **loads(7.0)})
    assert trail.of("n-4")[0] == []


def loads(load: float) -> dict[str, list[float | None]]:
    return {"load": [load], "memory_free_bytes": [0.0], "atoms": [0.0]}


def test_ten_thousand_nodes_take_less_than_40_megabytes() -> None:
    fleet, trail = Fleet(), Trail()
    for number in range(10_000):
        put(fleet, f"n-{number}", 1.0)
        if number % 500 == 499:
            trail.sample(float(number), fleet)
    assert 10_000 * 5 * SAMPLES * 4 <= trail.bytes < 40_000_000
