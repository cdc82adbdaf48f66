"""An atom that serves HTTP does the same in each language, behind a gateway that a test plays, while it moves."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from sojourn.app.project import Language, build, make
from sojourn.core.run import Engine
from sojourn.model.errors import Finished
from sojourn.model.node_errors import Busy, NotRunning
from tests.e2e.gate import Gate, Restless, opened
from tests.e2e.http_scenes import SCENES
from tests.e2e.nodes import Process, met

ROOT = Path(__file__).parents[2]
SOURCES = {"c": "c/{}.c", "rust": "rust/examples/{}.rs", "zig": "zig/{}.zig"}
NODES = ("node-1", "node-2")
TICKS = 50
numbers = itertools.count(1)


@pytest.fixture(scope="module", params=SOURCES)
def language(request: pytest.FixtureRequest) -> Language:
    """A language."""
    name: Language = request.param
    return name


def compiled(language: Language, name: str) -> Path:
    """An atom of the language."""
    source = ROOT / "sdk/conformance" / SOURCES[language].format(name)
    into = ROOT / "build/guests/sdk" / language
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(source), "--into", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "left out" in done.stderr:
        pytest.skip(f"this machine has no compiler for atoms in {language}")
    assert done.returncode == 0, done.stderr
    return into / f"{name}.wasm"


@pytest.fixture(scope="module")
def module(language: Language) -> Path:
    """The atom of the language that serves in all ways."""
    return compiled(language, "web")


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Process]]:
    """Two nodes."""
    folder = tmp_path_factory.mktemp("sdk-http")
    begun: list[Process] = []
    for name in NODES:
        process = Process(f"sdk-http-{os.getpid()}", folder, name)
        process.begin(join=begun[0].address if begun else "")
        begun.append(process)
    yield begun
    for process in begun:
        process.end()


async def greets(gate: Gate) -> None:
    """What the atom does that `sojourn new --http` makes."""
    assert (await gate.ask("/hello/you")).body == b"hello, you\n"
    assert (await gate.ask("/upload", "POST", bytes(99_999))).body == b"99999 bytes\n"
    sockets = [(await gate.socket("/chat"))[1] for _ in range(2)]
    await sockets[0].say("everybody")
    assert [await socket.hear() for socket in sockets] == ["everybody"] * 2


@pytest.mark.usefixtures("module")
def test_a_new_atom_serves(language: Language, realm: list[Process], tmp_path: Path) -> None:
    async def run() -> None:
        module = await build(make(language, f"new-{language}", tmp_path, http=True))
        async with await sojourn.connect(realm[0].address, realm=realm[0].realm) as connection:
            await met(connection, set(NODES))
            atom = await connection.start(module, node=NODES[0])
            async with await opened(connection, f"gate-{language}", atom.name) as gate:
                await greets(gate)
            await atom.stop(keep=False)

    asyncio.run(run())


async def play(realm: Process, module: Path, scene: str, engine: Engine, *, restless: bool) -> int:
    """Plays a scene; how many moves there were."""
    async with await sojourn.connect(realm.address, realm=realm.realm) as connection:
        await met(connection, set(NODES))
        number = next(numbers)
        atom = await connection.start(module, atom=f"web-{number}", node=NODES[0], engine=engine)
        try:
            async with (
                await opened(connection, f"gate-{number}", atom.name) as gate,
                Restless(atom, NODES, moving=restless) as moving,
            ):
                await SCENES[scene](gate, connection)
            return moving.moves
        finally:
            # One that is on its way just now cannot be stopped; its realm ends soon.
            with suppress(Finished, NotRunning, Busy):
                await atom.stop(keep=False)


@pytest.mark.parametrize("scene", SCENES)
def test_an_atom_serves(scene: str, module: Path, realm: list[Process]) -> None:
    asyncio.run(play(realm[0], module, scene, "wasmtime", restless=False))


@pytest.mark.parametrize("scene", SCENES)
def test_an_atom_serves_while_it_never_rests(scene: str, module: Path, realm: list[Process]) -> None:
    assert asyncio.run(play(realm[0], module, scene, "wasmi", restless=True)) > 0


def test_a_daemon_serves_and_ticks(language: Language, realm: list[Process]) -> None:
    """While it moves."""
    module = compiled(language, "clock")

    async def run() -> str:
        async with await sojourn.connect(realm[0].address, realm=realm[0].realm) as connection:
            await met(connection, set(NODES))
            atom = await connection.start(module, atom=f"clock-{language}", node=NODES[0])
            try:
                async with (
                    await opened(connection, f"clock-gate-{language}", atom.name) as gate,
                    Restless(atom, NODES, moving=True),
                ):
                    stream, text = gate.stream(), b""
                    assert (await gate.ask("/time", stream=stream)).status == 200
                    while text.count(b"\n\n") < TICKS:
                        text += await stream.take() or b""
                    return text.decode()
            finally:
                with suppress(Finished, NotRunning, Busy):
                    await atom.stop(keep=False)

    times = [int(part.removeprefix("data: ")) for part in asyncio.run(run()).split("\n\n") if part]
    assert times == list(range(times[0], times[0] + len(times)))
