"""Programs on a real realm: started and stopped together, also when the controller is killed in between."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.controllers import Controller, until
from tests.e2e.dashboard import end, line_of
from tests.e2e.process import SOJOURN

SAMPLES = Path(__file__).parents[2] / "python" / "sojourn" / "dashboard" / "page" / "samples"
TALK = "/programs/talk"


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """A controller of a realm of three nodes; it can be killed."""
    realm = f"programs-{os.getpid()}"
    command = [SOJOURN, "up", "--nodes", "3", "--port", "0", "--no-controller", "--json", "--realm", realm]
    up = subprocess.Popen([*command, "--folder", str(tmp_path / "realm")], stdout=subprocess.PIPE)
    try:
        made = Controller(realm, tmp_path / "controller", line_of(up)["address"])
        made.begin()
        yield made
        made.end()
    finally:
        end(up)


def parts_of(program: dict[str, Any]) -> dict[str, str]:
    return {part["part"]: part["state"] for part in program["parts"]}


def running(controller: Controller) -> set[str]:
    """Atoms that run, as the controller knows."""
    return {atom["name"] for atom in controller.get("/atoms")["items"] if atom.get("state", "running") == "running"}


def test_a_program_outlives_its_controller(controller: Controller) -> None:
    module = controller.put((SAMPLES / "pair.wasm").read_bytes())
    until(lambda: controller.get("/nodes")["items"], lambda nodes: len(nodes) == 3)
    names = {"ada": "bob", "bob": "ada"}
    parts = [
        {"part": me, "module": module, "arguments": ["talk", me, other], "spec": {"policy": "spread"}}
        for me, other in names.items()
    ]
    assert controller.ask("PUT", TALK, {"parts": parts})["state"] == "stopped"

    started = controller.ask("POST", f"{TALK}/start")
    assert parts_of(started) == {"ada": "running", "bob": "running"}
    atoms = {part["atom"] for part in started["parts"]}
    # Nothing is started twice.
    assert {part["atom"] for part in controller.ask("POST", f"{TALK}/start")["parts"]} == atoms

    controller.kill()
    controller.begin()
    again = until(lambda: controller.get(TALK), lambda program: program["state"] == "running")
    assert {part["atom"] for part in again["parts"]} == atoms
    assert controller.get("/atoms?group=talk")["items"]

    stopped = controller.ask("POST", f"{TALK}/stop", {"discard": True})
    assert (stopped["wish"], stopped["state"]) == ("stop", "stopped")
    until(lambda: running(controller), lambda left: not left)

    anew = controller.ask("POST", f"{TALK}/start")
    assert parts_of(anew) == {"ada": "running", "bob": "running"}
    assert not {part["atom"] for part in anew["parts"]} & atoms
    controller.ask("POST", f"{TALK}/stop")
    assert controller.ask("DELETE", TALK)["name"] == "talk"
    assert controller.get("/programs")["items"] == []


def test_a_start_goes_on_after_its_controller_was_killed(controller: Controller) -> None:
    module = controller.put((SAMPLES / "count.wasm").read_bytes())
    until(lambda: controller.get("/nodes")["items"], lambda nodes: len(nodes) == 3)
    parts: list[dict[str, object]] = [{"part": f"part-{number}", "module": module} for number in range(6)]
    # One has no place, and says so; the others do not wait for it.
    parts.append({"part": "nowhere", "module": module, "spec": {"require": "cores < 0"}})
    controller.ask("PUT", "/programs/many", {"parts": parts})
    with subprocess.Popen(
        ["curl", "-s", "-X", "POST", f"{controller.url}/programs/many/start"], stdout=subprocess.DEVNULL
    ) as asked:
        until(lambda: controller.get("/programs/many")["wish"], lambda wish: wish == "run")
        controller.kill()
        asked.wait()
    controller.begin()
    program = until(lambda: controller.get("/programs/many"), lambda found: found["state"] == "partly")
    states = parts_of(program)
    assert states.pop("nowhere") == "failed"
    assert set(states.values()) == {"running"}
    assert "do not meet its requirement" in next(part["reason"] for part in program["parts"] if "reason" in part)
    # One atom a part, and no other.
    assert running(controller) == {part["atom"] for part in program["parts"] if part["state"] == "running"}
    assert controller.ask("POST", "/programs/many/stop", {"discard": True})["state"] == "stopped"
