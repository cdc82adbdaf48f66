"""Studies: the same seed the same bytes, each scenario small, and replays."""

from pathlib import Path

import pytest

from sojourn.sim.entry import simulate
from sojourn.sim.report.document import encode
from sojourn.sim.report.folder import write
from sojourn.sim.report.rows import gains, rows, verdict
from tests.unit.sim.worlds import SMALL, small


@pytest.mark.parametrize("name", SMALL)
def test_control_breaks_nothing_and_is_no_worse(name: str) -> None:
    done = small(name)
    assert not any(done.violations().values()), done.control and done.control.told
    found = done.gains()
    assert found.get(done.scenario.figure, 1.0) >= 1.0
    assert verdict(done).endswith("nothing was broken")
    assert all(len(row) == 3 for row in rows(done))
    assert [name for name, *_ in gains(done)] == list(found)


def test_the_same_seed_gives_the_same_report() -> None:
    first, again, other = small("moving-user"), small("moving-user"), small("moving-user", seed=2)
    assert encode(first) == encode(again)
    assert first.control is not None
    assert again.control is not None
    assert first.control.decided == again.control.decided
    assert encode(first) != encode(other)


@pytest.mark.parametrize("name", ["energy-day", "failing-site"])
def test_exported_events_replay_the_same_world(name: str, tmp_path: Path) -> None:
    done = small(name)
    write(done, tmp_path)
    again = simulate(str(tmp_path / "events.jsonl"))
    assert again.happenings == done.happenings
    assert encode(again) == encode(done)


def test_a_baseline_alone_has_no_gains() -> None:
    done = simulate("failing-site", baseline=True, nodes=6, atoms=6, hours=0.05)
    assert done.control is None
    assert (done.gains(), gains(done)) == ({}, [])
    assert all(len(row) == 2 for row in rows(done))
    assert b'"control"' not in encode(done)
