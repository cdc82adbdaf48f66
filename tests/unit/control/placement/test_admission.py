"""Deadline admission: who is let in is never late, whatever the others do."""

import math
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.placement import demand, place
from sojourn.control.placement.admission import TURN_MS, most_atoms, response_ms
from sojourn.model.placement import Ask, Demand
from sojourn.model.record import AtomSpec, NodeRecord, Periodic
from tests.unit.control.placement.fleets import facts, fleet


def served(work: float, atoms: int, workers: int, chance: np.random.Generator) -> float:
    """How long a job takes at a node whose other atoms always want to run: one queue, slices in turn."""
    left = [float(chance.uniform(0, TURN_MS)) for _ in range(min(workers, atoms - 1))]
    queue = deque([-1.0] * (atoms - 1 - len(left)) + [work])
    running = list(left)
    owner = [False] * len(running)
    now, rest = 0.0, 0.0
    while True:
        while len(running) < workers and queue:
            job = queue.popleft()
            mine = job >= 0
            rest = job if mine else rest
            running.append(min(job, TURN_MS) if mine else TURN_MS)
            owner.append(mine)
        step = min(running)
        now += step
        running = [each - step for each in running]
        for at in [number for number, each in enumerate(running) if each <= 1e-12][::-1]:
            running.pop(at)
            if not owner.pop(at):
                queue.append(-1.0)
            elif rest <= TURN_MS + 1e-12:
                return now
            else:
                queue.append(rest - TURN_MS)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 6), st.floats(1, 60))
def test_no_job_takes_longer_than_the_bound(seed: int, atoms: int, workers: int, work: float) -> None:
    takes = Demand(periodic=Periodic(period_ms=1e4, work_ms=work, deadline_ms=1e4), pinned=True)
    bound = response_ms(takes, atoms, workers, 1.0, 0.0)
    assert served(work, atoms, workers, np.random.default_rng(seed)) <= bound + 1e-6


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.floats(1, 50), st.floats(1, 400), st.floats(0.5, 16), st.floats(0.25, 4), st.booleans())
def test_the_most_atoms_are_those_that_the_bound_allows(
    work: float,
    deadline: float,
    cores: float,
    speed: float,
    pinned: bool,  # noqa: FBT001 -- drawn
) -> None:
    takes = Demand(periodic=Periodic(period_ms=400, work_ms=work, deadline_ms=deadline), pinned=pinned)
    most = most_atoms(takes, cores, speed, 20.0)
    if most >= 1:
        assert response_ms(takes, most, cores, speed, 20.0) <= deadline + 1e-6
    assert response_ms(takes, most + 1, cores, speed, 20.0) > deadline - 1e-6


def test_a_node_fills_until_the_bound_and_no_further() -> None:
    one = fleet(facts("a", cores=2.0))
    spec = AtomSpec(periodic=Periodic(period_ms=100, work_ms=5, deadline_ms=60))
    let_in = 0
    for number in range(20):
        ask = Ask(atom=f"a/{number}", spec=spec)
        choice = place(one, ask, 0.0)
        if choice.node is None:
            assert choice.reason == "the only node is where its deadlines could not be kept"
            break
        one.place(ask.atom, demand(one, ask), choice.node)
        let_in += 1
    assert let_in == math.floor(1 + (60 - 5 - 20) * 2 / TURN_MS)


def test_nobody_else_may_endanger_them() -> None:
    one = fleet(facts("a", cores=1.0))
    periodic = Ask(atom="a/x", spec=AtomSpec(periodic=Periodic(period_ms=100, work_ms=5, deadline_ms=40)))
    one.place("a/x", demand(one, periodic), "a")
    assert place(one, Ask(atom="a/y"), 0.0).node == "a"
    one.place("a/y", Demand(), "a")
    assert place(one, Ask(atom="a/z"), 0.0).node is None
    one.update(NodeRecord(facts=facts("a", cores=4.0)))
    assert place(one, Ask(atom="a/z"), 0.0).node == "a"
    one.update(NodeRecord(facts=facts("a", cores=1.0)))
    one.take_away("a/x")
    assert place(one, Ask(atom="a/z"), 0.0).node == "a"


@pytest.mark.parametrize("pinned", ["", "a"])
def test_a_move_counts_unless_it_never_moves(pinned: str) -> None:
    one = fleet(facts("a"))
    spec = AtomSpec(periodic=Periodic(period_ms=100, work_ms=10, deadline_ms=25), pinned=pinned)
    assert (place(one, Ask(atom="a/x", spec=spec), 0.0).node == "a") == bool(pinned)
