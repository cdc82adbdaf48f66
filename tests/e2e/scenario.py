"""Plays scenarios of sdk/conformance/expectations.toml in a realm: see the README there."""

import asyncio
import itertools
import socket
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sojourn.core.atom import Atom
from sojourn.core.realm import Realm
from sojourn.core.run import Engine
from sojourn.core.talk import call, post
from sojourn.model.errors import Finished
from sojourn.model.event import Event, drafted
from sojourn.model.node_errors import Aborted, AlreadyRuns, AlreadyThere, Busy, NotRunning, UnknownAtom
from sojourn.model.wire import EventKind
from tests.e2e.nodes import PATIENCE_S, eventually

TABLE = tomllib.loads((Path(__file__).parents[2] / "sdk/conformance/expectations.toml").read_text())
SCENARIOS: dict[str, dict[str, Any]] = {scenario["name"]: scenario for scenario in TABLE["scenario"]}
Step = Mapping[str, Any]

# A move of an atom that moves.
REFUSED = (Aborted, AlreadyThere, Busy, UnknownAtom)

numbers = itertools.count(1)


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Peer:
    """The TCP server that atoms connect to, and the client of those that listen."""

    def __init__(self, server: asyncio.Server, free: str) -> None:
        self._server = server
        self._free = free
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._open: list[asyncio.StreamWriter] = []
        self._came: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    @classmethod
    async def begin(cls, free: str) -> "Peer":
        """Listens on any port."""
        peers: list[Peer] = []

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await peers[0]._came.put((reader, writer))

        server = await asyncio.start_server(take, "127.0.0.1", 0)
        peers.append(cls(server, free))
        return peers[0]

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def play(self, step: Step) -> None:
        """Does what a step says."""
        data = step.get("data", "").encode()
        if step["peer"] == "accept":
            self._streams = await self._came.get()
            self._open.append(self._streams[1])
            return
        if step["peer"] == "connect":
            host, port = self._free.split(":")
            self._streams = await asyncio.open_connection(host, int(port))
            self._open.append(self._streams[1])
            return
        assert self._streams is not None, "no connection to the atom yet"
        reader, writer = self._streams
        match step["peer"]:
            case "send":
                writer.write(data)
                await writer.drain()
            case "expect":
                assert await reader.readexactly(len(data)) == data
            case "close":
                writer.close()
            case unknown:
                raise AssertionError(f"no such step of a peer: {unknown}")

    async def end(self) -> None:
        """Closes all."""
        for writer in self._open:
            writer.close()
        self._server.close()


