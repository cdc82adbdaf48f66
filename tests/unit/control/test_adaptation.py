"""Moves for better places: only what gains, rarely, and never back and forth."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.decision import Move, Reported, Respecify, Set
from sojourn.model.fleet import LinkFacts, NodeReport, Position, Traffic
from sojourn.model.record import AtomSpec
from tests.unit.control.realm import Realm


def moves(realm: Realm) -> list[Move]:
    return [each for each in realm.history if isinstance(each, Move)]


def near(realm: Realm, name: str, rtts: dict[str, float], traffic: tuple[Traffic, ...] = ()) -> None:
    """A node measures its links, and who talks to its atoms."""
    links = tuple(LinkFacts(peer=peer, rtt_ms=rtt) for peer, rtt in rtts.items())
    report = NodeReport(at=realm.now, facts=realm.nodes[name], links=links, traffic=traffic)
    realm.handle(Reported(report))


def test_an_atom_follows_who_talks_to_it() -> None:
    realm = Realm()
    for number in (1, 2):
        realm.add(f"node-{number}")
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(objective="latency_ms(client)")))
    talk = Traffic(source="node-2/user", target="node-1/a", messages_per_s=10.0, bytes_per_s=640.0)
    near(realm, "node-1", {"node-2": 40.0}, (talk,))
    realm.run(30)
    assert realm.where("node-1/a") == "node-2"
    assert len(moves(realm)) == 1
    assert "better by" in moves(realm)[0].cause


def test_paused_nothing_moves() -> None:
    realm = Realm()
    for number in (1, 2):
        realm.add(f"node-{number}", euro_per_hour=float(3 - number))
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(objective="euro_per_hour")))
    realm.handle(Set("adapt.paused", "true"))
    realm.run(60)
    assert moves(realm) == []
    realm.handle(Set("adapt.paused", "false"))
    realm.run(20)
    assert realm.where("node-1/a") == "node-2"


def test_a_gain_that_is_too_small_is_none() -> None:
    realm = Realm()
    realm.add("node-1", euro_per_hour=1.0)
    realm.add("node-2", euro_per_hour=0.95)
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(objective="euro_per_hour")))
    realm.run(60)
    assert moves(realm) == []


def test_the_budget_is_kept() -> None:
    realm = Realm()
    realm.add("node-1", euro_per_hour=1.0)
    realm.add("node-2", euro_per_hour=0.1)
    realm.handle(Set("adapt.moves_per_minute", "5"))
    for number in range(40):
        realm.start(f"node-1/a{number}", "node-1")
        realm.handle(Respecify(f"node-1/a{number}", AtomSpec(objective="euro_per_hour")))
    begun = realm.now
    realm.run(59)
    assert 0 < len(moves(realm)) <= 5, realm.now - begun
    realm.run(300)
    assert 20 <= len(moves(realm)) <= 30


def test_an_atom_stays_for_some_time() -> None:
    realm = Realm()
    realm.add("node-1", euro_per_hour=1.0)
    realm.add("node-2", euro_per_hour=0.1)
    realm.handle(Set("adapt.min_age_s", "100"))
    realm.start("node-1/a", "node-1")
    realm.handle(Respecify("node-1/a", AtomSpec(objective="euro_per_hour")))
    realm.run(90)
    assert moves(realm) == []
    realm.run(30)
    assert realm.where("node-1/a") == "node-2"


OBJECTIVES = (
    "euro_per_hour",
    "latency_ms(client) + 0.05 * finish_ms",
    "load",
    "distance_m(client)",
    "2 * load + euro_per_hour",
)
PRICES = st.floats(0.01, 10.0)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(PRICES, st.floats(0.2, 4.0), st.floats(0, 4)), min_size=2, max_size=6),
    st.lists(st.tuples(st.sampled_from(OBJECTIVES), st.floats(0, 2), st.integers(0, 5)), min_size=1, max_size=12),
)
def test_under_constant_facts_all_come_to_rest(
    nodes: list[tuple[float, float, float]], atoms: list[tuple[str, float, int]]
) -> None:
    realm = Realm()
    for number, (price, speed, load) in enumerate(nodes):
        place = Position(float(number * 100), 0.0)
        realm.add(f"node-{number}", euro_per_hour=price, speed=speed, load=load, position=place)
    for number, (objective, cores, at) in enumerate(atoms):
        name = f"node-0/a{number}"
        realm.start(name, f"node-{at % len(nodes)}", cores=cores)
        realm.handle(Respecify(name, AtomSpec(objective=objective)))
    realm.run(300, step=2.5)
    settled = len(moves(realm))
    realm.run(400, step=2.5)
    assert len(moves(realm)) == settled
    for move in realm.store.values():
        if move.KIND == "move":
            assert move.gain >= move.cost  # type: ignore[union-attr]
