"""Atoms that fail: they begin anew, go on from their last image, or stay down; whoever watches one hears of its end."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from sojourn import Atom, Realm
from sojourn.core.annotation import annotated
from sojourn.model.node_errors import NotRunning, UnknownAtom
from sojourn.model.wire import AtomRow, AtomState
from tests.e2e.nodes import PATIENCE_S, Process, eventually, living, met

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
NAMES = ("node-1", "node-2", "node-3")


@pytest.fixture(scope="session")
def kin() -> bytes:
    """An atom that watches others, and ends as it is told."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(ROOT / "tests/guests/kin.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values()))).read_bytes()


class Family:
    """Atoms in a realm that are all of the same kind."""

    def __init__(self, realm: Realm, processes: Sequence[Process], module: bytes) -> None:
        self.realm = realm
        self.processes = {process.name: process for process in processes}
        self._module = module

    async def start(self, name: str, node: str = "node-1", **annotation: str) -> Atom:
        """An atom; its annotation says how it is supervised."""
        module = annotated(self._module, list(annotation.items())) if annotation else self._module
        return await self.realm.start(module, atom=name, node=node)

    async def ask(self, name: str, what: str, data: str = "", subject: str = "") -> str:
        """What it answers."""
        answer = await self.realm.call(name, data, type=what, subject=subject, timeout=PATIENCE_S)
        assert answer.type != "error", answer
        return answer.data.decode()

    async def tell(self, name: str, what: str, data: str = "") -> None:
        """Tells it to do what leaves no time for an answer."""
        await self.realm.send(name, data, type=what)

    async def ends(self, name: str, *expected: str) -> None:
        """Waits until it has heard of these ends, and of no others."""

        async def heard() -> str:
            return await self.ask(name, "ends")

        assert await eventually(heard, lambda heard: heard.count(",") + bool(heard) >= len(expected)) == ",".join(
            expected
        )

    async def ended(self, name: str) -> str:
        """Waits until it has ended; why."""

        async def row() -> AtomRow | None:
            with suppress(UnknownAtom):
                atom = await self.realm.atom(name)
                return next((row for row in await self.realm.atoms() if row.atom == atom.name), None)
            return None

        over = {AtomState.ENDED, AtomState.STOPPED}
        found = await eventually(row, lambda row: row is not None and row.state in over)
        assert found is not None
        return found.reason or f"status {found.status}"


Play = Callable[[Family], Awaitable[None]]


@pytest.fixture
def play(nodes: Nodes, kin: bytes) -> Callable[..., None]:
    """Plays on some nodes."""

    def run(scene: Play, count: int = 1) -> None:
        processes = nodes(*NAMES[:count])

        async def played() -> None:
            door = processes[0]
            async with sojourn.connect(door.address, realm=door.realm, timeout=PATIENCE_S) as realm:
                await met(realm, set(NAMES[:count]))
                await asyncio.wait_for(scene(Family(realm, processes, kin)), 2 * PATIENCE_S)

        asyncio.run(played())

    return run


@pytest.mark.parametrize(("rule", "kept"), [("start", "0"), ("image", "3")])
def test_an_atom_that_fails_runs_again(play: Callable[..., None], rule: str, kept: str) -> None:
    async def scene(family: Family) -> None:
        await family.start("watcher")
        atom = await family.start("child", restart=rule)
        await family.ask("watcher", "watch", subject=atom.name)
        for _ in range(3):
            await family.ask("child", "add")
        await atom.checkpoint()
        for _ in range(2):
            await family.ask("child", "add")

        async def counted() -> str:
            # One that goes on from its image has lost what came since.
            with suppress(NotRunning, UnknownAtom):
                return await family.ask("child", "count")
            assert rule == "image"
            return ""

        await family.tell("child", "trap")
        assert await eventually(counted, bool) == kept
        await family.tell("child", "exit", "4")
        assert await eventually(counted, bool) == kept
        # Its name and its watchers stayed: they hear of its end, which is the only one.
        await family.tell("child", "exit", "0")
        assert await family.ended("child") == "status 0"
        await family.ends("watcher", f"{atom.name} exited 0")

    play(scene)


