"""Programs that move while they run and while their output is read: nothing is lost, repeated or changed."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn
from sojourn.core.atom import Atom
from sojourn.model.node_errors import AlreadyThere, NoRoom, NotRunning, Pinned, UnknownAtom, UnknownNode
from tests.e2e.nodes import Process, eventually, met

Nodes = Callable[..., list[Process]]
MOVES = 200
ARGUMENTS = ("2", "20", "1500")


async def everything(atom: Atom) -> bytes:
    return b"".join([chunk async for chunk in atom.logs(follow=True)])


def uninterrupted(module: Path, arguments: tuple[str, ...]) -> bytes:
    return sojourn.start(module, args=arguments).stdout.read()


def test_two_hundred_moves_under_load_change_nothing(nodes: Nodes, steady: Path) -> None:
    processes = nodes("node-1", "node-2", "node-3")
    names = [process.name for process in processes]
    expected = uninterrupted(steady, ARGUMENTS)

    async def hop(atom: Atom, place: int) -> int:
        count = 0
        try:
            while True:
                place = (place + 1) % len(names)
                move = await atom.migrate(names[place], cause="the test")
                assert move.downtime_ns > 0
                assert move.bytes > 0
                count += 1
        except sojourn.NodeError:
            return count

    async def run() -> int:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, set(names))
            moved = 0
            while moved < MOVES:
                atoms = [await realm.start(steady, args=ARGUMENTS, node=name) for name in names]
                readers = [asyncio.create_task(everything(atom)) for atom in atoms]
                hops = await asyncio.gather(*(hop(atom, place) for place, atom in enumerate(atoms)))
                moved += sum(hops)
                for atom, reader in zip(atoms, readers, strict=True):
                    assert await reader == expected
                    assert (await atom.wait()).code == 0
            return moved

    assert asyncio.run(run()) >= MOVES


def test_a_move_that_is_refused_changes_nothing(nodes: Nodes, steady: Path, tmp_path: Path) -> None:
    processes = nodes("node-1", "node-2", options=("--memory-bytes", "64MiB"))
    small = processes[1]
    expected = uninterrupted(steady, ("2", "5", "800"))
    small.end()
    small._options = ("--memory-bytes", "1MiB")
    small.begin(join=processes[0].address)

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2"})
            atom = await realm.start(steady, args=("2", "5", "800"))
            reader = asyncio.create_task(everything(atom))
            for target, error in [("node-2", NoRoom), ("node-1", AlreadyThere), ("node-9", UnknownNode)]:
                with pytest.raises(error):
                    await atom.migrate(target)
            pinned = await realm.start(steady, args=("1", "1", "5000"), mounts={"/data": tmp_path})
            with pytest.raises(Pinned):
                await pinned.migrate("node-2")
            assert (await pinned.row()).node == "node-1"
            await pinned.stop(keep=False)
            with pytest.raises(NotRunning):
                await pinned.migrate("node-2")
            with pytest.raises(UnknownAtom):
                await Atom(realm._asker, "nobody-abc").migrate("node-2")
            assert await reader == expected
            assert (await atom.row()).moves == 0

    asyncio.run(run())


def test_an_atom_is_restored_elsewhere_after_its_node_was_killed(nodes: Nodes, steady: Path) -> None:
    processes = nodes("node-1", "node-2", "node-3")
    arguments = ("2", "10", "1000")
    expected = uninterrupted(steady, arguments)

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2", "node-3"})
            atom = await realm.start(steady, args=arguments, node="node-3", images_every=0.2)
            await eventually(atom.images, lambda rows: len(rows) > 1)
            processes[2].kill()
            await eventually(realm.nodes, lambda rows: len(rows) == 2)
            again = await realm.restore(atom.name, node="node-2")
            assert await everything(again) == expected
            assert (await again.wait()).code == 0

    asyncio.run(run())


def test_connections_survive_moves(nodes: Nodes, guest_path: Callable[[str], Path]) -> None:
    processes = nodes("node-1", "node-2", "node-3")

    def talk(address: tuple[str, int], told: list[bytes]) -> None:
        with socket.create_connection(address, 10) as connection:
            connection.settimeout(30)
            for number in range(2000):
                line = b"%08d\n" % number
                connection.sendall(line)
                answer = b""
                while len(answer) < len(line):
                    part = connection.recv(64)
                    assert part, "the connection was closed"
                    answer += part
                told.append(answer)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(64) == b""

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2", "node-3"})
            atom = await realm.start(guest_path("serve"), listen=["127.0.0.1:0"])
            host, port = atom.listening[0].rsplit(":", 1)
            told: list[bytes] = []
            talking = asyncio.create_task(asyncio.to_thread(talk, (host, int(port)), told))
            place = 0
            while not talking.done():
                place = (place + 1) % 3
                await atom.migrate(f"node-{place + 1}")
                await asyncio.sleep(0.02)
            await talking
            assert told == [b"%08d\n" % number for number in range(2000)]
            assert (await atom.row()).moves > 3
            await atom.stop(keep=False)

    asyncio.run(run())
