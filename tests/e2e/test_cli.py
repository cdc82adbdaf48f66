"""The rest of the command line."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.process import GuestPath, Runner


def test_version(sojourn: Runner) -> None:
    assert sojourn("--version").stdout.decode().split() == ["sojourn", version("sojourn")]


def test_every_command_explains_itself(sojourn: Runner) -> None:
    for command in ("run", "resume", "inspect", "instrument", "bench", "up", "node", "start", "migrate", "config"):
        ran = sojourn(command, "--help")
        assert ran.returncode == 0
        assert b"Usage" in ran.stdout


def test_instrument_writes_a_module_that_passes_as_one(sojourn: Runner, folder: Path, guest_path: GuestPath) -> None:
    for flavour in ("atomic", "counter"):
        ran = sojourn("instrument", "--flavour", flavour, guest_path("ticks"), "out.wasm")
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert b"sojourn:frames" in (folder / "out.wasm").read_bytes()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(sojourn: Runner, environment: Mapping[str, str], shell: str) -> None:
    # Otherwise it is for the shell that the tests were begun from, which may be one that cannot.
    named = {**environment, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    ran = sojourn("--show-completion", shell, env=named)
    assert ran.returncode == 0
    assert b"sojourn" in ran.stdout
