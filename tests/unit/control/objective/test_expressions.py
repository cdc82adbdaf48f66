import math

import numpy as np
import pytest

from sojourn.control.objective import Facts, objective, requirement
from sojourn.control.objective.facts import FACTS, TABLE, Kind
from sojourn.control.objective.syntax import FUNCTIONS
from sojourn.control.objective.unit import UNITS
from sojourn.control.placement.nodes import Nodes
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.reading import NUMBERS, SHARED, TRUTHS
from sojourn.model.fleet import Energy, Position
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec
from tests.unit.control.placement.fleets import GIB, facts, fleet, link


def nodes() -> Nodes:
    """Three nodes, an atom with its client at the second."""
    made = fleet(
        facts("a", load=1.0, tags=("gpu", "zone=eu"), euro_per_hour=0.5, position=Position(0, 0), uptime_s=60),
        facts("b", arch="aarch64", cores=2.0, speed=2.0, memory_free_bytes=GIB, position=Position(300, 400)),
        facts(
            "c", load=6.0, energy=Energy(joules=50, capacity_joules=200, idle_watts=2, core_watts=1), low_energy=True
        ),
    )
    link(made, "a", b=10, c=30)
    return nodes_for(made, Ask(atom="b/x", spec=AtomSpec(work_s=0.1), clients=(("b", 2.0),)), 0.0)


def value(text: str) -> list[float]:
    """What an objective is at each node."""
    return [float(each) for each in np.broadcast_to(objective(text).evaluate(nodes()), (3,)).round(6)]


def holds(text: str) -> list[bool | None]:
    """Where a requirement holds; None: undefined."""
    found = np.broadcast_to(requirement(text).evaluate(nodes()), (3,)).tolist()
    return [None if math.isnan(each) else each == 1 for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("load", [1, 0, 6]),
        ("1 + 2 * 3 + 0 * load", [7, 7, 7]),
        ("(1 + 2) * 3 - -load", [10, 9, 15]),
        ("8 / 2 / 2 * (load + 1)", [4, 2, 14]),
        ("latency_ms(client)", [5, 0, pytest.approx(20, abs=20)]),
        ("rtt_ms('b')", [10, 0, pytest.approx(40, abs=40)]),
        ("latency_ms(a)", [0, 5, 15]),
        ("finish_ms", [100, 50, 175]),
        ("distance_m(client)", [500, 0, math.nan]),
        ("memory_free / 1 GiB", [4, 1, 4]),
        ("memory_free", [4 * GIB, GIB, 4 * GIB]),
        ("1 km + distance_m(a)", [1, 1.5, math.nan]),
        ("uptime + 0 s", [60, 0, 0]),
        ("energy_ratio", [1, 1, 0.25]),
        ("watts", [0, 0, 8]),
        ("watts * 1 h / 1 Wh", [0, 0, 8]),
        ("euro_per_hour * 2 h / 1 EUR", [1, 0, 0]),
        ("min(load, 2, cores)", [1, 0, 2]),
        ("max(load, 2)", [2, 2, 6]),
        ("abs(load - 3)", [2, 3, 3]),
        ("10 if low_energy else load", [1, 0, 10]),
        ("1 / load if load > 0 else 7", [1, 7, pytest.approx(1 / 6, abs=1e-6)]),
        ("1 / load", [1, math.nan, pytest.approx(1 / 6, abs=1e-6)]),
        ("100 % - load / cores", [75, 100, -50]),
    ],
)
def test_what_objectives_are(text: str, expected: list[float]) -> None:
    assert value(text) == pytest.approx(expected, nan_ok=True)


def test_a_weighed_term_counts_by_its_own_number() -> None:
    assert objective("latency_ms(client) + 0.05 * finish_ms + 2 * euro_per_hour").measure == "ms"
    assert value("latency_ms(a) + 0.05 * finish_ms + 2 * euro_per_hour")[:2] == [0 + 5 + 1, 5 + 2.5 + 0]
    assert objective("2 * euro_per_hour + latency_ms(a)").measure == "ms"
    assert value("2 * euro_per_hour + latency_ms(a)")[:2] == [1, 5]
    assert objective("2 * euro_per_hour + 3 * load").measure == ""
    assert value("2 * euro_per_hour + 3 * load")[0] == 4


def test_terms_add_up_to_the_whole() -> None:
    expression = objective("latency_ms(a) - (2 * load - 3 ms) * 1 + 2 * euro_per_hour - (load * 2 + 1 * atoms)")
    total = sum(np.asarray(term.evaluate(nodes())) for term in expression.terms)
    assert np.allclose(total, expression.evaluate(nodes()))
    assert [term.text for term in expression.terms][-2:] == ["-load * 2", "-1 * atoms"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("load < 2", [True, True, False]),
        ("load <= 1 and not low_energy", [True, True, False]),
        ('"gpu" in tags', [True, False, False]),
        ('"gpu" not in tags', [False, True, True]),
        ('arch == "aarch64"', [False, True, False]),
        ('"aarch64" != arch', [True, False, True]),
        ('zone in ["eu", "us"]', [True, False, False]),
        ("memory_free >= 2GiB", [True, False, True]),
        ("memory_free >= 2 GiB or name == 'b'", [True, True, True]),
        ("1 / load > 0.5", [True, None, False]),
        ("load > 0 and 1 / load > 0.5", [True, False, False]),
        ("load == 0 or 1 / load > 0.5", [True, True, False]),
        ("true", [True, True, True]),
        ("mains == low_energy", [False, False, False]),
        ("(load > 2) == low_energy", [True, True, True]),
        ("here if load > 0 else mains", [False, True, False]),
    ],
)
def test_what_requirements_hold(text: str, expected: list[bool | None]) -> None:
    assert holds(text) == expected


def test_every_fact_is_read() -> None:
    read = set(NUMBERS) | set(TRUTHS) | {fact.name for fact in TABLE if fact.kind in (Kind.TEXT, Kind.SET)}
    assert read == set(FACTS)
    assert set(FACTS) >= SHARED
    assert {fact.name for fact in TABLE if fact.kind is Kind.YES_NO} == set(TRUTHS)


def test_no_fact_is_called_as_a_unit_or_a_function() -> None:
    assert not set(FACTS) & (set(UNITS) | set(FUNCTIONS) | {"client", "peers"})


def test_nodes_are_facts() -> None:
    found: Facts = nodes()
    assert found.number("load", None).tolist() == [1, 0, 6]
