from typing import Any

import pytest

from sojourn.control.placement import Fleet, explain, place
from sojourn.control.placement.filter import FILTERS
from sojourn.model.placement import Ask, Demand
from sojourn.model.record import AtomSpec, NodeRecord, NodeState, Periodic
from tests.unit.control.placement.fleets import GIB, facts, fleet

MIB = 2**20
FAR = "distance_m(a) < 1 km"
# What is wanted, what the one node is, why it is refused.
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"pinned": "b"}, {}, "the atom is pinned to b"),
    ({"tags": ("gpu", "big")}, {"tags": ("big",)}, "it lacks the tag gpu"),
    ({"functions": ("gpio.set",)}, {}, "it lacks the host function gpio.set"),
    ({"engine": "wasmi"}, {"engines": ("wasmtime",)}, "it lacks the engine wasmi"),
    ({"require": 'zone == "eu"'}, {"tags": ("zone=us",)}, '`zone == "eu"` does not hold: zone is us'),
    ({"require": 'zone == "eu"'}, {}, '`zone == "eu"` does not hold: zone is empty'),
    ({"require": '"gpu" in tags'}, {"tags": ("a", "b")}, '`"gpu" in tags` does not hold: tags are a, b'),
    ({"require": "mains and load < 1"}, {"load": 1.5}, "`load < 1` does not hold: load is 1.5"),
    ({"require": "not mains"}, {}, "`not mains` does not hold: mains is true"),
    ({"require": FAR}, {}, "`distance_m(a) < 1 km` does not hold: distance_m(a) is not known"),
    ({"require": "1 / load < 5"}, {}, "`1 / load < 5` divides by zero: `load` is 0"),
    (
        {"require": "memory_free > 3 GiB"},
        {"memory_free_bytes": 2 * GIB},
        "`memory_free > 3 GiB` does not hold: memory_free is 2048.0 MiB",
    ),
    ({"memory_bytes": 3 * GIB}, {"memory_free_bytes": 2 * GIB}, "3072.0 MiB do not fit: 2048.0 MiB are free"),
    ({"cores": 3}, {"cores": 2.0}, "3.00 cores (at speed 1.0) do not fit: 2.00 are left"),
    ({"cores": 3}, {"cores": 4.0, "speed": 0.5}, "3.00 cores (at speed 1.0) do not fit: 2.00 are left"),
    ({}, {"atoms": 5, "max_atoms": 5}, "it has 5 atoms, the most it takes"),
    ({}, {"low_energy": True}, "it has announced that its energy ends soon"),
    (
        {"periodic": Periodic(period_ms=100, work_ms=30, deadline_ms=50)},
        {"cores": 2.0, "atoms": 4},
        (
            "a job may take 116 ms, its deadline is 50 ms: 3 turns, each after up to 22 ms of 4 others on 2 cores, "
            "30 ms of work, 20 ms for a move"
        ),
    ),
]


@pytest.mark.parametrize(("spec", "node", "reason"), REFUSED, ids=[reason[:50] for _, _, reason in REFUSED])
def test_why_a_node_is_refused(spec: dict[str, Any], node: dict[str, Any], reason: str) -> None:
    one = fleet(facts("a", **node))
    ask = Ask(atom="a/x", spec=AtomSpec(**spec))
    assert place(one, ask, 0.0).node is None
    assert explain(one, ask, 0.0).nodes[0].refused == (reason,)


@pytest.mark.parametrize(
    ("spec", "node"), [(spec, node) for spec, node, _ in REFUSED if spec.get("require") not in ("not mains", FAR)]
)
def test_a_node_without_that_fault_takes_it(spec: dict[str, Any], node: dict[str, Any]) -> None:
    good = {
        "tags": ("gpu", "big", "zone=eu"),
        "functions": ("gpio.set",),
        "engines": ("wasmi",),
        "load": 0.5,
    }
    two = fleet(facts("a", **node), facts("b", **good))
    assert place(two, Ask(atom="a/x", spec=AtomSpec(**spec)), 0.0).node == "b"