class Stage:
    """Atoms of a scenario, and what its texts stand for."""

    def __init__(self, realm: Realm, nodes: Sequence[str], peer: Peer, free: str, *, restless: bool) -> None:
        self._realm = realm
        self._restless = restless
        self._hops: list[asyncio.Task[None]] = []
        self._nodes = nodes
        self._peer = peer
        self._atoms: dict[str, Atom] = {}
        self.moves = 0
        self.moved = asyncio.Event()
        self.texts = {"node": nodes[0], "peer": peer.address, "free": free, "unique": str(next(numbers))}

    async def start(self, name: str, module: Path, engine: Engine) -> None:
        """Starts an atom at the first node."""
        own = f"{name}-{self.texts['unique']}"
        atom = await self._realm.start(module, atom=own, node=self._nodes[0], engine=engine)
        self._atoms[name] = atom
        self.texts[name] = atom.name
        self.texts[f"local {name}"] = atom.name.partition("/")[2]
        if self._restless:
            self._hops.append(asyncio.create_task(self._hop(atom)))

    async def _hop(self, atom: Atom) -> None:
        """Moves an atom on and on, until it has ended."""
        with suppress(NotRunning, UnknownAtom):
            while True:
                await self.move(atom)

    def text(self, template: str) -> str:
        """A text of a step, for this run."""
        for key, value in self.texts.items():
            template = template.replace("{" + key + "}", value)
        return template

    def told(self, step: Step) -> dict[str, Any]:
        """A step with its texts."""
        return {key: self.text(value) if isinstance(value, str) else value for key, value in step.items()}

    async def play(self, step: Step) -> None:
        """Does what a step says, as often as it says."""
        for number in range(1, step.get("times", 1) + 1):
            self.texts["n"] = str(number)
            one = self.told(step)
            if "call" in one:
                check(one, await self.ask(one, one["call"]))
            elif "until" in one:
                await self.until(one)
            elif "send" in one:
                draft = drafted(data_of(one), one.get("type", ""), one.get("subject", ""), kind=kind_of(one))
                await post(self._realm._asker, self.name(one["send"]), draft, PATIENCE_S)
            elif "move" in one:
                await self.move(self._atoms[one["move"]])
            elif "ended" in one:
                status = await asyncio.wait_for(self._atoms[one["ended"]].wait(), PATIENCE_S)
                assert status.code == one["status"]
            else:
                await asyncio.wait_for(self._peer.play(one), PATIENCE_S)

    def name(self, atom: str) -> str:
        """An atom of the scenario, or one by its global name."""
        return self._atoms[atom].name if atom in self._atoms else atom

    async def ask(self, step: Step, atom: str) -> Event:
        """Calls an atom."""
        content_type = step.get("content_type")
        draft = drafted(data_of(step), step.get("type", ""), step.get("subject", ""), content_type, kind=kind_of(step))
        return await call(self._realm._asker, self.name(atom), draft, PATIENCE_S)

    async def until(self, step: Step) -> None:
        """Calls an atom until the answer is right."""
        await eventually(lambda: self.ask(step, step["until"]), lambda event: fits(step, event))

    async def move(self, atom: Atom) -> None:
        """Moves an atom to the next node."""
        here = (await atom.row()).node
        following = self._nodes[(self._nodes.index(here) + 1) % len(self._nodes)]
        with suppress(*REFUSED if self._restless else ()):
            await atom.migrate(following, cause="the scenario")
            self.moves += 1
            self.moved.set()

    async def end(self) -> None:
        """Ends all atoms, also those that others started."""
        for hop in self._hops:
            hop.cancel()
        await asyncio.gather(*self._hops, return_exceptions=True)
        for row in await self._realm.atoms():
            atom = await self._realm.atom(row.atom)
            # One that has ended by itself cannot be stopped.
            with suppress(Finished, NotRunning):
                await atom.stop(keep=False)
            # It is stopped a moment before its node has noted that.
            await eventually(partial(forgotten, atom), bool)


async def forgotten(atom: Atom) -> bool:
    """Forgets an atom if it does not run any more."""
    try:
        await atom.forget()
    except AlreadyRuns:
        return False
    return True


def kind_of(step: Step) -> EventKind:
    """What is sent."""
    return EventKind.INTERRUPT if step.get("interrupt") else EventKind.MESSAGE


def data_of(step: Step) -> bytes:
    """The data of a step."""
    if "bytes" in step:
        return bytes(number * 31 % 251 for number in range(step["bytes"]))
    data: str = step.get("data", "")
    return data.encode()


def expected(step: Step) -> tuple[str, str, bytes]:
    """Type, subject and data of an answer; the subject only where all is to be the same."""
    if step.get("same"):
        return step.get("type", ""), step.get("subject", ""), data_of(step)
    return step["reply"], "", step["answer"].encode()


def answered(step: Step, event: Event) -> tuple[str, str, bytes]:
    """The same of what came."""
    return event.type, event.subject if step.get("same") else "", event.data


def fits(step: Step, event: Event) -> bool:
    """Whether an answer is the right one."""
    return answered(step, event) == expected(step)


def check(step: Step, event: Event) -> None:
    """Demands that an answer is the right one."""
    assert answered(step, event) == expected(step), f"step {dict(step)!r}"
    assert event.kind is EventKind.REPLY


async def play(  # noqa: PLR0913 -- what is played, where, and how
    realm: Realm,
    nodes: Sequence[str],
    scenario: Step,
    modules: Mapping[str, Path],
    engine: Engine = "wasmtime",
    *,
    restless: bool = False,
) -> int:
    """Plays a scenario with one language's atoms; how many moves were made.

    Args:
        realm: The realm.
        nodes: Its nodes; atoms begin at the first one.
        scenario: The scenario.
        modules: The atoms, by name.
        engine: What they run on.
        restless: Whether they all move on and on, whatever they do.
    """
    async with AsyncExitStack() as ends:
        free = f"127.0.0.1:{free_port()}"
        peer = await Peer.begin(free)
        ends.push_async_callback(peer.end)
        stage = Stage(realm, nodes, peer, free, restless=restless)
        ends.push_async_callback(stage.end)
        for name in scenario["atoms"]:
            await stage.start(name, modules[name], engine)
        if restless:
            await asyncio.wait_for(stage.moved.wait(), PATIENCE_S)
        for step in scenario["steps"]:
            await stage.play(step)
        return stage.moves
