"""Ports: a node without atoms in this process, and atoms at two real nodes that move, end and are killed."""

import asyncio
import json
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sojourn
from sojourn.core.node import Node
from sojourn.core.port import Port, PortEvent, open_port
from sojourn.model.event import End
from sojourn.model.node_errors import Busy, InvalidName, NotRunning, TimedOut, UnknownAtom, UnknownCall
from sojourn.model.wire import EventKind
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met

if TYPE_CHECKING:
    from sojourn.model.config import Value

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
NAMES = ("one", "two")


@pytest.fixture(scope="session")
def guests() -> dict[str, Path]:
    """Atoms by the names of their sources."""
    sources = [str(ROOT / f"tests/guests/{name}.c") for name in ("mirror", "ledger")]
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), *sources, "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {Path(source).stem: Path(module) for source, module in made.items()}


@contextmanager
def door(first: Process) -> Iterator[Port]:
    """A port of this process, in the realm of the nodes."""
    settings: dict[str, Value] = {
        "realm.name": first.realm,
        "node.name": "gateway",
        "node.join": (first.address,),
        "node.hosts": False,
    }
    with Node(settings, "node") as node:
        port = open_port(node, ".door", [("door", "test")])
        try:
            yield port
        finally:
            port.close()


def taken(port: Port, count: int) -> list[PortEvent]:
    """So many events, as the descriptor tells of them."""
    events: list[PortEvent] = []
    while len(events) < count:
        ready, _, _ = select.select([port], [], [], PATIENCE_S)
        assert ready, f"{len(events)} of {count} came"
        events.extend(port.take())
    assert len(events) == count
    return events


def known(port: Port, *names: str) -> None:
    """Waits until the port's node has heard of atoms."""
    deadline = time.monotonic() + PATIENCE_S
    while not all(map(port.resolve, names)):
        assert time.monotonic() < deadline, f"unknown: {names}"


def test_calls_messages_ends_and_refusals(nodes: Nodes, guests: dict[str, Path]) -> None:
    one, _two = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(one.address, realm=one.realm, timeout=PATIENCE_S) as realm:
            with door(one) as port:
                await met(realm, {*NAMES, "gateway"})
                (row,) = [row for row in await realm.nodes() if row.name == "gateway"]
                assert row.hosts is False
                atom = await realm.start(guests["mirror"], node="two")
                known(port, atom.name)
                assert (port.name, port.resolve("mirror")) == ("gateway/.door", "two/mirror")
                assert port.find_any("door", "t.*") == port.name
                assert port.find_all("", "mirr.r") == ["two/mirror"]
                call = port.call("mirror", b"hello", subject="s", content_type="text/plain")
                number = port.send("two/mirror", b"one way")
                assert number > 0
                first, second = taken(port, 2)
                assert (first.kind, first.call, first.data) == (EventKind.REPLY.value, call, b"hello")
                assert (first.type, first.subject, first.source) == ("1", "s", "two/mirror")
                assert (second.kind, second.call, second.data) == (EventKind.MESSAGE.value, 0, b"one way")
                # Somebody asks the door.
                answered = asyncio.create_task(realm.call("gateway/.door", b"knock", timeout=PATIENCE_S))
                asked = await eventually(lambda: asyncio.to_thread(port.take), bool)
                port.reply(asked[0].call, b"come in", type="word")
                answer = await answered
                assert (answer.data, answer.type) == (b"come in", "word")
                with pytest.raises(UnknownCall):
                    port.reply(asked[0].call, b"again")
                with pytest.raises(UnknownAtom):
                    port.send("nobody", b"")
                with pytest.raises(InvalidName):
                    port.set_alias("", "x")
                # The atom ends while it is asked.
                port.watch("mirror")
                late = port.call("mirror", b"", type="mute", expires_s=0.05)
                failed, *_ = taken(port, 1)
                assert (failed.kind, failed.call, failed.code) == (EventKind.FAILED.value, late, TimedOut.code)
                lost = port.call("mirror", b"", type="mute")
                port.send("mirror", b"", type="end")
                ends = {event.kind: event for event in taken(port, 2)}
                assert (ends[4].source, ends[4].code) == ("two/mirror", 3)
                assert (ends[3].call, ends[3].code) == (lost, NotRunning.code)

    asyncio.run(run())


def test_busy_and_room_afterwards(nodes: Nodes, guests: dict[str, Path]) -> None:
    one, _two = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(one.address, realm=one.realm, timeout=PATIENCE_S) as realm:
            with door(one) as port:
                atom = await realm.start(guests["mirror"], node="two")
                known(port, atom.name)
                sent, heard, refused = 0, 0, 0
                while refused < 3:
                    with suppress(Busy):
                        while True:
                            port.send(atom.name, b"%d" % sent + bytes(30_000))
                            sent += 1
                    refused += 1
                    ready, _, _ = select.select([port], [], [], PATIENCE_S)
                    assert ready, "it is told when there is room"
                    for event in port.take():
                        assert event.data.rstrip(b"\0") == b"%d" % heard
                        heard += 1
                for event in taken(port, sent - heard):
                    assert event.data.rstrip(b"\0") == b"%d" % heard
                    heard += 1
                assert sent > refused

    asyncio.run(run())


