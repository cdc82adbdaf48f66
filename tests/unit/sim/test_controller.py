"""The controller over many worlds: whatever they are, nothing that must hold is broken."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.control.decision import Move
from tests.unit.sim.worlds import controlled, scenario

# `make soak` looks at more.
WORLDS = 300 if os.environ.get("SOJOURN_SOAK") else 12
OBJECTIVES = ["load", "latency_ms(client)", "latency_ms(client) + 40 * load / cores", "finish_ms", "euro_per_hour"]
POLICIES = ["objective", "spread", "pack", "nearest", "energy", "co-locate"]


@st.composite
def worlds(draw: st.DrawFn, *, still: bool) -> str:
    """A small world; where it is still, nothing happens to it."""
    nodes, atoms = draw(st.integers(2, 7)), draw(st.integers(1, 16))
    lines = [
        "hours = 0.08",
        "[nodes.n]",
        f"count = {nodes}",
        f"cores = {draw(st.sampled_from([1, 2, 8]))}",
        f"memory = '{draw(st.sampled_from([2048, 4096]))} MiB'",
        f"link = '{draw(st.sampled_from(['lan', 'wan', 'cellular']))}'",
        "zones = ['a', 'b']",
        "[nodes.m]",
        "speed = 1.7",
        "price = 0.3",
        "tags = ['gpu']",
        "[atoms.w]",
        f"count = {atoms}",
        "cores = 0.3",
        f"policy = '{draw(st.sampled_from(POLICIES))}'",
        f"objective = '{draw(st.sampled_from(OBJECTIVES))}'",
        "[atoms.r]",
        "kind = 'reactive'",
        "cores = 0.2",
        "tags = ['gpu']",
        "[users.u]",
        f"count = {draw(st.integers(1, 3))}",
        "atoms = 'r'",
    ]
    if not still:
        kind = draw(st.sampled_from(["crash", "cut"]))
        lines += ["speed = '30 m/s'", "[[failures]]", f"kind = '{kind}'", "node = 'n-0'", "at = 60", "lasts = 60"]
        lines += ["[[surges]]", "atoms = 'w'", "at = 30", "lasts = 60", "rises = 10", "factor = 4"]
    return "\n".join(lines)


@settings(max_examples=WORLDS)
@given(worlds(still=False), st.integers(0, 1000))
def test_nothing_is_broken_whatever_happens(text: str, seed: int) -> None:
    outcome = controlled(text, seed)
    assert not any(outcome.violations.values()), outcome.told


@settings(max_examples=WORLDS)
@given(worlds(still=True), st.integers(0, 1000))
def test_where_nothing_happens_moves_come_to_an_end(text: str, seed: int) -> None:
    outcome = controlled(text, seed)
    assert not any(outcome.violations.values()), outcome.told
    late = scenario(text).seconds * 0.6
    assert [each for each in outcome.decided if isinstance(each.command, Move) and each.at > late] == []


def test_each_command_has_a_cause_and_a_move_its_prediction() -> None:
    atoms = "[atoms.w]\ncount = 6\ncores = 0.4\non = 'n-0'\nobjective = 'load'\n"
    text = f"hours = 0.1\n[nodes.n]\ncount = 3\ncores = 8\n{atoms}"
    outcome = controlled(text)
    assert outcome.figures["moves"] >= 2
    assert all(each.command.cause for each in outcome.decided)
    assert all(each.gain > each.cost for each in outcome.decided), "none that loses by its own prediction"
    assert outcome.figures["work_s"] == pytest.approx(6 * 0.4 * 360, rel=0.01)
