"""`sojourn simulate`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sojourn.cli.application import application
from sojourn.model.errors import SojournError

SMALL = ["--nodes", "6", "--atoms", "6", "--hours", "0.05"]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(application, ["simulate", *arguments])
    if isinstance(result.exception, SojournError):
        raise result.exception
    return result


def test_scenarios_are_listed() -> None:
    listed = run("--list").stdout
    assert "energy-day" in listed
    assert "moving-user" in listed


def test_figures_are_shown_and_written(tmp_path: Path) -> None:
    result = run("failing-site", *SMALL, "--seed", "3", "--json", str(tmp_path / "f.json"))
    assert result.exit_code == 0
    assert "work done" in result.stdout
    assert "nothing was broken" in result.stderr
    told = json.loads((tmp_path / "f.json").read_text())
    assert (told["scenario"], told["seed"], told["nodes"], told["atoms"]) == ("failing-site", 3, 6, 6)
    assert set(told["control"]["figures"]) == set(told["baseline"]["figures"])


def test_a_baseline_alone(tmp_path: Path) -> None:
    assert run("failing-site", *SMALL, "--baseline", "--json", str(tmp_path / "f.json")).exit_code == 0
    assert "control" not in json.loads((tmp_path / "f.json").read_text())


def test_a_report_is_a_folder(tmp_path: Path) -> None:
    result = run("failing-site", *SMALL, "--report", str(tmp_path / "out"))
    assert f"report: {tmp_path / 'out' / 'report.html'}" in result.stderr
    assert (tmp_path / "out" / "report.html").is_file()
    assert run(str(tmp_path / "out" / "events.jsonl")).exit_code == 0


def test_what_is_wrong_is_told() -> None:
    assert run().exit_code == 2
    assert run("failing-site", "--nodes", "0").exit_code == 2
    with pytest.raises(SojournError, match="did you mean 'flash-crowd'"):
        run("flash-crwd")
    with pytest.raises(SojournError, match="--hours"):
        run("flash-crowd", "--hours", "nan")


def test_a_recording_is_written_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "day.jsonl"
    result = run("failing-site", *SMALL, "--recording", str(file))
    assert f"recording: {file}" in result.stderr
    assert json.loads(file.read_text().splitlines()[0])["sojourn_recording"] == 1
    assert run("failing-site", *SMALL, "--baseline", "--recording", str(file)).exit_code == 2
    with pytest.raises(SojournError, match="cannot write"):
        run("failing-site", *SMALL, "--recording", str(tmp_path / "no" / "day.jsonl"))
