"""Node.js for tests of the dashboard, with the packages of tests/web."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.debian import found, need

ROOT = Path(__file__).parents[1]
WEB = ROOT / "tests" / "web"


@cache
def packages() -> Path:
    """The folder node_modules of tests/web, installed first if it has to be; tests/web has a link to it.

    Where that cannot be done, the test is skipped.
    """
    for package, program in (("nodejs", "node"), ("npm", "npm")):
        need(package, found(program))
    command = [sys.executable, str(ROOT / "examples" / "npm.py"), str(WEB)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(done.stderr.strip()[-500:])
    folder = Path(done.stdout.strip())
    link = WEB / "node_modules"
    if not (link.is_symlink() and link.readlink() == folder):
        # Tests of several processes may do this at once.
        fresh = link.with_name(f"{link.name}.{id(link):x}")
        fresh.symlink_to(folder)
        fresh.replace(link)
    return folder


def run(*command: str | Path, timeout: float = 500) -> str:
    """Runs a program of the packages, or node itself, in tests/web; what it says, which is shown where it fails."""
    program, *arguments = command
    path = packages() / ".bin" / str(program)
    line = [str(path) if path.exists() else str(program), *map(str, arguments)]
    done = subprocess.run(
        line, cwd=WEB, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout
    )
    assert done.returncode == 0, f"{' '.join(map(str, command[:3]))}:\n{done.stdout[-8000:]}"
    return done.stdout