def test_an_atom_without_a_rule_stays_down_and_says_where_it_failed(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        await family.start("watcher")
        atom = await family.start("child")
        watch = asyncio.ensure_future(family.realm.watch(atom.name))
        await family.ask("watcher", "watch", subject=atom.name)
        await family.tell("child", "trap")
        assert "unreachable" in await family.ended("child")
        await family.ends("watcher", f"{atom.name} failed 0")
        end = await watch
        assert (end.atom, end.status) == (atom.name, None)
        assert "unreachable" in str(end.reason)

    play(scene)


def test_an_atom_that_fails_too_often_stays_down(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        await family.start("watcher")
        atom = await family.start("child", restart="start", restarts="2")
        await family.ask("watcher", "watch", subject=atom.name)
        for _ in range(3):
            assert await family.ask("child", "add") == "1"
            await family.tell("child", "exit", "9")
        assert "it stays down after 2 restarts within a minute" in await family.ended("child")
        await family.ends("watcher", f"{atom.name} exited 9")

    play(scene)


@pytest.mark.parametrize("fails", ["who links", "who is linked"])
def test_linked_atoms_end_together_when_one_fails(play: Callable[..., None], fails: str) -> None:
    async def scene(family: Family) -> None:
        for name, node in (("a", "node-1"), ("b", "node-2"), ("c", "node-2"), ("friend", "node-1")):
            await family.start(name, node)
        await family.ask("a", "link", subject="b")
        await family.ask("b", "link", subject="c")
        await family.ask("friend", "watch", subject="node-1/a")
        first, last = ("a", "c") if fails == "who links" else ("c", "a")
        await family.tell(first, "exit", "3")
        assert await family.ended(first) == "status 3"
        assert "it is linked to node-2/b, which failed" in await family.ended(last)
        assert "it is linked to" in await family.ended("b")
        await family.ends("friend", "node-1/a exited 3" if first == "a" else "node-1/a failed 0")

    play(scene, 2)


def test_a_link_to_one_that_ends_well_harms_nobody(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        for name in ("a", "b", "c"):
            await family.start(name)
        await family.ask("a", "link", subject="b")
        await family.ask("b", "link", subject="c")
        await family.tell("b", "exit", "0")
        await family.ends("a", "node-1/b exited 0")
        assert await family.ask("c", "ends") == ""
        await family.tell("a", "spawn linked", "exit")
        assert "it is linked to node-1/" in await family.ended("a")

    play(scene)


def test_a_child_that_ends_at_once_is_heard_of_with_its_status(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        await family.start("parent")
        for number in range(20):
            await family.ask("parent", "spawn", "exit", f"child-{number}")
        await family.ends("parent", *(f"node-1/child-{number} exited 7" for number in range(20)))

    play(scene)


def test_an_end_comes_once_to_a_watcher_that_moves_from_one_that_moves(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        watcher = await family.start("watcher")
        other = await family.start("other", "node-2")
        for round_ in range(4):
            atom = await family.start(f"child-{round_}", "node-2")
            await family.ask("watcher", "watch", subject=atom.name)
            # Twice is once.
            await family.ask("watcher", "watch", subject=atom.name)
            await atom.migrate("node-3")
            # Its end is under way while the watcher is.
            moving = asyncio.ensure_future(watcher.migrate(NAMES[(round_ + 1) % 3]))
            await family.tell(atom.name, "exit", str(round_))
            await moving
            await family.ended(atom.name)
        expected = [f"node-2/child-{round_} exited {round_}" for round_ in range(4)]
        await family.ends("watcher", *expected)
        await family.ask("watcher", "watch", subject=other.name)
        await family.ask("watcher", "unwatch", subject=other.name)
        await other.stop(keep=False)
        await watcher.migrate("node-3")
        await family.ask("watcher", "watch", subject="nobody")
        await family.ends("watcher", *expected, "nobody ended 1")

    play(scene, 3)


def test_whoever_watches_hears_once_that_an_atom_was_lost_with_its_node(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        watcher = await family.start("watcher")
        friend = await family.start("friend", "node-2")
        child, kept = await family.start("child", "node-3"), await family.start("kept", "node-3")
        await family.ask("watcher", "watch", subject=child.name)
        await family.ask("watcher", "watch", subject=kept.name)
        await family.ask("friend", "link", subject=child.name)
        ends = family.realm.watch(child.name).ends()
        first = asyncio.ensure_future(anext(ends))
        await kept.checkpoint()
        await watcher.migrate("node-2")
        node = family.processes["node-3"]
        node.kill()
        # One of them is restored before anybody believes that it is lost.
        await eventually(lambda: restored(family.realm, kept.name), bool)
        # It may only be cut off: the code says so.
        await family.ends("watcher", f"{child.name} lost 13")
        assert (await first).reason == "its node is gone"
        assert "it is linked to" in await family.ended(friend.name)
        node.begin(join=family.processes["node-1"].address)
        await met(family.realm, set(NAMES))
        await family.tell(kept.name, "exit", "5")
        await family.ends("watcher", f"{child.name} lost 13", f"{kept.name} exited 5")
        await ends.aclose()

    play(scene, 3)


def test_whoever_watches_hears_once_when_the_node_is_back_without_the_atom(play: Callable[..., None]) -> None:
    async def scene(family: Family) -> None:
        await family.start("watcher")
        child = await family.start("child", "node-2")
        await family.ask("watcher", "watch", subject=child.name)
        node = family.processes["node-2"]
        node.kill()
        node.begin(join=family.processes["node-1"].address)
        await met(family.realm, set(NAMES[:2]))
        await family.ends("watcher", f"{child.name} lost 16")
        assert not await living(family.realm, child.name)

    play(scene, 2)


async def restored(realm: Realm, atom: str) -> bool:
    """Whether an atom could be restored; its node may still be believed to answer."""
    with suppress(sojourn.NodeError):
        await realm.restore(atom, node="node-1")
        return True
    return False
