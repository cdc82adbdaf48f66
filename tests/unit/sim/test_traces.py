"""Traces: those that a run leaves can be used by another, and bad ones are told."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.model.errors import ConfigError, SojournError, StorageError
from sojourn.sim.entry import simulate
from sojourn.sim.scenario.build import Place, build
from sojourn.sim.scenario.schema import Scenario
from sojourn.sim.study import Study, study
from sojourn.sim.trace import leave
from sojourn.sim.trace.take import replayed, row_of, rows, scripted
from sojourn.sim.world.happening import Happening, Kind
from tests.unit.sim.worlds import SUNNY, scenario

CITY = """
hours = 0.1
[nodes.site]
count = 4
[atoms.session]
count = 2
kind = "reactive"
[users.rider]
count = 2
atoms = "session"
speed = "10 m/s"
[[surges]]
atoms = "session"
at = "60 s"
lasts = "60 s"
factor = 3
"""


def left(text: str, folder: Path) -> Study:
    made = scenario(text)
    done = study("x", made, scripted(made, 1, folder), 1, None)
    (folder / "positions.csv").write_bytes(leave.positions(done))
    (folder / "load.csv").write_bytes(leave.load(done))
    (folder / "energy.csv").write_bytes(leave.energy(done))
    return done


def test_positions_and_load_that_were_left_make_the_same_world(tmp_path: Path) -> None:
    done = left(CITY, tmp_path)
    again = scenario(CITY + '[traces]\npositions = "positions.csv"\nload = "load.csv"\n')
    happenings = scripted(again, 99, tmp_path)
    assert [each for each in happenings if each.kind is Kind.LOAD] == [
        each for each in done.happenings if each.kind is Kind.LOAD
    ]
    repeated = study("x", again, happenings, 1, None)
    assert repeated.baseline.figures["over_limit_s"] == done.baseline.figures["over_limit_s"]
    ends = [
        [(each.subject, round(each.x, 3)) for each in found if each.kind is Kind.LEG and each.lasts]
        for found in (done.happenings, happenings)
    ]
    assert sorted(ends[0]) == sorted(ends[1])


def test_energy_that_was_left_comes_in_again(tmp_path: Path) -> None:
    done = left(SUNNY, tmp_path)
    again = scenario(SUNNY.replace("peak", "#") + '[traces]\nenergy = "energy.csv"\n')
    repeated = study("x", again, scripted(again, 5, tmp_path), 1, None)
    before, after = (each.baseline.figures["harvested_j"] for each in (done, repeated))
    assert after == pytest.approx(before, rel=0.01)
    assert before > 0


def test_positions_may_be_json_lines(tmp_path: Path) -> None:
    points = [{"at": 0, "user": "rider-0", "x": 1, "y": 2}, {"at": 10, "user": "rider-0", "x": 5, "y": 2}]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, points)))
    found = scripted(scenario(CITY + '[traces]\npositions = "p.jsonl"\n'), 1, tmp_path)
    assert [each for each in found if each.subject == "rider-0"] == [
        Happening(0.0, Kind.LEG, "rider-0", 1.0, 2.0),
        Happening(0.0, Kind.LEG, "rider-0", 5.0, 2.0, 10.0),
    ]


BAD = [
    ("positions", "at,user,x\n1,rider-0,2\n", ":2: y is missing"),
    ("positions", "at,user,x,y\n1,rider-0,2\n", ":2 has 3 values, and the first line 4"),
    ("positions", "at,user,x,y\n1,rider-0,2,far\n", ":2: y must be a number, not 'far'"),
    ("positions", "at,user,x,y\n1,ridr-0,2,3\n", "did you mean 'rider-0'"),
    ("positions", "at,user,x,y\n9,rider-0,2,3\n1,rider-0,2,3\n", "go back in time"),
    ("energy", "at,node,watts\n1,,-3\n", "must be 0 or more"),
    ("load", "at,atoms,factor\n1,session,nan\n", "must be a number"),
]


@pytest.mark.parametrize(("kind", "text", "told"), BAD)
def test_what_is_wrong_with_a_trace_is_told(kind: str, text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(ConfigError) as caught:
        scripted(scenario(CITY + f'[traces]\n{kind} = "t.csv"\n'), 1, tmp_path)
    assert told in str(caught.value)


def test_a_trace_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none\.csv"):
        scripted(scenario(CITY + '[traces]\nload = "none.csv"\n'), 1, tmp_path)


@given(st.dictionaries(st.sampled_from(["at", "user", "x", "y"]), st.one_of(st.text(), st.floats(), st.none())))
def test_a_row_is_sound_or_refused(raw: dict[str, object]) -> None:
    try:
        found = row_of(raw, "positions", "t:1")
    except ConfigError:
        return
    assert found["at"] >= 0


HEAD = '{"sojourn_events":1,"name":"x","seed":1,"scenario":{"nodes":{"a":{}},"atoms":{"b":{}}}}'
EVENTS = [
    ("", "is empty"),
    ("{}", "not the beginning"),
    ("[1]", ":1: Expected `object`"),
    (HEAD + '\n{"at":1,"kind":"crsh","subject":"a-0"}', ":2: Invalid enum value"),
    (HEAD + '\n{"at":1,"kind":"crash","subject":"b-0"}', "nothing of that name"),
    (HEAD + '\n{"at":-1,"kind":"crash","subject":"a-0"}', "must be 0 or more"),
    (HEAD.replace('{"a":{}}', '{"a":{"count":-1}}'), "nodes.a.count must be a whole number"),
    (HEAD.replace('{"a":{}}', '{"a":{"count":99999}}'), "nodes must be 1 to"),
]


@pytest.mark.parametrize(("text", "told"), EVENTS)
def test_what_is_wrong_with_events_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        simulate(str(path))
    assert told in str(caught.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_events(data: bytes) -> None:
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_bytes(data)
        with pytest.raises(SojournError):
            replayed(path)


def test_events_keep_their_own_seed_and_size(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="its own seed and size"):
        simulate(str(tmp_path / "events.jsonl"), seed=2)


def test_rows_of_nothing_are_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("")
    assert list(rows(tmp_path / "t.csv", "load")) == []


def test_a_scenario_survives_its_header() -> None:
    import msgspec  # noqa: PLC0415

    made = scenario(CITY)
    assert build(Scenario, msgspec.to_builtins(made), Place("x: ")) == made