class Stream:
    """Calls of an atom, so many at once, and what comes of them."""

    def __init__(self, port: Port, to: str) -> None:
        self.port = port
        self.to = to
        self.asked: list[int] = []
        self.answers: list[tuple[int, int]] = []

    def step(self, *, most: int, more: bool) -> None:
        """Asks as far as it may, and takes what has come."""
        with suppress(Busy):
            while more and len(self.asked) - len(self.answers) < most:
                self.asked.append(self.port.call(self.to, b"%d" % len(self.asked)))
        select.select([self.port], [], [], 0.05)
        for event in self.port.take(4096):
            assert event.kind == EventKind.REPLY.value, (event, event.code)
            assert event.data == b"%d" % len(self.answers), "lost, repeated or out of order"
            self.answers.append((event.call, int(event.type)))

    def check(self) -> None:
        """Each was answered once, in order, by an atom that has counted them all."""
        assert self.answers == [(call, number) for number, call in enumerate(self.asked, 1)]


def test_an_atom_moves_during_thousands_of_calls(nodes: Nodes, guests: dict[str, Path]) -> None:
    one, _two = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(one.address, realm=one.realm, timeout=PATIENCE_S) as realm:
            with door(one) as port:
                await met(realm, {*NAMES, "gateway"})
                atom = await realm.start(guests["mirror"], node="two")
                known(port, atom.name)
                stream = Stream(port, atom.name)
                for target in ["one", "two"] * 4:
                    moving = asyncio.create_task(atom.migrate(target))
                    while not moving.done():
                        stream.step(most=4000, more=True)
                        await asyncio.sleep(0)
                    await moving
                deadline = time.monotonic() + PATIENCE_S
                while len(stream.answers) < len(stream.asked):
                    stream.step(most=0, more=False)
                    assert time.monotonic() < deadline, f"{len(stream.answers)} of {len(stream.asked)} came"
                stream.check()
                assert len(stream.asked) > 4000

    asyncio.run(run())


def test_calls_of_a_durable_atom_outlive_its_node(nodes: Nodes, guests: dict[str, Path]) -> None:
    one, two = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(one.address, realm=one.realm, timeout=PATIENCE_S) as realm:
            with door(one) as port:
                await met(realm, {*NAMES, "gateway"})
                atom = await realm.start(guests["ledger"], node="two")
                known(port, atom.name)
                asked: list[int] = []
                answers: list[tuple[int, int]] = []
                for _ in range(3):
                    asked += [port.call(atom.name, b"", type="tell") for _ in range(200)]
                    two.kill()
                    two.begin(join=one.address)
                    await met(realm, {*NAMES, "gateway"})

                    async def restored() -> bool:
                        with suppress(sojourn.NodeError):
                            await realm.restore(atom.name, node="two")
                        rows = [row for row in await realm.atoms() if row.atom == atom.name]
                        return any(row.state.name == "RUNNING" for row in rows)

                    await eventually(restored, bool)
                    answers += [(event.kind, event.call) for event in port.take(4096)]
                answers += [(event.kind, event.call) for event in taken(port, len(asked) - len(answers))]
                assert answers == [(EventKind.REPLY.value, call) for call in asked]

    asyncio.run(run())


def test_a_port_that_closes_tells_who_asks_it(nodes: Nodes, guests: dict[str, Path]) -> None:
    one, _two = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(one.address, realm=one.realm, timeout=PATIENCE_S) as realm:
            with door(one) as port:
                atom = await realm.start(guests["mirror"], node="two")
                known(port, atom.name)
                watching = realm.watch("gateway/.door")

                async def watch() -> End:
                    return await watching

                watched = asyncio.create_task(watch())
                asking = asyncio.create_task(realm.call("gateway/.door", b"?", timeout=PATIENCE_S))
                await eventually(lambda: asyncio.to_thread(port.take), bool)
                for _ in range(1000):
                    port.call(atom.name, b"", type="mute")
                port.close()
                with pytest.raises(NotRunning):
                    await asking
                end = await watched
                assert end.atom == "gateway/.door"
                with pytest.raises(UnknownAtom, match="closed"):
                    port.send(atom.name, b"")
                assert port.take() == []
                # Its atom goes on, and answers others.
                answer = await realm.call(atom.name, b"still there", timeout=PATIENCE_S)
                assert answer.data == b"still there"

    asyncio.run(run())
