"""Nodes in network namespaces of their own, cut off from each other in the middle of moves and talk, and healed."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from sojourn.core.realm import Realm
from sojourn.model.wire import AtomRow, AtomState
from tests.e2e.nodes import LIVING, PATIENCE_S, Process, eventually, living, met

ROOT = Path(__file__).parents[2]

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


@pytest.fixture(scope="session")
def pair() -> Path:
    """An atom that plays ball with another one."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(ROOT / "tests/guests/pair.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values())))


class Players:
    """Two atoms at two nodes that throw each other numbered balls."""

    def __init__(self, realm: Realm) -> None:
        self._realm = realm

    async def begin(self, module: Path) -> None:
        """Starts them."""
        for name, node in (("one", "node-2"), ("other", "node-3")):
            await self._realm.start(module, atom=name, node=node)
        await self._tell("node-2/one", "begin", "16", "node-3/other")
        await self._tell("node-3/other", "begin", "16", "node-2/one")

    async def _tell(self, name: str, what: str, data: str = "", subject: str = "") -> list[int]:
        """How many it has sent, how many came to it, and how many of those were not the next one."""
        answer = await self._realm.call(name, data, type=what, subject=subject, timeout=PATIENCE_S)
        return [int(number) for number in answer.data.split()]

    async def play_on(self, count: int) -> None:
        """Waits until so many more have come to each."""
        for name in ("node-2/one", "node-3/other"):
            goal = (await self._tell(name, "tell"))[1] + count

            async def told(name: str = name) -> list[int]:
                return await self._tell(name, "tell")

            await eventually(told, lambda told, goal=goal: told[1] >= goal)  # type: ignore[misc]

    async def stop(self) -> None:
        """Each ball that was thrown has come, once and in its order."""
        for name in ("node-2/one", "node-3/other"):
            await self._tell(name, "stop")

        async def told() -> tuple[list[int], list[int]]:
            return await self._tell("node-2/one", "tell"), await self._tell("node-3/other", "tell")

        (sent, came, wrong), (others_sent, others_came, others_wrong) = await eventually(
            told, lambda told: told[0][1] >= told[1][0] and told[1][1] >= told[0][0]
        )
        assert (came, others_came) == (others_sent, sent), "lost or repeated"
        assert (wrong, others_wrong) == (0, 0), "out of order"


async def parted(realm: Realm) -> None:
    """Waits until it is noticed that node-3 does not answer."""

    async def known() -> set[str]:
        rows = {row.name: row for row in await realm.nodes()}
        return set(rows["node-2"].peers) if "node-2" in rows else {"node-3"}

    await eventually(known, lambda peers: "node-3" not in peers)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("after", [None, 0.0, 0.02])
def test_a_pair_that_talks_across_a_cut_loses_and_repeats_nothing(
    cut_nodes: list[Process], network: Network, pair: Path, after: float | None
) -> None:
    """With a move that is cut in the middle, or without one."""

    async def run() -> None:
        door = cut_nodes[0]
        async with sojourn.connect(door.address, realm=door.realm, timeout=PATIENCE_S) as realm:
            await met(realm, {process.name for process in cut_nodes})
            players = Players(realm)
            await players.begin(pair)
            await players.play_on(500)
            other = await realm.atom("node-3/other")
            moving = None
            if after is not None:
                moving = asyncio.create_task(other.migrate("node-2", cause="the test"))
                await asyncio.sleep(after)
            network.cut(3)
            await parted(realm)
            network.heal(3)
            if moving is not None:
                # Done, given up, or the answer was lost on the way: the atom is somewhere all the same.
                await asyncio.gather(moving, return_exceptions=True)
            await met(realm, {process.name for process in cut_nodes})
            await eventually(lambda: spoken_for(realm, other.name), lambda rows: len(rows) == 1)
            await players.play_on(500)
            await players.stop()

    asyncio.run(run())
