"""The same small atoms in each language do the same, in a realm of real nodes, while they move."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sojourn
from tests.e2e.nodes import Process, met
from tests.e2e.scenario import SCENARIOS, TABLE, play

ROOT = Path(__file__).parents[2]
LANGUAGES = ("c", "rust", "zig", "as")
NODES = ("node-1", "node-2")
CUSTOM_SECTION = 0
LEB_MORE = 0x80

Modules = dict[str, dict[str, Path]]


@pytest.fixture(scope="module")
def built() -> Modules:
    """Test atoms, by language and name."""
    done = subprocess.run([sys.executable, ROOT / "sdk/atoms.py", "--json"], check=True, capture_output=True)
    modules: Modules = {language: {} for language in LANGUAGES}
    for path in map(Path, json.loads(done.stdout).values()):
        modules[path.parent.name][path.stem] = path
    return modules


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """A language: all tests of it share its realm."""
    name: str = request.param
    return name


@pytest.fixture
def modules(built: Modules, language: str) -> dict[str, Path]:
    """The atoms of the language."""
    if not built[language]:
        pytest.skip(f"this machine has no compiler for atoms in {language}")
    return built[language]


@pytest.fixture(scope="module")
def realm(language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Process]]:
    """Two nodes."""
    folder = tmp_path_factory.mktemp(f"sdk-{language}")
    begun: list[Process] = []
    for name in NODES:
        process = Process(f"sdk-{language}-{os.getpid()}", folder, name)
        process.begin(join=begun[0].address if begun else "")
        begun.append(process)
    yield begun
    for process in begun:
        process.end()


@pytest.mark.parametrize("name", SCENARIOS)
def test_atoms_do_what_the_table_says(name: str, modules: dict[str, Path], realm: list[Process]) -> None:
    async def run() -> None:
        async with await sojourn.connect(realm[0].address, realm=realm[0].realm) as connection:
            await met(connection, set(NODES))
            await play(connection, NODES, SCENARIOS[name], modules)

    asyncio.run(run())


@pytest.mark.parametrize("name", [name for name, scenario in SCENARIOS.items() if not scenario.get("still")])
def test_atoms_do_the_same_while_they_never_rest(name: str, modules: dict[str, Path], realm: list[Process]) -> None:
    async def run() -> int:
        async with await sojourn.connect(realm[0].address, realm=realm[0].realm) as connection:
            await met(connection, set(NODES))
            return await play(connection, NODES, SCENARIOS[name], modules, "wasmi", restless=True)

    assert asyncio.run(run()) > 0


def test_atoms_are_all_there_and_say_what_they_are(modules: dict[str, Path]) -> None:
    assert set(modules) == set(TABLE["atom"])
    for name, atom in TABLE["atom"].items():
        assert sorted(annotation(modules[name].read_bytes())) == sorted(atom["annotation"])


def annotation(wasm: bytes) -> list[str]:
    """Lines of a module's custom sections `sojourn`."""
    at, text = 8, b""
    while at < len(wasm):
        size, body = number(wasm, at + 1)
        length, name = number(wasm, body)
        if wasm[at] == CUSTOM_SECTION and wasm[name : name + length] == b"sojourn":
            text += wasm[name + length : body + size]
        at = body + size
    return text.decode().splitlines()


def number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & ~LEB_MORE) << shift
        shift += 7
        if not byte & LEB_MORE:
            return value, at
