"""The page over a realm that is made up and changes all the time: it misses nothing, and its memory does not grow.

How quick it is `sojourn bench dashboard` measures: a test that judged it would fail on a machine that others use.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.debian import found, need
from tests.node import packages

ROOT = Path(__file__).parents[2]
SOAK = bool(os.environ.get("SOJOURN_SOAK"))
# Nodes, atoms, changes a second, and how long it is looked on.
SIZE = (1000, 20_000, 200, 3600) if SOAK else (50, 1000, 50, 12)
GROWS_MIB, MOST_MIB = 10, 300

pytestmark = pytest.mark.timeout(SIZE[-1] + 600)


def test_nothing_is_missed_and_memory_does_not_grow(tmp_path: Path) -> None:
    need("chromium", found("chromium"))
    packages()
    nodes, atoms, changes, seconds = map(str, SIZE)
    command = [sys.executable, "benchmarks/dashboard/run.py", "--json", str(tmp_path / "figures.json")]
    sizes = ["--nodes", nodes, "--atoms", atoms, "--changes", changes, "--soak", seconds]
    done = subprocess.run([*command, *sizes], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert (figures["missed"], figures["repeated"]) == (0, 0)
    assert figures["soak_heap_last_mib"] < figures["soak_heap_first_mib"] + GROWS_MIB
    assert figures["soak_process_mib"] < MOST_MIB