def test_states_of_a_node() -> None:
    for record, reason in (
        (NodeRecord(facts=facts("a"), state=NodeState.LOST), "it is lost, or has left"),
        (NodeRecord(facts=facts("a", hosts=False)), "it hosts no atoms"),
        (NodeRecord(facts=facts("a"), draining=True), "it is being drained"),
        (NodeRecord(facts=facts("a"), cordoned=True), "it takes no further atoms: it is cordoned"),
    ):
        one = Fleet()
        one.update(record)
        assert explain(one, Ask(atom="a/x"), 0.0).nodes[0].refused == (reason,)
        one.update(NodeRecord(facts=facts("a")))
        assert place(one, Ask(atom="a/x"), 0.0).node == "a"


@pytest.mark.parametrize(
    "record",
    [
        NodeRecord(facts=facts("a"), cordoned=True),
        NodeRecord(facts=facts("a", memory_free_bytes=0)),
        NodeRecord(facts=facts("a", cores=0.5)),
        NodeRecord(facts=facts("a", atoms=9, max_atoms=3)),
    ],
)
def test_who_is_there_may_stay(record: NodeRecord) -> None:
    one = Fleet()
    one.update(record)
    ask = Ask(atom="a/x", node="a", spec=AtomSpec(memory_bytes=GIB, cores=1.0))
    assert place(one, ask, 0.0).node == "a"
    assert place(one, Ask(atom="a/y", spec=ask.spec), 0.0).node is None


@pytest.mark.parametrize("changed", [{"low_energy": True}, {"tags": ()}])
def test_who_is_there_leaves_for_good_reason(changed: dict[str, Any]) -> None:
    two = fleet(facts("a", tags=("t",)), facts("b", tags=("t",)))
    ask = Ask(atom="a/x", node="a", spec=AtomSpec(tags=("t",)))
    assert place(two, ask, 0.0).node == "a"
    two.update(NodeRecord(facts=facts("a", **{"tags": ("t",), **changed})))
    assert place(two, ask, 0.0).node == "b"


def test_nowhere_is_told_with_counts() -> None:
    four = fleet(facts("a"), facts("b", tags=("gpu",), memory_free_bytes=MIB), facts("c"), facts("d", low_energy=True))
    choice = place(four, Ask(atom="a/x", spec=AtomSpec(tags=("gpu",), memory_bytes=GIB)), 0.0)
    expected = "none of 4 nodes will do: 1 low on energy, 2 without its tags, 1 without room for its memory"
    assert choice.reason == expected


def test_cores_that_were_only_measured_are_shared() -> None:
    one = fleet(facts("a", cores=1.0))
    for number in range(3):
        one.place(f"a/{number}", Demand(busy=0.6), "a")
    assert place(one, Ask(atom="a/x", spec=AtomSpec()), 0.0).node == "a"
    assert place(one, Ask(atom="a/x", cores=0.7, node="a"), 0.0).node == "a"


def test_a_division_by_zero_in_the_objective_refuses_the_node() -> None:
    two = fleet(facts("a"), facts("b", load=1.0))
    told = explain(two, Ask(atom="a/x", spec=AtomSpec(objective="1 / load")), 0.0)
    assert told.choice.node == "b"
    assert told.nodes[1].refused == ("`1 / load` divides by zero: `load` is 0",)


def test_an_unknown_position_refuses_the_node() -> None:
    one = fleet(facts("a"))
    told = explain(one, Ask(atom="a/x", spec=AtomSpec(objective="x_m")), 0.0)
    assert told.nodes[0].refused == ("`x_m` is not defined: a fact in it is not known",)
    assert told.choice.reason == "the only node is without a score: `x_m` is not defined"


def test_every_filter_has_words() -> None:
    assert len({each.short for each in FILTERS}) == len(FILTERS)
