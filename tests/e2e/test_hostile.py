"""Guests that mean harm, peers that are slow or stuck, a disk that is full: neighbours go on, and nothing is lost."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sojourn
from sojourn.model.node_errors import DiskFull
from sojourn.model.wire import AtomState
from tests.e2e.nodes import Process, eventually, living, met

Nodes = Callable[..., list[Process]]
HOSTILE = ["spin", "bomb", "flood", "wild"]


def test_hostile_guests_are_stopped_and_moved_like_any_other(
    nodes: Nodes, guest_path: Callable[[str], Path], steady: Path
) -> None:
    """With more of them than workers; a neighbour's steps take no more than twice as long as without them."""
    processes = nodes("node-1", "node-2", options=("--memory-bytes", "64MiB", "--workers", "2"))
    arguments = ("1", "1", "500")
    expected = sojourn.start(steady, args=arguments).stdout.read()

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2"})

            async def neighbour() -> float:
                began = time.monotonic()
                atom = await realm.start(steady, args=arguments)
                assert b"".join([chunk async for chunk in atom.logs(follow=True)]) == expected
                return time.monotonic() - began

            alone = await neighbour()
            atoms = [await realm.start(guest_path(name)) for name in HOSTILE]
            assert await neighbour() < 2 * alone
            rows = {row.atom: row for row in await realm.atoms()}
            wild = atoms.pop()
            assert "system call" in str(rows[wild.name].reason)
            for atom in atoms:
                assert rows[atom.name].state is AtomState.RUNNING
                assert rows[atom.name].memory_bytes <= 64 << 20
                await atom.migrate("node-2")
                assert await living(realm, atom.name)
                await atom.stop(keep=False)
            assert not [row for row in await realm.atoms() if row.state is AtomState.RUNNING]

    asyncio.run(run())


def test_a_stuck_peer_holds_nobody_up(nodes: Nodes, steady: Path) -> None:
    processes = nodes("node-1", "node-2", "stuck")
    arguments = ("4", "10", "6000")
    expected = sojourn.start(steady, args=arguments).stdout.read()

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2", "stuck"})
            atom = await realm.start(steady, args=arguments)
            processes[2].signal(signal.SIGSTOP)
            moving = asyncio.create_task(atom.migrate("stuck"))
            other = await realm.start(steady, args=arguments)
            for _ in range(5):
                await other.migrate("node-2")
                await other.migrate("node-1")
            with pytest.raises(sojourn.NodeError):
                await moving
            assert [row.node for row in await living(realm, atom.name)] == ["node-1"]
            processes[2].signal(signal.SIGCONT)
            await met(realm, {"node-1", "node-2", "stuck"})
            await eventually(lambda: living(realm, atom.name), lambda rows: [row.node for row in rows] == ["node-1"])
            for each in (atom, other):
                assert b"".join([chunk async for chunk in each.logs(follow=True)]) == expected

    asyncio.run(run())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", place], check=False, capture_output=True)
    if made.returncode != 0:
        pytest.skip("mounting a small file system takes root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_told_and_the_atom_goes_on(small_disk: Path, steady: Path) -> None:
    node = Process(f"disk-{small_disk.parent.name}".lower().replace("_", "-")[:60], small_disk, "node-1")
    try:
        node.begin()
        arguments = ("16", "10", "1000")
        expected = sojourn.start(steady, args=arguments).stdout.read()

        async def run() -> None:
            async with await sojourn.connect(node.address, realm=node.realm) as realm:
                tiny = await realm.start(steady, args=("1", "1", "1000"))
                assert await tiny.checkpoint()
                atom = await realm.start(steady, args=arguments)
                await eventually(atom.row, lambda row: row.stdout_bytes > 0)
                with pytest.raises(DiskFull):
                    await atom.checkpoint()
                assert len(await tiny.images()) == 1
                assert b"".join([chunk async for chunk in atom.logs(follow=True)]) == expected

        asyncio.run(run())
    finally:
        node.end()
