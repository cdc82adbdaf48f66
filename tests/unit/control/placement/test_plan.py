"""Dry runs, and what moves are predicted to cost."""

import pytest

from sojourn.control.placement import Fleet, demand, plan, replan
from sojourn.control.placement.predict import DOWNTIME_MS, FIXED_MS, History, worth
from sojourn.model.errors import ConfigError
from sojourn.model.fleet import LinkFacts, NodeFacts, NodeReport
from sojourn.model.placement import Ask, AtomAdded, Choice, NodeAdded, NodeDrained, NodeLost, Respecified
from sojourn.model.record import AtomSpec, MoveRecord, MoveState, NodeRecord
from tests.unit.control.placement.fleets import GIB, facts, fleet, link

NEAR = AtomSpec(objective="latency_ms(client)", memory_bytes=GIB)


def realm() -> tuple[Fleet, list[Ask]]:
    """Two nodes with an atom each, where its client is."""
    made = fleet(facts("a"), facts("b"))
    link(made, "a", b=20)
    asks = [Ask(atom=f"{node}/x", spec=NEAR, node=node, clients=((node, 1.0),)) for node in "ab"]
    for ask in asks:
        made.place(ask.atom, demand(made, ask), ask.node)
    assert [each.node for each in replan(made, asks, 0.0)] == ["a", "b"]
    return made, asks


def move(source: str, target: str, total_ms: float, size: int, downtime_ms: float = 8.0) -> MoveRecord:
    """One that was made."""
    return MoveRecord(
        number=1,
        atom="a/x",
        source=source,
        target=target,
        cause="asked",
        state=MoveState.DONE,
        total_ms=total_ms,
        downtime_ms=downtime_ms,
        bytes=size,
    )


@pytest.mark.parametrize(("change", "source"), [(NodeLost("a"), ""), (NodeDrained("a"), "a")])
def test_who_is_at_a_node_that_goes_would_go(change: NodeLost | NodeDrained, source: str) -> None:
    made, asks = realm()
    found = plan(made, asks, change)
    assert [(each.atom, each.source, each.target) for each in found.moves] == [("a/x", source, "b")]
    assert found.stays == 1
    assert found.unplaced == ()
    assert made.flags["up"].sum() == 2
    assert not made.flags["draining"].any()


def test_who_could_be_nowhere_is_told() -> None:
    made, asks = realm()
    made.update(NodeRecord(facts=facts("b", memory_free_bytes=0)))
    found = plan(made, asks, NodeLost("a"))
    assert [each.atom for each in found.unplaced] == ["a/x"]
    assert found.change == "a is lost"


def test_a_node_more() -> None:
    made, asks = realm()
    asks[0] = Ask(atom="a/x", spec=AtomSpec(objective="load"), node="a")
    made.update(NodeRecord(facts=facts("a", load=3.0)))
    made.update(NodeRecord(facts=facts("b", load=3.0)))
    found = plan(made, asks, NodeAdded(NodeRecord(facts=facts("c"))))
    assert [(each.atom, each.target, each.gain) for each in found.moves] == [("a/x", "c", 3.0)]
    assert found.gain == {"": 3.0}
    assert "c" not in made.rows


def test_another_wish_and_another_atom() -> None:
    made, asks = realm()
    changed = AtomSpec(objective="latency_ms(b)")
    found = plan(made, asks, Respecified("a/x", changed))
    assert [(each.atom, each.target, each.gain, each.measure) for each in found.moves] == [("a/x", "b", 10.0, "ms")]
    found = plan(made, asks, AtomAdded(Ask(atom="a/new", spec=NEAR, clients=(("b", 1.0),))))
    assert [(each.atom, each.source, each.target) for each in found.moves] == [("a/new", "", "b")]


def test_what_there_is_not_cannot_change() -> None:
    made, asks = realm()
    for change in (NodeLost("z"), NodeDrained("z"), Respecified("a/z", NEAR)):
        with pytest.raises(ConfigError, match="there is no"):
            plan(made, asks, change)


def test_what_moves_cost_is_learnt() -> None:
    made, past = realm()[0], History()
    rate = LinkFacts(peer="b", rtt_ms=20.0, bytes_per_s=10e6)
    made.observe(NodeReport(at=0.0, facts=NodeFacts(name="a"), links=(rate,)))
    first = past.cost(made, "a", "b", 1e6)
    assert (first.total_ms, first.downtime_ms, first.told) == (FIXED_MS + 100, DOWNTIME_MS, "no move yet")
    for total in (130.0, 120.0, 5000.0):
        past.record(move("a", "b", total, 10**6))
    learnt = past.cost(made, "a", "b", 2e6)
    assert (learnt.total_ms, learnt.downtime_ms) == (30 + 200, 8.0)
    assert learnt.told == "3 moves from a to b"
    assert past.cost(made, "b", "a", 2e6).told == "3 moves between any nodes"


def test_what_failed_or_was_restored_tells_nothing() -> None:
    past = History()
    past.record(move("", "b", 100.0, 10))
    past.record(MoveRecord(number=1, atom="x", source="a", target="b", cause="", state=MoveState.FAILED, total_ms=9.0))
    assert past.downtime_ms() == DOWNTIME_MS
    past.record(move("a", "b", 100.0, 10, downtime_ms=33.0))
    assert past.downtime_ms() == 33.0


def test_the_past_is_bounded() -> None:
    past = History()
    for number in range(2000):
        past.record(move(f"n{number}", "b", 100.0, 10))
    assert len(past.moves) == len(past.pairs) == 256


def test_when_a_move_pays() -> None:
    cost = History().cost(realm()[0], "a", "b", 0)
    gains = worth(Choice(atom="x", node="b", score=5.0, here=25.0, measure="ms"), cost)
    assert gains.gain_per_s == 20
    assert gains.cost == pytest.approx(0.020 * (25 + 10))
    assert gains.pays_after_s == pytest.approx(0.035)
    assert worth(Choice(atom="x", node="b", score=25.0, here=25.0), cost).pays_after_s == float("inf")
