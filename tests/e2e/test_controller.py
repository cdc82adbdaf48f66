"""The controller with real nodes: it knows them, restores what they lose, moves what they cannot keep."""

import asyncio
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import sojourn
from sojourn.core.realm import Realm
from tests.e2e.controllers import Controller, until
from tests.e2e.nodes import LIVING, Process, eventually, living, met
from tests.e2e.postgres import Server

PATIENCE_S = 60.0
ARGUMENTS = ("1", "10", "1500")
# What people do, and after how much of it the controller is killed.
OPERATIONS = 500 if os.environ.get("SOJOURN_SOAK") else 60
KILL_EVERY = 10


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[Process]]:
    realm = f"control-{os.getpid()}"
    begun: list[Process] = []
    for number in (1, 2, 3):
        process = Process(realm, tmp_path, f"node-{number}")
        process.begin(join=begun[0].address if begun else "")
        begun.append(process)
    yield begun
    for process in begun:
        process.end()


@pytest.fixture
def controller(nodes: list[Process], tmp_path: Path) -> Iterator[Controller]:
    made = Controller(nodes[0].realm, tmp_path / "controller", nodes[0].address)
    try:
        made.begin()
        yield made
    finally:
        assert made.end() == 0


def up(controller: Controller) -> set[str]:
    return {node["facts"]["name"] for node in controller.get("/nodes")["items"] if node.get("state", "up") == "up"}


def atoms(controller: Controller) -> dict[str, Any]:
    return {atom["name"]: atom for atom in controller.get("/atoms")["items"]}


@pytest.mark.timeout(180)
def test_atoms_of_a_killed_node_go_on_elsewhere(nodes: list[Process], controller: Controller, steady: Path) -> None:
    until(lambda: up(controller), lambda names: names == {"node-1", "node-2", "node-3"})

    async def start() -> list[str]:
        async with await sojourn.connect(nodes[0].address, realm=nodes[0].realm) as realm:
            await met(realm, {process.name for process in nodes})
            begun = [await realm.start(steady, args=("1", "10", "6000"), node="node-2") for _ in range(3)]
            for atom in begun:
                await atom.checkpoint()
            return [atom.name for atom in begun]

    names = asyncio.run(start())
    until(lambda: atoms(controller), lambda known: set(names) <= set(known))
    nodes[1].kill()
    known = until(
        lambda: atoms(controller),
        lambda known: all(
            known[name]["node"] != "node-2" and known[name].get("state", "running") == "running" for name in names
        ),
    )
    assert all(known[name]["epoch"] > 1 for name in names)
    kinds = [event["kind"] for event in events(controller)]
    assert kinds.count("node.lost") == 1
    assert kinds.count("atom.restored") == 3


@pytest.mark.timeout(240)
def test_a_node_that_was_frozen_comes_back_and_speaks_for_nobody(
    nodes: list[Process], controller: Controller, steady: Path
) -> None:
    until(lambda: up(controller), lambda names: names == {"node-1", "node-2", "node-3"})
    expected = sojourn.start(steady, args=ARGUMENTS).stdout.read()

    async def story() -> None:
        async with await sojourn.connect(nodes[0].address, realm=nodes[0].realm) as realm:
            await met(realm, {process.name for process in nodes})
            atom = await realm.start(steady, args=ARGUMENTS, node="node-2")
            await atom.checkpoint()
            await asyncio.to_thread(until, lambda: atoms(controller), lambda known: atom.name in known)
            nodes[1].signal(signal.SIGSTOP)
            elsewhere = lambda known: known[atom.name]["node"] != "node-2"  # noqa: E731 -- said once
            await asyncio.to_thread(until, lambda: atoms(controller), elsewhere)
            nodes[1].signal(signal.SIGCONT)
            back = lambda names: "node-2" in names  # noqa: E731 -- the same
            await asyncio.to_thread(until, lambda: up(controller), back)
            rows = await eventually(lambda: living(realm, atom.name), lambda rows: len(rows) <= 1)
            assert all(row.node != "node-2" for row in rows)
            assert b"".join([chunk async for chunk in atom.logs(follow=True)]) == expected

    asyncio.run(story())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1])
