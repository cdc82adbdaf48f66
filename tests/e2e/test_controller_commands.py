"""Commands over the controller of a realm as a person has it: real processes, a token, atoms that move."""

import json
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import GuestPath, Ran, Runner, Starter

PATIENCE_S = 60.0


class Up:
    """A realm whose controller asks for tokens.

    Attributes:
        environment: What commands need to find it.
        folder: Where it keeps things.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self.folder = folder


@pytest.fixture
def up(begin: Starter, environment: Mapping[str, str], tmp_path: Path) -> Iterator[Up]:
    folder = tmp_path / "realm"
    process = begin("up", "--nodes", "2", "--port", "0", "--json", "--folder", folder, "--token-always", "true")
    assert process.stdout is not None
    assert process.stderr is not None
    line = b""
    while not line.endswith(b"\n"):
        part = process.stdout.read(65536)
        assert part, process.stderr.read()
        line += part
    told = json.loads(line)
    made = Up(environment, folder)
    made.environment["SOJOURN_CLIENT_ADDRESS"] = told["address"]
    made.environment["SOJOURN_CONTROLLER_ADDRESS"] = told["controller"]
    yield made
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE_S)
    process.stdout.close()
    process.stderr.close()


def eventually(ask: Callable[[], Ran], holds: Callable[[Ran], bool]) -> Ran:
    """Runs a command until what it says is right; a command itself takes a while."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        ran = ask()
        if holds(ran):
            return ran
        assert time.monotonic() < deadline, (ran.stdout, ran.stderr)


@pytest.mark.timeout(300)
def test_from_a_token_to_a_rollback(up: Up, sojourn: Runner, begin: Starter, guest_path: GuestPath) -> None:
    def run(*arguments: str | Path) -> Ran:
        return sojourn(*arguments, env=up.environment)

    def told(*arguments: str | Path) -> Any:  # noqa: ANN401 -- JSON
        ran = run(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    refused = run("nodes", "--facts")
    assert (refused.returncode, refused.stderr.splitlines()[0]) == (1, b"error: a token is needed")
    token = told("token", "new", "--scope", "admin", "--token-file", up.folder / "tokens.json")
    up.environment["SOJOURN_CONTROLLER_TOKEN"] = token["token"]
    assert [record["facts"]["name"] for record in told("nodes", "--facts")] == ["node-1", "node-2"]

    assert run("start", "--atom", "spin", guest_path("spin")).stdout == b"node-1/spin\n"
    eventually(lambda: run("explain", "node-1/spin"), lambda ran: ran.returncode == 0)
    assert {verdict["node"] for verdict in told("explain", "spin")["nodes"]} == {"node-1", "node-2"}
    assert told("objective", "spin", "load")["spec"]["objective"] == "load"
    wrong = run("objective", "spin", "lode")
    assert wrong.stderr.splitlines()[1:3] == [b"    lode", b"    ^^^^"]
    assert [move["target"] for move in told("plan", "drain", "node-1")["moves"]] == ["node-2"]

    with begin("events", "-f", "--json", "--kind", "atom.moved", env=up.environment) as following:
        assert following.stdout is not None
        run("drain", "node-1")
        moved = json.loads(following.stdout.readline())
        following.terminate()
    assert (moved["subject"], told("nodes", "--facts")[0]["cordoned"]) == ("node-1/spin", True)
    assert run("uncordon", "node-1").returncode == 0

    assert told("checkpoint", "spin")
    assert told("rollback", "spin")["atom"] == "node-1/spin"
    # The new module ends at once, with a status of its own: all get the old one back.
    rollout = told("update", "node-1/spin", guest_path("ticks"), "--watch", "60s")["name"]
    eventually(lambda: run("rollouts", rollout), lambda ran: b"rolled_back" in ran.stdout)

    assert run("token", "revoke", token["id"], "--token-file", up.folder / "tokens.json").returncode == 0
    assert run("settings").stderr.splitlines()[0] == b"error: the token is not valid, or not any more"
    assert token["token"].encode() not in b"".join(path.read_bytes() for path in up.folder.rglob("*.json"))
