"""What is made from the tables in `abi/` is up to date."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_codecs_and_pages_are_those_of_the_tables() -> None:
    command = [sys.executable, "abi/generate.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
