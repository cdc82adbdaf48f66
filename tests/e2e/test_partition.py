"""Nodes in network namespaces of their own, cut off from each other in the middle of moves, and healed."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from sojourn.core.realm import Realm
from sojourn.model.wire import AtomRow, AtomState
from tests.e2e.nodes import LIVING, Process, eventually, living, met

# One of a kind: what a test that was killed left behind is in nobody's way.
NETWORK = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
ARGUMENTS = ("1", "10", "2500")


def ip(*arguments: str, check: bool = True) -> bool:
    return subprocess.run(["ip", *arguments], check=check, capture_output=True).returncode == 0


def may_make_namespaces() -> bool:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"sojourn-try-{os.getpid()}"
    made = ip("netns", "add", name, check=False)
    if made:
        ip("netns", "del", name)
    return made


pytestmark = pytest.mark.skipif(not may_make_namespaces(), reason="making network namespaces takes root and iproute2")


class Network:
    """A bridge, and a namespace for each node."""

    def __init__(self, count: int) -> None:
        self._bridge = f"sj{os.getpid() % 100000}"
        self.names = [f"{self._bridge}-{number}" for number in range(1, count + 1)]
        ip("link", "add", self._bridge, "type", "bridge")
        ip("addr", "add", f"{NETWORK}.254/24", "dev", self._bridge)
        ip("link", "set", self._bridge, "up")
        for number, name in enumerate(self.names, 1):
            outer, inner = f"{self._bridge}o{number}", f"{self._bridge}i{number}"
            ip("netns", "add", name)
            ip("link", "add", outer, "type", "veth", "peer", "name", inner)
            ip("link", "set", outer, "master", self._bridge, "up")
            ip("link", "set", inner, "netns", name)
            ip("-n", name, "addr", "add", f"{NETWORK}.{number}/24", "dev", inner)
            ip("-n", name, "link", "set", inner, "up")
            ip("-n", name, "link", "set", "lo", "up")

    def cut(self, number: int) -> None:
        ip("link", "set", f"{self._bridge}o{number}", "down")

    def heal(self, number: int) -> None:
        ip("link", "set", f"{self._bridge}o{number}", "up")

    def remove(self) -> None:
        for name in self.names:
            ip("netns", "del", name, check=False)
        ip("link", "del", self._bridge, check=False)


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network(3)
    yield made
    made.remove()


@pytest.fixture
def cut_nodes(network: Network, tmp_path: Path) -> Iterator[list[Process]]:
    realm = f"cut-{os.getpid()}"
    begun: list[Process] = []
    for number, name in enumerate(network.names, 1):
        listen = ("--listen", f"tcp/{NETWORK}.{number}:7447")
        prefix = ("ip", "netns", "exec", name)
        process = Process(realm, tmp_path, f"node-{number}", *listen, prefix=prefix)
        process.begin(join=begun[0].address if begun else "")
        begun.append(process)
    yield begun
    for process in begun:
        process.end()


async def spoken_for(realm: Realm, name: str) -> list[AtomRow]:
    """Where an atom is, or came to its end: a cut can last longer than the program."""
    return [row for row in await realm.atoms() if row.atom == name and row.state in LIVING | {AtomState.ENDED}]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("after", [0.0, 0.01, 0.05])
def test_an_atom_is_never_twice_and_goes_on_when_the_cut_heals(
    cut_nodes: list[Process], network: Network, steady: Path, after: float
) -> None:
    expected = sojourn.start(steady, args=ARGUMENTS).stdout.read()

    async def run() -> None:
        async with await sojourn.connect(cut_nodes[0].address, realm=cut_nodes[0].realm) as realm:
            await met(realm, {process.name for process in cut_nodes})
            atom = await realm.start(steady, args=ARGUMENTS, node="node-2")
            moving = asyncio.create_task(atom.migrate("node-3", cause="the test"))
            await asyncio.sleep(after)
            network.cut(3)
            rows = await eventually(lambda: living(realm, atom.name), lambda rows: len(rows) <= 1)
            assert len(rows) <= 1
            network.heal(3)
            # Refused, given up, or the answer was lost on the way: the atom is somewhere all the same.
            with suppress(sojourn.SojournError):
                await moving
            rows = await eventually(lambda: spoken_for(realm, atom.name), lambda rows: len(rows) == 1)
            assert rows[0].node in {"node-2", "node-3"}
            assert b"".join([chunk async for chunk in atom.logs(follow=True)]) == expected

    asyncio.run(run())
