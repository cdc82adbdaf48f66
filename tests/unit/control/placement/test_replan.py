"""Plans of many: capacity is never exceeded, filters are never broken, the same input has the same plan."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.placement import BUILT_IN, Fleet, demand, limit, place, replan
from sojourn.control.placement.assign import Assignment
from sojourn.control.placement.filter import passing
from sojourn.control.placement.harness import Case
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.model.placement import Ask, Choice
from sojourn.model.record import AtomSpec, NodeRecord, NodeState
from tests.unit.control.placement.fleets import GIB, facts, fleet, link

OBJECTIVES = ["latency_ms(client)", "latency_ms(client) + 0.05 * finish_ms", "euro_per_hour", "load + 1 * atoms"]


def large(seed: int, nodes: int, atoms: int) -> tuple[Fleet, list[Ask]]:
    """A random fleet that is nearly full."""
    chance = np.random.default_rng(seed)
    made = fleet(
        *(
            facts(f"n{number:03d}", memory_bytes=GIB, memory_free_bytes=GIB, euro_per_hour=float(chance.uniform()))
            for number in range(nodes)
        )
    )
    for number in range(nodes):
        for peer in chance.integers(0, nodes, 3).tolist():
            if peer != number:
                link(made, f"n{number:03d}", **{f"n{peer:03d}": float(chance.uniform(1, 50))})
    asks = [
        Ask(
            atom=f"x/{number}",
            spec=AtomSpec(
                objective=OBJECTIVES[int(chance.integers(len(OBJECTIVES)))],
                memory_bytes=int(0.8 * nodes * GIB / atoms),
                cores=float(chance.uniform(0, 0.2)),
                work_s=1.0,
            ),
            clients=((f"n{int(chance.integers(nodes)):03d}", 1.0),),
        )
        for number in range(atoms)
    ]
    return made, asks


def settle(made: Fleet, asks: list[Ask], choices: list[Choice]) -> list[Ask]:
    """Everybody is where it was planned."""
    placed = []
    for ask, choice in zip(asks, choices, strict=True):
        assert choice.node is not None, choice.reason
        made.place(ask.atom, demand(made, ask), choice.node)
        placed.append(msgspec.structs.replace(ask, node=choice.node))
    return placed


@pytest.mark.parametrize("cells", [0, limit.EXACT_CELLS])
def test_a_large_batch_fits(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "EXACT_CELLS", cells)
    made, asks = large(1, 60, 400)
    settle(made, asks, replan(made, asks, 0.0))
    assert (made.usage.memory <= made.numbers["memory"]).all()


def test_who_has_lost_a_node_gets_another_and_the_rest_stays() -> None:
    made, asks = large(2, 80, 500)
    asks = settle(made, asks, replan(made, asks, 0.0))
    made.update(NodeRecord(facts=facts("n007"), state=NodeState.LOST))
    before = made.usage.copy()
    choices = replan(made, asks, 1.0)
    assert np.array_equal(before.memory, made.usage.memory), "a plan changes nothing"
    assert choices == replan(made, asks, 1.0)
    for ask, choice in zip(asks, choices, strict=True):
        assert choice.node not in (None, "n007")
        if ask.node == "n007":
            assert choice.here is None
        elif choice.node != ask.node:
            assert choice.gain > 0
    settle(made, asks, choices)
    assert (made.usage.memory <= made.numbers["memory"]).all()


def test_under_constant_facts_it_comes_to_rest() -> None:
    made, asks = large(3, 25, 100)
    asks = settle(made, asks, replan(made, asks, 0.0))
    for _ in range(40):
        choices = replan(made, asks, 0.0)
        if all(choice.node == ask.node for ask, choice in zip(asks, choices, strict=True)):
            return
        asks = settle(made, asks, choices)
    pytest.fail("atoms still swing to and fro")


def test_a_batch_of_one_is_where_place_puts_it() -> None:
    made, asks = large(4, 50, 30)
    for ask in asks:
        many, one = replan(made, [ask], 0.0)[0], place(made, ask, 0.0)
        assert many.score == pytest.approx(one.score)


def test_who_cannot_be_understood_or_placed_is_told() -> None:
    one = fleet(facts("a"))
    wrong = Ask(atom="a/x", spec=AtomSpec(objective="latencyy"))
    big = Ask(atom="a/y", spec=AtomSpec(memory_bytes=9 * GIB))
    choices = replan(one, [wrong, big, Ask(atom="a/z")], 0.0)
    assert [each.node for each in choices] == [None, None, "a"]
    assert "no fact" in choices[0].reason
    assert choices[1].reason == "the only node is without room for its memory"
    assert replan(Fleet(), [big], 0.0)[0].reason == "there is no node"
    assert replan(one, [], 0.0) == []


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(sorted(BUILT_IN)))
def test_any_small_batch_keeps_what_it_must(seed: int, policy: str) -> None:
    Case(BUILT_IN[policy], seed).check_many()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_the_plan_of_many_breaks_no_filter_where_atoms_are_already(seed: int) -> None:
    case = Case(BUILT_IN["objective"], seed)
    asks = []
    for ask in case.asks:
        choice = place(case.fleet, ask, 0.0)
        if choice.node is not None:
            case.fleet.place(ask.atom, demand(case.fleet, ask), choice.node)
            asks.append(msgspec.structs.replace(ask, node=choice.node))
    for ask, choice in zip(asks, replan(case.fleet, asks, 0.0), strict=True):
        assert choice.node is not None, choice.reason
        if choice.node != ask.node:
            case.fleet.place(ask.atom, demand(case.fleet, ask), choice.node)
    for ask in asks:
        placed = msgspec.structs.replace(ask, node=case.fleet.name(case.fleet.placed[ask.atom].row))
        nodes = nodes_for(case.fleet, placed, 0.0)
        assert passing(nodes)[nodes.here].all()
    case.check_capacity(case.fleet)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_an_assignment_has_room_and_is_not_beaten_by_a_single_change(seed: int) -> None:
    chance = np.random.default_rng(seed)
    atoms, count = int(chance.integers(1, 10)), int(chance.integers(1, 5))
    costs = np.where(chance.random((atoms, count)) < 0.1, np.inf, chance.uniform(0, 10, (atoms, count)))
    needs, room = chance.uniform(0, 1, (atoms, 2)), chance.uniform(0.5, 3, (count, 2))
    found = Assignment(costs, needs, room.copy(), np.full(atoms, -1)).search()
    again = Assignment(costs, needs, room.copy(), np.full(atoms, -1)).search()
    assert found.tolist() == again.tolist()
    left = room.copy()
    for atom, node in enumerate(found.tolist()):
        if node >= 0:
            assert np.isfinite(costs[atom, node])
            left[node] -= needs[atom]
    assert (left >= -1e-6).all()
    for atom, node in enumerate(found.tolist()):
        fits = (needs[atom] <= left - 1e-6).all(axis=1)
        better = fits & (costs[atom] < (costs[atom, node] - 1e-6 if node >= 0 else np.inf))
        assert not better.any()