def test_a_controller_that_is_killed_at_any_moment_knows_what_is_real(
    nodes: list[Process], controller: Controller, steady: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- replays
    until(lambda: up(controller), lambda names: names == {"node-1", "node-2", "node-3"})

    async def act(realm: Realm, begun: list[str]) -> None:
        """One thing that people do; it may fail where the controller is just gone."""
        what = chance.choice(["start", "migrate", "migrate", "cordon", "stop", "objective"])
        node = f"node-{chance.randint(1, 3)}"
        name = chance.choice(begun) if begun else ""
        if what == "start" or not name:
            begun.append((await realm.start(steady, args=("1", "50", "100000"), node=node)).name)
            return
        calls = {
            "migrate": ("POST", f"/atoms/{name}/moves", {"target": node}),
            "cordon": (chance.choice(["PUT", "DELETE"]), f"/nodes/{node}/cordon", None),
            "stop": ("POST", f"/atoms/{name}/stop", {}),
            "objective": (
                "PATCH",
                f"/atoms/{name}",
                {"objective": chance.choice(["load", "euro_per_hour", "cores_free"])},
            ),
        }
        with suppress(OSError, urllib.error.URLError, http.client.HTTPException):
            await asyncio.to_thread(controller.ask, *calls[what])

    async def story() -> None:
        async with await sojourn.connect(nodes[0].address, realm=nodes[0].realm) as realm:
            await met(realm, {process.name for process in nodes})
            begun: list[str] = []
            for number in range(OPERATIONS):
                await act(realm, begun)
                if number % KILL_EVERY == KILL_EVERY - 1:
                    controller.kill()
                    controller.begin()
            for node in ("node-1", "node-2", "node-3"):
                await asyncio.to_thread(controller.ask, "DELETE", f"/nodes/{node}/cordon")

            async def both() -> tuple[dict[str, str], dict[str, str]]:
                rows = [row for row in await realm.atoms() if row.state in LIVING]
                known = await asyncio.to_thread(atoms, controller)
                told = {name: atom["node"] for name, atom in known.items() if atom.get("state", "running") == "running"}
                return {row.atom: row.node for row in rows}, told

            real, told = await eventually(both, lambda pair: pair[0] == pair[1])
            assert real == told
            assert real

    asyncio.run(story())


@pytest.mark.timeout(180)
def test_another_controller_takes_over(nodes: list[Process], tmp_path: Path, postgres: Server, steady: Path) -> None:
    store = postgres.schema()
    pair = [
        Controller(nodes[0].realm, tmp_path / f"controller-{number}", nodes[0].address, "--store", store)
        for number in (1, 2)
    ]
    for each in pair:
        each.begin()
    try:
        leading = until(lambda: roles(pair), lambda found: sorted(found) == ["following", "leading"])
        first, second = pair[leading.index("leading")], pair[leading.index("following")]
        until(lambda: up(first), lambda names: names == {"node-1", "node-2", "node-3"})
        name = placed(first, steady)
        until(lambda: atoms(second), lambda known: name in known)
        with pytest.raises(urllib.error.HTTPError) as refused:
            second.ask("POST", f"/atoms/{name}/stop", {})
        assert json.load(refused.value)["name"] == "NotLeader"
        first.kill()
        until(lambda: second.get("/health")["role"], lambda role: role == "leading")
        node = atoms(second)[name]["node"]
        next(process for process in nodes if process.name == node).kill()
        known = until(
            lambda: atoms(second)[name],
            lambda atom: atom["node"] != node and atom.get("state", "running") == "running",
        )
        assert known["epoch"] > 1
    finally:
        for each in pair:
            each.end()


# Goes on for ever; the other one, with the same layout, ends by a trap.
GOOD = """(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1) (func (export "_start") (loop (drop (call $yield)) (br 0))))"""
BAD = """(module (memory (export "memory") 1) (func (export "_start") unreachable))"""


@pytest.mark.timeout(180)
def test_an_update_that_fails_is_taken_back(controller: Controller) -> None:
    until(lambda: up(controller), lambda names: names == {"node-1", "node-2", "node-3"})
    old, new = (controller.put(text) for text in (GOOD, BAD))
    begun = [controller.ask("POST", "/atoms", {"module": old, "program": "good"})["atom"] for _ in range(3)]
    node = atoms(controller)[begun[0]]["node"]
    cache = controller.get(f"/nodes/{node}/cache?limit=1000")
    assert old in {item["module"] for item in cache["items"]}
    assert cache["hits"] + cache["misses"] > 0
    assert 0 < cache["modules"] <= cache["entries"]
    assert sum(item["bytes"] for item in cache["items"]) <= cache["bytes"] <= cache["most_bytes"]
    ask = {"name": "try", "old": old, "new": new, "canary": 1, "watch_s": 1.0}
    controller.ask("POST", "/rollouts", ask)
    rollout = until(lambda: controller.get("/rollouts/try"), lambda found: found.get("state") == "rolled_back")
    assert "failed with it" in rollout["reason"]
    known = until(
        lambda: atoms(controller),
        lambda known: all(
            known[name]["module"] == old and known[name].get("state", "running") == "running" for name in begun
        ),
    )
    assert sorted(atom["epoch"] > 2**33 - 1 for atom in known.values()) == [False, False, True]


def roles(controllers: list[Controller]) -> list[str]:
    return [each.get("/health")["role"] for each in controllers]


def placed(controller: Controller, module: Path) -> str:
    """Has a program started where the controller says; its name."""
    command = [str(Path(sys.executable).with_name("sojourn")), "start", "--placed", "--images-every", "1s"]
    command += ["--controller", controller.url.removesuffix("/v1").removeprefix("http://"), "--objective", "load"]
    ran = subprocess.run([*command, str(module), "1", "50", "100000"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def events(controller: Controller) -> list[Any]:
    """All events that there are."""
    address = f"{controller.url}/events?follow=false"
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:  # noqa: S310 -- our own
        lines = answer.read().decode().splitlines()
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]
