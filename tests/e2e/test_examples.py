"""The stories of examples/ come out as they should, each on a realm of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
# A story that takes longer has failed.
PATIENCE_S = 280
STORIES = [
    ("counter/roam.py", (), "nothing lost, nothing twice"),
    ("arena/roam.py", (), "quit"),
    ("arena/requester.py", (), "quit"),
    ("topics/publish.py", (), "in order"),
    ("store/compare.py", (), "wrong answers: 0"),
    ("bag/run.py", ("60",), "speed-up"),
    ("ring/run.py", ("60",), "messages in"),
    ("pipeline/run.py", (), "words"),
    ("chat/play.py", (), "every line once"),
    ("sensors/play.py", (), "none twice"),
]


@pytest.mark.timeout(PATIENCE_S + 20)
@pytest.mark.parametrize(("story", "arguments", "told"), STORIES, ids=[story for story, _, _ in STORIES])
def test_a_story_comes_out_as_it_should(
    story: str, arguments: tuple[str, ...], told: str, environment: Mapping[str, str]
) -> None:
    # Compiled atoms are kept where other builds find them.
    kept = {"SOJOURN_CACHE": os.environ["SOJOURN_CACHE"]} if "SOJOURN_CACHE" in os.environ else {}
    clean = {name: value for name, value in environment.items() if name != "SOJOURN_CACHE"} | kept
    done = subprocess.run(
        [sys.executable, EXAMPLES / story, *arguments],
        env=clean,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if "no wasm32 target for Rust" in done.stderr:
        pytest.skip("this machine has no wasm32 target for Rust")
    if "hint: apt install mosquitto" in done.stderr:
        pytest.skip("this machine has no mosquitto")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines[-1] == "as it should be"
    assert any(told in line for line in lines), done.stdout
    assert "NOT" not in done.stdout


def test_every_story_is_told() -> None:
    """Whoever adds one adds it here, too. The demo is its own story, and one only builds samples of the dashboard."""
    programs = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.glob("*/*.py")}
    assert programs - {"demo/demo.py", "first/copy.py"} == {story for story, _, _ in STORIES}
