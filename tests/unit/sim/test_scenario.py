"""Scenarios: what is read, and what is said of what is wrong."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.model.errors import ConfigError, SojournError, StorageError
from sojourn.sim.entry import sensible
from sojourn.sim.scenario.quantity import UNITS, Unit
from sojourn.sim.scenario.read import parse, read, resized, shares, shipped
from tests.unit.sim.worlds import PLAIN, scenario

QUANTITIES = [
    ("s", "90s", 90.0),
    ("s", "2 h", 7200.0),
    ("s", 1.5, 1.5),
    ("bytes", "64 MiB", 64 * 2**20),
    ("bytes/s", "100 Mbit/s", 12.5e6),
    ("J", "40 Wh", 144_000.0),
    ("m/s", "36 km/h", 10.0),
    ("/s", "30/min", 0.5),
    ("", "40%", 0.4),
]
WRONG = [
    ("[nodes.a]\ncoers = 4\n[atoms.b]\n", "nodes.a.coers is unknown; did you mean 'cores'"),
    ("[nodes.a]\n", "atoms is missing"),
    ('[nodes.a]\nmemory = "4 GX"\n[atoms.b]\n', "nodes.a.memory must be like 64MiB, not '4 GX'; units: bytes, B"),
    ("[nodes.a]\ncores = 0\n[atoms.b]\n", "nodes.a.cores must be more than 0"),
    ("[nodes.a]\ncount = 1.5\n[atoms.b]\n", "nodes.a.count must be a whole number"),
    ("[nodes.a]\n[atoms.b]\nkind = 'reactiv'\n", "atoms.b.kind must be one of work, periodic, reactive, not 'reactiv'"),
    ("[nodes.a]\nlink = 'lam'\n[atoms.b]\n", "nodes.a.link: there is no class 'lam'; did you mean 'lan'"),
    ("[nodes.a]\n[atoms.b]\n[users.c]\natoms = 'd'\n", "users.c.atoms: there is no group of atoms 'd'"),
    ("[nodes.a]\ncount = 10001\n[atoms.b]\n", "nodes must be 1 to 10,000, not 10,001"),
    ("[nodes.a]\n[atoms.b]\ncount = 100001\n", "atoms must be 0 to 100,000"),
    ("hours = nan\n[nodes.a]\n[atoms.b]\n", "hours is not a finite number"),
    ("[nodes.a]\narea = [1, 2, 0, 3]\n[atoms.b]\n", "area must be [west, south, east, north]"),
    ("[nodes.a]\n[atoms.b]\n[[failures]]\nkind = 'crash'\nat = 1\n", "failures[0] must have either node or zone"),
    ("[nodes.a.energy]\ncapacity = 1\nwake = 0.1\n[atoms.b]\n", "wake must be more than low"),
    ("nodes = 3\n[atoms.b]\n", "nodes must be a table"),
    ("[nodes.a]\ntags = 'x'\n[atoms.b]\n", "nodes.a.tags must be a list"),
    ("[nodes", "is not TOML"),
]


@pytest.mark.parametrize(("unit", "raw", "value"), QUANTITIES)
def test_quantities_have_units(unit: str, raw: object, value: float) -> None:
    assert Unit(unit).parse(raw) == pytest.approx(value)


@given(st.sampled_from(sorted(UNITS)), st.one_of(st.text(), st.floats(), st.booleans(), st.none()))
def test_a_quantity_is_a_number_in_range_or_told_to_be_wrong(unit: str, raw: object) -> None:
    try:
        value = Unit(unit).parse(raw)
    except ValueError:
        return
    assert 0 <= value < math.inf


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "x.toml")
    assert str(caught.value).startswith("x.toml")
    assert told in str(caught.value)


def test_scenarios_that_come_along_are_sound() -> None:
    found = shipped()
    assert {"energy-day", "moving-user", "failing-site", "flash-crowd"} <= set(found)
    for name, each in found.items():
        assert each.title, name
        sensible(each, name)


def test_who_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="did you mean 'energy-day'"):
        read("energy-dy")
    with pytest.raises(StorageError, match="cannot read"):
        read(str(tmp_path / "none.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not text"):
        read(str(tmp_path / "bytes.toml"))


def test_settings_and_expressions_are_those_of_the_controller() -> None:
    with pytest.raises(ConfigError, match=r"no such setting; did you mean 'adapt\.paused'"):
        sensible(scenario(PLAIN + '[control.settings]\n"adapt.pausd" = true\n'), "x")
    with pytest.raises(ConfigError, match="is a number from"):
        sensible(scenario(PLAIN + '[control.settings]\n"adapt.gain" = 7\n'), "x")
    with pytest.raises(SojournError, match="latency"):
        sensible(scenario(PLAIN + 'objective = "latencyms(client)"\n'), "x")


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any), st.integers(6, 500))
def test_groups_keep_their_shares_of_another_size(counts: list[int], total: int) -> None:
    found = shares(counts, total)
    assert sum(found) == total
    exact = [count * total / sum(counts) for count in counts]
    raised = sum(0 < share < 1 for share in exact)
    for share, wanted in zip(found, exact, strict=True):
        assert (share > 0) == (wanted > 0)
        assert share >= math.floor(wanted) - raised


def test_another_length_moves_what_happens() -> None:
    half = resized(read("failing-site"), "x", hours=1.0)
    assert (half.hours, half.failures[0].at) == (1.0, 600.0)
    with pytest.raises(ConfigError, match="nodes must be 1 to"):
        resized(read("failing-site"), "x", nodes=10_001)
    with pytest.raises(ConfigError, match="--atoms must be 2 or more"):
        resized(read("failing-site"), "x", atoms=1)
    with pytest.raises(ConfigError, match="--hours must be more than 0"):
        resized(read("failing-site"), "x", hours=0.0)


def test_the_scenario_of_the_guide_is_sound() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "simulate.md").read_text()
    text = guide.partition("```toml\n")[2].partition("```")[0]
    sensible(scenario(text), "guide")
