"""Realms: the nodes that belong together, seen from a client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from sojourn.core.asker import Asker
from sojourn.core.atom import OVER, Atom
from sojourn.core.box import Opening, aliases_of
from sojourn.core.module import binary_of
from sojourn.core.stdin import read_stdin
from sojourn.core.storage import read_file
from sojourn.core.talk import call, post
from sojourn.core.watch import Watching
from sojourn.model.event import drafted, kind_of
from sojourn.model.mount import MountLike, mount_rows
from sojourn.model.names import local_name, nobody, resolve
from sojourn.model.node_errors import InvalidRequest, UnknownAlias, UnknownAtom, UnknownNode, Unreachable
from sojourn.model.wire import (
    AtomRowsResponse,
    AtomsRequest,
    CachedResponse,
    CacheRequest,
    Channel,
    File,
    FindRequest,
    ImageRowsResponse,
    ImagesRequest,
    Mount,
    MoveRowsResponse,
    MovesRequest,
    NamesResponse,
    NodeRequest,
    NodeRowsResponse,
    NodesRequest,
    PlacedResponse,
    RestoreRequest,
    StartRequest,
    Variable,
)

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
    from types import TracebackType

    from sojourn.core.node import Node
    from sojourn.core.run import Engine
    from sojourn.core.stdin import StdinLike
    from sojourn.model.event import Data, Event
    from sojourn.model.wire import AtomRow, ImageRow, MoveRow, NameRow, NodeRow

Program: TypeAlias = "bytes | str | os.PathLike[str]"


class Realm:
    """A connection to a realm. Made by `sojourn.connect`; as an async context manager it is closed at the end.

    Every method raises `NodeError` where a node refuses or none answers, and `InvalidMessage` where one answers
    something else than an answer.
    """

    def __init__(self, node: Node, timeout_s: float) -> None:
        self._asker = Asker(node, timeout_s)

    async def start(  # noqa: PLR0913 -- the public face, all but the module by keyword
        self,
        module: Program,
        *,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        mounts: Mapping[str, MountLike] | None = None,
        stdin: StdinLike = None,
        listen: Sequence[str] = (),
        engine: Engine = "wasmtime",
        images_every: float = 0.0,
        memory_bytes: int = 0,
        name: str | None = None,
        atom: str | None = None,
        aliases: Iterable[tuple[str, str]] = (),
        channels: Mapping[str, str] | None = None,
        channel_to: str | None = None,
        node: str | None = None,
    ) -> Atom:
        """Starts a WASI program. Cancelled, it may have been started all the same.

        Args:
            module: Path of the module, or its bytes.
            args: Its arguments, after its program name (`argv[0]`, the file's name).
            env: Its environment; nothing of this process's passes on by itself.
            mounts: Its folders: path it sees, to a folder of the node's machine, which pins it there, or `Memory()`.
            stdin: Bytes, or a binary file that is read to its end now.
            listen: Addresses to listen on for it, as `127.0.0.1:8080`; connections go with it.
            engine: `wasmtime` (compiles, fast) or `wasmi` (interprets).
            images_every: How often an image of it is kept, in seconds; 0: as its node does.
            memory_bytes: Limit of its memories; 0: its node's.
            name: What its name in the realm is made from; None: the file's name.
            atom: Its local name as it is to be; None: that of its annotation, or one made from `name`.
            aliases: Aliases that it has from the start, each a scope and an alias; none: those of its annotation.
            channels: Files that are channels, beside those of its annotation: path, such as `/ch/light/data`, to `r`,
                `w` or `rw`. What it reads are messages of type `channel` whose subject is the path; what it writes is
                sent so.
            channel_to: Name of the atom or box that gets what it writes to channels.
            node: Where; None: at the node that this client talks to.

        Raises:
            StorageError: The module could not be read.
            InvalidRequest: The arguments are one text; a channel cannot be, and why.
            AtomNameTaken: Another atom was called so there.
            NodeError: It was not started; the class says why.
        """
        if isinstance(args, str):
            raise InvalidRequest("`args` is one text, and is to be a list of them", f"as args={args.split()}")
        wasm, program = await self._asker.run(lambda: read_program(module))
        given = b"" if stdin is None else await self._asker.run(lambda: read_stdin(stdin))
        request = StartRequest(
            module=await self._asker.put(wasm),
            name=name or Path(program).stem,
            arguments=(program, *args),
            environment=tuple(Variable(key, value) for key, value in (env or {}).items()),
            mounts=mounts_of(mounts),
            stdin=given,
            listen=tuple(listen),
            engine=engine,
            images_every_ms=round(images_every * 1000),
            memory_bytes=memory_bytes,
            atom=atom,
            aliases=aliases_of(aliases) or None,
            channels=tuple(Channel(path, mode) for path, mode in (channels or {}).items()) or None,
            channel_to=channel_to,
        )
        placed = await self._asker.ask(request, PlacedResponse, to=node)
        return Atom(self._asker, placed.atom, placed.listening, epoch=placed.epoch)

    async def restore(self, atom: str, *, image: ImageRow | None = None, node: str | None = None) -> Atom:
        """Lets an atom that nobody runs go on from an image.

        Args:
            atom: Its name.
            image: The image, of `images`; None: the newest there is.
            node: Where; None: at the node that this client talks to.

        Raises:
            NoImage: None is kept.
            AlreadyRuns: It runs.
        """
        number, keeper = (None, None) if image is None else (image.id, image.node)
        placed = await self._asker.ask(RestoreRequest(atom, number, keeper, node), PlacedResponse)
        return Atom(self._asker, placed.atom, placed.listening, epoch=placed.epoch)

    async def nodes(self) -> tuple[NodeRow, ...]:
        """All nodes, by name."""
        answer = await self._asker.ask(NodesRequest(), NodeRowsResponse)
        return tuple(sorted(answer.rows, key=lambda row: row.name))

    async def code_cache(self, node: str, most: int = 100) -> CachedResponse:
        """Compiled code that a node keeps on disk, in the cache folder of the user that it runs as.

        Args:
            node: Its name.
            most: Most entries wanted, at most 1,000; those used last come first.

        Raises:
            UnknownNode: There is none, as far as is known.
            Unreachable: It does not answer.
        """
        return await self._asker.ask(CacheRequest(most), CachedResponse, to=node)

    async def atoms(self) -> tuple[AtomRow, ...]:
        """All atoms, the oldest first; also those that ended, until they are forgotten."""
        answer = await self._asker.ask(AtomsRequest(), AtomRowsResponse)
        # A node that had an atom before it was restored elsewhere may still tell of it: the newest epoch speaks.
        newest = {row.atom: row for row in sorted(answer.rows, key=lambda row: row.epoch)}
        return tuple(sorted(newest.values(), key=lambda row: (row.started_at_ns, row.atom)))

    async def atom(self, name: str) -> Atom:
        """An atom by its name, or by the beginning of it where no other begins so.

        A name without the node where it was born means any atom that is called so: one that runs before one that has
        ended, one at the node that this client talks to before others. `Atom.namesakes` has the others.

        Raises:
            UnknownAtom: There is none; the text names the nearest.
        """
        rows = {row.atom: row for row in await self.atoms()}
        called_so = [row for row in rows.values() if local_name(row.atom) == name]
        if name in rows or len(called_so) < 2:  # noqa: PLR2004 -- nobody else is called so
            return Atom(self._asker, resolve("atom", name, rows, UnknownAtom))
        asked = (await self._asker.ask(NodeRequest(), NodeRowsResponse)).rows
        here = {row.name for row in asked}
        first, *others = sorted(called_so, key=lambda row: (row.state in OVER, row.node not in here, row.atom))
        return Atom(self._asker, first.atom, namesakes=tuple(row.atom for row in others))

    async def find(self, pattern: str = "", scope: str | None = None) -> tuple[NameRow, ...]:
        """Atoms that run, by name or alias: what the node that is asked knows, also of nodes that are away.

        Args:
            pattern: A regular expression that takes linear time (no look-around, no back references), at most 256
                bytes; it has to fit all of a name or alias. A global name fits, and a local one. Empty: all.
            scope: Match aliases of this scope; None: names.

        Returns:
            A row an atom, by name: its global name, where it is now, its aliases. None fits: no rows.

        Raises:
            InvalidPattern: It is none, or too large.
        """
        return (await self._asker.ask(FindRequest(scope or "", pattern, any=False), NamesResponse)).rows

    async def find_any(self, pattern: str, scope: str | None = None) -> NameRow:
        """Any atom that fits, the nearest: one of the node that is asked before others. See `find`.

        Raises:
            UnknownAlias: None fits.
            InvalidPattern: It is none, or too large.
        """
        rows = (await self._asker.ask(FindRequest(scope or "", pattern, any=True), NamesResponse)).rows
        if not rows:
            raise UnknownAlias(nobody(pattern, scope))
        return rows[0]

    async def node_name(self, name: str) -> str:
        """The name of a node, also by the beginning of it where no other begins so.

        Raises:
            UnknownNode: There is none; the text names the nearest.
        """
        return resolve("node", name, {row.name for row in await self.nodes()}, UnknownNode)

    async def images(self, atom: str | None = None) -> tuple[ImageRow, ...]:
        """Images that are kept anywhere, or those of one atom, the oldest first."""
        answer = await self._asker.ask(ImagesRequest(atom), ImageRowsResponse)
        return tuple(sorted(answer.rows, key=lambda row: (row.taken_at_ns, row.node)))

    async def moves(self, atom: str | None = None) -> tuple[MoveRow, ...]:
        """The last moves, or those of one atom, the oldest first. Nodes that do not answer are left out."""
        names = [row.name for row in await self.nodes()]
        rows = await asyncio.gather(*(self._moves_of(name, atom) for name in names))
        return tuple(sorted((row for each in rows for row in each), key=lambda row: (row.started_at_ns, row.id)))

    async def _moves_of(self, node: str, atom: str | None) -> tuple[MoveRow, ...]:
        try:
            return (await self._asker.ask(MovesRequest(atom), MoveRowsResponse, to=node)).rows
        except (Unreachable, UnknownNode):
            return ()

    async def send(  # noqa: PLR0913 -- the fields of a message, by keyword
        self,
        to: str,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> int:
        """Sends a message to an atom, wherever it is; in order with what this client sent it before, and once.

        Args:
            to: Its name; a name without the node where it was born means any atom that is called so, the nearest first.
            data: Bytes as they are; a text as UTF-8, called `text/plain`; anything else as JSON, `application/json`.
            type: What kind of message it is, as the receiver understands it.
            subject: What it is about.
            content_type: Media type of the data; None: as said at `data`.
            interrupt: Whether it is handled inside the receiver's next blocking call.
            timeout: How long to wait for room, in seconds; None: as long as `connect` says.

        Returns:
            The number that it got: it is in the receiver's mailbox, or on its way.

        Raises:
            UnknownAtom: There is no such atom.
            Busy: The receiver had no room in that time; the message was not sent.
            TooLarge: It is larger than a message may be.
            TypeError: The data is nothing that JSON can say.
        """
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return (await post(self._asker, to, event, timeout)).id

    async def call(  # noqa: PLR0913 -- the fields of a message, by keyword
        self,
        to: str,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> Event:
        """Sends a message to an atom, and waits for its answer; see `send`.

        Args:
            to: Its name.
            data: The data.
            type: What kind of message it is.
            subject: What it is about.
            content_type: Media type of the data.
            interrupt: As in `send`.
            timeout: How long to wait for the answer, in seconds; None: as long as `connect` says.

        Raises:
            TimedOut: No answer came in that time; the message may have.
            NotRunning: The atom ended before it answered.
            NodeError: See `send`.
        """
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return await call(self._asker, to, event, timeout)

    def open_box(self, name: str = "", *, aliases: Iterable[tuple[str, str]] = (), node: str | None = None) -> Opening:
        """Opens a mailbox for this client: `async with realm.open_box("dashboard") as box:`, or `await` it.

        Args:
            name: Its local name; empty: one is chosen. Others send to `node/name`.
            aliases: Its aliases, each a scope and an alias: `("topic", "prices")`.
            node: Where; None: at the node that this client talks to.

        Raises:
            AtomNameTaken: Something is called so there.
            InvalidName: It cannot be a name.
        """
        return Opening(self._asker, name, aliases, node)

    async def stream(
        self, name: str = "", *, aliases: Iterable[tuple[str, str]] = (), node: str | None = None
    ) -> AsyncGenerator[Event, None]:
        """Messages to a box of its own, as they come: `async for event in realm.stream(aliases=[("topic", "prices")])`.

        Args:
            name: As in `open_box`, also what follows.
            aliases: Its aliases.
            node: Where.
        """
        async with self.open_box(name, aliases=aliases, node=node) as box:
            async for event in box:
                yield event

    def watch(self, *atoms: str) -> Watching:
        """Ends of atoms: `end = await realm.watch("counter")`, or `async for end in realm.watch("a", "b")`.

        Args:
            atoms: Their names. One that has ended already, or that there never was, has its end at once.

        Raises:
            InvalidRequest: None is named.
        """
        return Watching(self._asker, atoms)

    async def close(self) -> None:
        """Leaves; atoms go on. A second time does nothing."""
        await self._asker.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def read_program(module: Program) -> tuple[bytes, str]:
    """A module's bytes and its program name."""
    if isinstance(module, bytes | bytearray | memoryview):
        return binary_of(bytes(module)), "main.wasm"
    return binary_of(read_file(module)), Path(module).name


def mounts_of(mounts: Mapping[str, MountLike] | None) -> tuple[Mount, ...]:
    """Mounts as the wire has them."""
    return tuple(
        Mount(guest, host, tuple(File(path, contents) for path, contents in files))
        for guest, host, files in mount_rows(mounts)
    )
