"""Generated pages are as the code says."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "name", ["cli.md", "python.md", "realm.md", "facts.md", "metrics.md", "rest.md", "scenario.md"]
)
def test_reference_page_is_not_stale(name: str) -> None:
    pages = runpy.run_path(str(ROOT / "docs" / "generate.py"))["pages"]()
    assert (ROOT / "docs" / "reference" / name).read_text() == pages[name], "stale: run `make docs`"


def test_what_is_made_from_tables_is_not_stale() -> None:
    made = subprocess.run([sys.executable, "abi/generate.py", "--check"], cwd=ROOT, check=False, capture_output=True)
    assert made.returncode == 0, made.stderr.decode()
