"""The guide's commands do what it says."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.cli.rest import Served, served

GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "rest.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
PATIENCE_S = 60.0

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture(scope="module")
def rest() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.mark.parametrize("line", [line for line in LINES if " -sfN " not in line])
def test_a_line_of_the_guide_works(rest: Served, line: str) -> None:
    # `--json` is younger than some curls that are in use.
    command = line.replace("127.0.0.1:7480", rest.address).replace("--json", "-H Content-Type:application/json --data")
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_stream_of_the_guide_begins(rest: Served) -> None:
    (line,) = (line for line in LINES if " -sfN " in line)
    command = ["bash", "-c", f"exec {line.replace('127.0.0.1:7480', rest.address)}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"retry: 2000\n"
        finally:
            process.terminate()


def test_the_wrong_request_of_the_guide_is_answered_so(rest: Served) -> None:
    (line,) = (line for line in LINES if '"nod"' in line)
    command = line.replace("127.0.0.1:7480", rest.address).replace("--json", "-H Content-Type:application/json --data")
    answer = json.loads(subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout)
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert {**answer, **json.loads(shown)} == answer
