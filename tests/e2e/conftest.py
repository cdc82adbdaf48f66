"""The command line as a person has it: real processes."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.nodes import Process
from tests.e2e.process import SOJOURN, Ran, Runner, Starter

PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """This process's environment, plain output, and a cache of the test's own."""
    return {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "SOJOURN_CACHE": str(tmp_path / "cache")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that commands run in."""
    place = tmp_path / "folder"
    place.mkdir()
    return place


@pytest.fixture
def sojourn(folder: Path, environment: Mapping[str, str]) -> Runner:
    """Runs a command to its end."""

    def run(*arguments: str | Path, **options: Any) -> Ran:  # noqa: ANN401 -- subprocess's own
        command = [SOJOURN, *map(str, arguments)]
        defaults: dict[str, Any] = {"cwd": folder, "env": environment, "timeout": 100}
        if "input" not in options:
            defaults["stdin"] = subprocess.DEVNULL
        return subprocess.run(command, check=False, capture_output=True, **{**defaults, **options})

    return run


@pytest.fixture
def begin(folder: Path, environment: Mapping[str, str]) -> Starter:
    """Begins a command."""

    def run(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 -- subprocess's own
        command = [SOJOURN, *map(str, arguments)]
        given: dict[str, Any] = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL, **PIPES}
        # Unbuffered: what one read leaves in the pipe, the next one finds there.
        return subprocess.Popen(command, bufsize=0, **{**given, **options})

    return run


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Callable[..., list[Process]]]:
    """Starts nodes that know each other: `nodes("a", "b", crash={"b": "target:built"})`; ends them."""
    begun: list[Process] = []

    def start(*names: str, crash: Mapping[str, str] | None = None, options: Sequence[str] = ()) -> list[Process]:
        realm = f"test-{os.getpid()}-{tmp_path.name}".lower().replace("_", "-")[:60].rstrip("-")
        for name in names:
            process = Process(realm, tmp_path, name, *options)
            process.begin(crash_at=(crash or {}).get(name, ""), join=begun[0].address if begun else "")
            begun.append(process)
        return begun

    yield start
    for process in begun:
        process.end()


@pytest.fixture(scope="session")
def steady() -> Path:
    """A guest of a given size that writes at a given rate, and whose output follows from its arguments."""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, root / "examples" / "build.py", "steady"], check=True, capture_output=True)
    return root / "build" / "guests" / "steady.wasm"
