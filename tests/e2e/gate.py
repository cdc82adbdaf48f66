"""The gateway's side of docs/format/http-door.md, played by a client's box: enough to drive an atom that serves."""

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sojourn.core.atom import Atom
from sojourn.core.box import Box
from sojourn.core.realm import Realm
from sojourn.model.event import Event
from sojourn.model.node_errors import Aborted, AlreadyThere, Busy, NotRunning, UnknownAtom
from tests.e2e.nodes import PATIENCE_S

WINDOW = 262_144
PIECE = 65_536
MESSAGES = 256
HEAD = "message/http"
ALLOWED = (Aborted, AlreadyThere, Busy)


@dataclass
class Answer:
    """An answer, or its head.

    Attributes:
        type: Type of the message it came in.
        status: Its status.
        fields: Its fields; of several of a name, the last one.
        body: Its body, or as much as came with the head.
    """

    type: str
    status: int
    fields: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, event: Event) -> Self:
        """What a reply has."""
        head, end, body = event.data.partition(b"\r\n\r\n")
        assert end, event
        first, *lines = head.decode().split("\r\n")
        version, status, *_ = first.split(" ")
        assert version == "HTTP/1.1"
        fields = dict(line.split(": ", 1) for line in lines)
        assert all(name == name.lower() for name in fields)
        if event.type == "http.response" and "content-length" in fields and body:
            assert int(fields["content-length"]) == len(body)
        return cls(event.type, int(status), fields, body)


@dataclass
class Stream:
    """One stream that the gateway opened: what came of it, and what may be sent."""

    gate: "Gate"
    id: str
    came: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    sent: int = 0
    credit: int = WINDOW
    received: int = 0

    async def tell(self, type: str, data: bytes = b"", place: int | None = None) -> None:  # noqa: A002 -- the name of the field
        """A message of it; `place` where it is numbered."""
        await self.gate.box.send(
            self.gate.atom, data, type=type, subject=self.id, content_type="" if place is None else str(place)
        )

    async def next(self) -> Event:
        """What came next."""
        return await asyncio.wait_for(self.came.get(), PATIENCE_S)

    async def send_body(self, body: bytes, piece: int = PIECE) -> None:
        """Sends a body in pieces, as the window allows."""
        for at in range(0, len(body), piece):
            part = body[at : at + piece]
            while self.credit < len(part):
                event = await self.next()
                assert event.type == "http.credit", event
                self.credit += int(event.data)
            await self.tell("http.data", part, self.sent)
            self.sent += len(part)
            self.credit -= len(part)
        await self.tell("http.end", b"", self.sent)

    async def take(self) -> bytes | None:
        """The next piece of the answer's body; None: that was all. The window is watched."""
        event = await self.next()
        if event.type == "http.end" and not event.data:
            return None
        assert event.type == "http.data", event
        assert 0 < len(event.data) <= PIECE
        assert event.content_type == str(self.received)
        self.received += len(event.data)
        return event.data

    async def read(self, grant: int = 100_000) -> bytes:
        """The rest of the answer's body; so much is granted each time that much has come."""
        whole, owed = b"", 0
        while (piece := await self.take()) is not None:
            whole += piece
            owed += len(piece)
            if owed >= grant:
                await self.tell("http.credit", str(owed).encode())
                owed = 0
        return whole

    async def say(self, data: str | bytes) -> None:
        """A message of a WebSocket."""
        if isinstance(data, str):
            await self.tell("ws.text", data.encode(), self.sent)
        else:
            await self.tell("ws.binary", data, self.sent)
        self.sent += 1

    async def hear(self) -> str | bytes:
        """The next message of a WebSocket; its number is the next one."""
        event = await self.next()
        while event.type == "ws.credit":
            self.credit += int(event.data)
            event = await self.next()
        assert event.type in {"ws.text", "ws.binary"}, event
        assert event.content_type == str(self.received)
        self.received += 1
        return event.data.decode() if event.type == "ws.text" else event.data


