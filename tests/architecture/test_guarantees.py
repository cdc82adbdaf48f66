"""Guarantees: each one names tests, and those are there."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guarantees.md"
ROWS = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| guarantee")]


@cache
def names() -> set[str]:
    """Every function of Rust, of Python's tests and of the dashboard's scenes, and every file of them, by name."""
    folders = [*ROOT.glob("crates/*"), ROOT / "tests" / "conformance"]
    rust = [path for folder in folders for part in ("src", "tests") for path in folder.glob(f"{part}/**/*.rs")]
    python = list((ROOT / "tests").glob("**/*.py"))
    web = [path for path in (ROOT / "tests" / "web").glob("**/*.js") if "node_modules" not in path.parts]
    found = {path.name for path in rust + python + web}
    for path in rust + python + web:
        found.update(re.findall(r"\b(?:fn|def|function) (\w+)", path.read_text()))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_what_holds_a_guarantee_is_there(row: str) -> None:
    held_by = row.split("|")[2]
    named = [name.split("/")[-1] for name in re.findall(r"`([\w./-]+)`", held_by)]
    known = [name for name in named if name in names() or (ROOT / "crates" / "node" / "tests" / name).is_dir()]
    assert named
    assert known == named
