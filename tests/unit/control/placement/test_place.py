from sojourn.control.placement import explain, place
from sojourn.model.placement import Ask, Demand
from sojourn.model.record import AtomSpec, NodeRecord, NodeState
from tests.unit.control.placement.fleets import GIB, facts, fleet, link

NEAR = AtomSpec(objective="latency_ms(client)")


def test_an_atom_goes_where_its_clients_are_near() -> None:
    three = fleet(facts("a"), facts("b"), facts("c"))
    link(three, "a", b=10, c=80)
    link(three, "b", c=20)
    ask = Ask(atom="a/x", spec=NEAR, clients=(("c", 3.0), ("b", 1.0)))
    choice = place(three, ask, 0.0)
    assert (choice.node, choice.score, choice.measure) == ("c", 2.5, "ms")
    assert choice.reason == "costs 2.5 ms; next is b with 7.5 ms"


def test_what_it_is_worth_to_go_is_told() -> None:
    two = fleet(facts("a"), facts("b"))
    link(two, "a", b=10)
    choice = place(two, Ask(atom="a/x", spec=NEAR, node="a", clients=(("b", 1.0),)), 0.0)
    assert (choice.node, choice.here, choice.gain) == ("b", 5.0, 5.0)


def test_no_node_no_place() -> None:
    assert place(fleet(), Ask(atom="a/x"), 0.0).reason == "there is no node"


def test_an_ask_that_cannot_be_understood_is_answered() -> None:
    choice = place(fleet(facts("a")), Ask(atom="a/x", spec=AtomSpec(objective="latency(client)")), 0.0)
    assert choice.node is None
    assert "there is no fact 'latency'" in choice.reason


def test_planned_atoms_take_their_room_at_once() -> None:
    one = fleet(facts("a"))
    ask = Ask(atom="a/x", spec=AtomSpec(memory_bytes=3 * GIB))
    assert place(one, ask, 0.0).node == "a"
    one.place("a/y", Demand(memory_bytes=2 * GIB), "a")
    assert place(one, ask, 0.0).reason == "the only node is without room for its memory"
    one.take_away("a/y")
    assert place(one, ask, 0.0).node == "a"


def test_a_lost_node_takes_nobody() -> None:
    two = fleet(facts("a"), facts("b"))
    two.update(NodeRecord(facts=facts("a"), state=NodeState.LOST))
    assert place(two, Ask(atom="a/x", node="a"), 0.0).node == "b"


def test_explain_tells_of_every_node() -> None:
    two = fleet(facts("a", arch="aarch64"), facts("b"))
    told = explain(two, Ask(atom="a/x", spec=AtomSpec(require='arch == "aarch64" and memory_free >= 2GiB')), 7.0)
    assert told.choice.node == "a"
    assert [(each.node, each.rank) for each in told.nodes] == [("a", 1), ("b", 0)]
    assert told.nodes[1].refused == ('`arch == "aarch64"` does not hold: arch is x86_64',)
    assert told.notes == ("nobody sends to it yet: it is as near to every node",)
