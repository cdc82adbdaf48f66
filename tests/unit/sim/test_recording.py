"""Recordings: what they tell comes to what the controller knew, in order, and within their bounds."""

import json
from typing import Any

import pytest

from sojourn.control.controller import Controller
from sojourn.model.picture import ATOM_COLUMNS
from sojourn.sim.entry import header, simulate
from sojourn.sim.recording.recorder import Recorder
from sojourn.sim.run import EPOCH_S, Simulation
from sojourn.sim.world.script import script
from tests.unit.sim.worlds import SUNNY, scenario

FALLING = """
hours = 0.1
[nodes.server]
count = 5
cores = 8
memory = "1 GiB"
[atoms.job]
count = 12
memory = "100 MiB"
checkpoint = "5 s"
[[failures]]
kind = "crash"
node = "server-1"
at = "1 min"
lasts = "3 min"
"""

RIDING = """
hours = 0.03
[nodes.site]
count = 4
[atoms.session]
count = 2
kind = "reactive"
[users.rider]
count = 2
atoms = "session"
speed = "10 m/s"
"""


MORNING = SUNNY.replace("hours = 24", "hours = 3")


def recorded(text: str, **bounds: int) -> tuple[list[Any], Controller]:
    """What a recording of a scenario says, line by line, and who decided."""
    lines: list[bytes] = []
    made, controller = scenario(text), Controller()
    recorder = Recorder(header("test", made, 1), controller.state, lines.append, **bounds)
    outcome = Simulation(made, script(made, 1), 1, controller, watcher=recorder).run()
    recorder.end({"figures": outcome.figures})
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    return [json.loads(line) for line in lines], controller


def told(lines: list[Any]) -> tuple[dict[str, Any], dict[str, Any], set[int]]:
    """Nodes, atoms and moves under way that all lines come to."""
    nodes: dict[str, Any] = {}
    atoms: dict[str, Any] = {}
    moves: set[int] = set()
    for _, what, value in lines[1:]:
        if what not in {"picture", "change"}:
            continue
        rows = value.get("atoms", [])
        for row in rows["rows"] if what == "picture" else rows:
            atoms[row[0]] = dict(zip(ATOM_COLUMNS, row, strict=True))
        nodes |= {node["facts"]["name"]: node for node in value.get("nodes", [])}
        for name, load, *_ in value.get("loads", []):
            nodes[name]["facts"]["load"] = load
        moves |= {move["number"] for move in value.get("moves", [])}
        moves -= set(value.get("moves_over", []))
        for name in value.get("gone_atoms", []):
            del atoms[name]
    return nodes, atoms, moves


@pytest.mark.parametrize("text", [FALLING, MORNING])
def test_it_comes_to_what_the_controller_knows(text: str) -> None:
    lines, controller = recorded(text)
    registry = controller.state.registry
    nodes, atoms, moves = told(lines)
    assert {name: (atom["node"], atom["state"]) for name, atom in atoms.items()} == {
        name: (atom.node, atom.state) for name, atom in registry.atoms.items()
    }
    assert set(nodes) == set(registry.nodes)
    for name, node in registry.nodes.items():
        assert nodes[name].get("state", "up") == node.state
        assert nodes[name]["facts"]["load"] == pytest.approx(node.facts.load, abs=0.001)
    assert moves == set(registry.moves)


def test_times_never_go_back_and_events_have_no_gap() -> None:
    lines, _ = recorded(FALLING)
    head, *rest = lines
    assert head["sojourn_recording"] == 1
    assert head["ends"] - head["begins"] == pytest.approx(360)
    times = [at for at, _, _ in rest]
    assert times == sorted(times)
    assert rest[0][1] == "picture"
    assert (rest[-1][0], rest[-1][1], rest[-1][2]["cut_at"]) == (head["ends"], "end", None)
    events = [value for _, what, value in rest if what == "event"]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert {"node.lost", "atom.restored", "node.back"} <= {event["kind"] for event in events}
    assert max(value.get("number", 0) for _, what, value in rest if what == "change") == len(events)


def test_what_a_modelled_user_says_is_traffic() -> None:
    lines, _ = recorded(RIDING)
    traffic = [value["traffic"] for _, what, value in lines[1:] if what == "change" and "traffic" in value]
    assert traffic
    assert all(target in told(lines)[1] and rate > 0 for rows in traffic for _, target, rate, _ in rows)


def test_measurements_take_what_there_is_room_for() -> None:
    full, _ = recorded(MORNING)
    scarce, _ = recorded(MORNING, measured_bytes=2000)

    def looks(lines: list[Any]) -> list[float]:
        return [at for at, what, value in lines[1:] if what == "change" and {"loads", "nodes"} & set(value)]

    assert 2 <= len(looks(scarce)) < len(looks(full)) / 4
    # They come over all of the time, and not until there is no room.
    assert looks(scarce)[-1] == EPOCH_S + 3 * 3600
    assert told(scarce)[1] == told(full)[1]


def test_it_is_cut_where_it_would_be_too_long() -> None:
    lines, _ = recorded(FALLING, most_bytes=8000)
    assert sum(len(json.dumps(line, separators=(",", ":"))) + 1 for line in lines[:-1]) <= 8000
    assert lines[-1][1] == "end"
    assert EPOCH_S < lines[-1][2]["cut_at"] < EPOCH_S + 360
    assert all(at <= lines[-1][2]["cut_at"] for at, _, _ in lines[1:-1])


def test_a_study_is_recorded_and_is_the_same_for_it() -> None:
    name, (nodes, atoms, hours) = "failing-site", (9, 10, 0.05)
    lines: list[bytes] = []
    again: list[bytes] = []
    done = simulate(name, nodes=nodes, atoms=atoms, hours=hours, record=lines.append)
    assert done == simulate(name, nodes=nodes, atoms=atoms, hours=hours, record=again.append)
    assert lines == again
    assert done == simulate(name, nodes=nodes, atoms=atoms, hours=hours)
    head, end = json.loads(lines[0]), json.loads(lines[-1])[2]
    assert (head["name"], head["nodes"], head["atoms"], head["seed"]) == (name, nodes, atoms, 1)
    assert end["gains"] == done.gains()
    assert set(end["control"]) == set(end["baseline"]) == {"figures", "lines"}


def test_nobody_decides_nothing_is_recorded() -> None:
    lines: list[bytes] = []
    simulate("failing-site", baseline=True, nodes=6, atoms=6, hours=0.05, record=lines.append)
    assert lines == []