class Gate:
    """A gateway with one atom behind it.

    Attributes:
        box: Its mailbox.
        atom: Global name of the atom.
        asked: Answers a request out: what it gives is type and data of the reply.
    """

    def __init__(self, box: Box, atom: str) -> None:
        self.box = box
        self.atom = atom
        self.asked: Callable[[bytes], tuple[str, bytes]] = lambda _: ("http.failed", b"busy")
        self._boot = os.urandom(4).hex()
        self._numbers = itertools.count(1)
        self._streams: dict[str, Stream] = {}
        self.strays: dict[str, list[Event]] = defaultdict(list)
        self._pump = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for event in self.box:
            if event.expects_answer:
                kind, data = self.asked(event.data)
                await self.box.reply(event, data, type=kind, subject=event.subject, content_type=HEAD)
            elif event.subject in self._streams:
                await self._streams[event.subject].came.put(event)
            else:
                self.strays[event.subject].append(event)

    def stream(self) -> Stream:
        """A new stream, not yet opened."""
        made = Stream(self, f"{self._boot}-{next(self._numbers)}")
        self._streams[made.id] = made
        return made

    async def call(self, stream: Stream, type: str, data: bytes) -> Answer:  # noqa: A002 -- the name of the field
        """Opens a stream; the answer."""
        event = await self.box.call(
            self.atom, data, type=type, subject=stream.id, content_type=HEAD, timeout=PATIENCE_S
        )
        return Answer.of(event)

    async def ask(  # noqa: PLR0913, PLR0917 -- the parts of a request
        self,
        target: str,
        method: str = "GET",
        body: bytes = b"",
        fields: Sequence[tuple[str, str]] = (),
        type: str = "http.request",  # noqa: A002 -- the name of the field
        stream: Stream | None = None,
    ) -> Answer:
        """A request."""
        head = "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in fields), "\r\n"])
        return await self.call(stream or self.stream(), type, head.encode() + body)

    async def socket(self, target: str, *fields: tuple[str, str]) -> tuple[Answer, Stream]:
        """Opens a WebSocket."""
        stream = self.stream()
        upgrade = ("upgrade", "websocket")
        return await self.ask(target, fields=(upgrade, *fields), type="ws.open", stream=stream), stream

    async def counts(self) -> tuple[int, int]:
        """How many streams the atom has, and how many were ended by others."""
        told = await self.box.call(self.atom, b"", type="streams", timeout=PATIENCE_S)
        streams, gone = told.data.split()
        return int(streams), int(gone)

    async def tell(self, type: str, data: bytes = b"") -> None:  # noqa: A002 -- the name of the field
        """A message that is not of the door."""
        await self.box.send(self.atom, data, type=type)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)
        await self.box.close()


class Restless:
    """Moves an atom on and on while the block lasts.

    Attributes:
        moves: How many moves there were.
    """

    def __init__(self, atom: Atom, nodes: Sequence[str], *, moving: bool) -> None:
        self.moves = 0
        self._first = asyncio.Event()
        self._atom, self._nodes, self._moving = atom, nodes, moving

    async def _hop(self) -> None:
        with suppress(NotRunning, UnknownAtom):
            while True:
                here = (await self._atom.row()).node
                following = self._nodes[(self._nodes.index(here) + 1) % len(self._nodes)]
                with suppress(*ALLOWED):
                    await self._atom.migrate(following, cause="it never rests")
                    self.moves += 1
                    self._first.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._hop() if self._moving else asyncio.sleep(0))
        if self._moving:
            await asyncio.wait_for(self._first.wait(), PATIENCE_S)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def opened(realm: Realm, name: str, atom: str, *aliases: tuple[str, str]) -> Gate:
    """A gateway for an atom."""
    return Gate(await realm.open_box(name, aliases=aliases), atom)
