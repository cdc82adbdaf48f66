"""What `make rust-test` runs once more."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.rust import failed_targets, main

if TYPE_CHECKING:
    from pathlib import Path

SAID = """\
   Compiling sojourn-node v0.1.0
error: test failed, to rerun pass `-p sojourn-node --test mesh`
error: 2 targets failed:
    `-p sojourn-node --test mesh`
    `-p {other} --lib`
"""


def test_targets_are_read_off_what_cargo_says() -> None:
    lines = SAID.format(other="sojourn-post").splitlines()
    assert failed_targets(lines) == [
        ("sojourn-node", "-p sojourn-node --test mesh"),
        ("sojourn-post", "-p sojourn-post --lib"),
    ]
    assert failed_targets(["error: could not compile `sojourn-node`"]) == []


@pytest.mark.parametrize(
    ("other", "codes", "runs"),
    [("sojourn-node", (0, 0), 3), ("sojourn-node", (7, 7), 2), ("sojourn-post", (0, 9), 1)],
)
def test_only_what_the_machine_may_have_failed_runs_again_and_once(
    other: str, codes: tuple[int, int], runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, status = codes
    told, log, cargo = tmp_path / "told", tmp_path / "log", tmp_path / "cargo"
    told.write_text(SAID.format(other=other))
    cargo.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\ncase "$*" in *--workspace*) cat {told} >&2; exit 9;; *) exit {again};; esac\n'
    )
    cargo.chmod(0o755)
    monkeypatch.setattr("tests.rust.CARGO", (str(cargo), "test"))
    assert main(["--", "--include-ignored"]) == status
    lines = log.read_text().splitlines()
    assert len(lines) == runs
    assert lines[0] == "test --workspace --no-fail-fast -- --include-ignored"
    if runs > 1:
        assert lines[1] == "test -p sojourn-node --test mesh -- --include-ignored"


def test_what_passes_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def popen(command: list[str], **_: object) -> subprocess.Popen[str]:
        calls.append(command)
        return subprocess.Popen(["true"], stderr=subprocess.PIPE, text=True)

    monkeypatch.setattr("tests.rust.subprocess", type("Fake", (), {"Popen": popen, "PIPE": subprocess.PIPE}))
    assert main([]) == 0
    assert len(calls) == 1
