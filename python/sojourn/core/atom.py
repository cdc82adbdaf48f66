"""Atoms: computations that run somewhere in a realm."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, TypeAlias

from sojourn.core import output, talk
from sojourn.core.image import Image
from sojourn.model.errors import Finished, NodeError, Stopped
from sojourn.model.event import drafted, kind_of
from sojourn.model.node_errors import (
    Busy,
    Internal,
    Lost,
    NotRunning,
    TooLarge,
    UnknownAtom,
    UnknownNode,
    Unreachable,
    node_error,
)
from sojourn.model.status import Status
from sojourn.model.wire import (
    AtomRowsResponse,
    AtomsHereRequest,
    AtomsRequest,
    AtomState,
    CheckpointRequest,
    DoneResponse,
    FetchedResponse,
    ForgetRequest,
    ImageRowsResponse,
    ImagesRequest,
    KeyRowsResponse,
    KeysRequest,
    MoveRequest,
    MoveRowsResponse,
    MoveState,
    MoveStateRequest,
    MovingResponse,
    NodeRowsResponse,
    NodesRequest,
    ReloadedResponse,
    ReloadRequest,
    SnapshotRequest,
    StoppedResponse,
    StopRequest,
    Stream,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sojourn.core.asker import Asker
    from sojourn.model.event import Data, Event
    from sojourn.model.wire import AtomRow, ImageRow, KeyRow, MoveRow

StreamName: TypeAlias = Literal["stdout", "stderr"]
STREAMS: dict[StreamName, Stream] = {"stdout": Stream.STDOUT, "stderr": Stream.STDERR}
OVER = {AtomState.ENDED, AtomState.STOPPED}
MOVED = {MoveState.DONE: True, MoveState.FAILED: False, MoveState.LOST: False}

# How long a node waits for the end of a move before it tells how far it is.
PROGRESS_S = 0.2
# How long a target may take to say that it owns an atom, once nobody else does.
RELEASED_S = 10.0
# Waiting for an atom's end asks for its state, at first often and then less so.
SOON_S = 0.02
SELDOM_S = 0.5
# Keys that are asked for at once; fewer come when their values are long.
KEYS = 1000
# An atom that moves while it is looked at is looked for so often.
LOOKS = 5


class Atom:
    """An atom, by its name; wherever it is. Made by `Realm.start`, `Realm.atom` and `Realm.restore`.

    Attributes:
        name: Its name in the realm: the node where it was born, `/`, its local name there. It never changes.
        listening: Addresses on which its node listens for it, where it was just started.
        namesakes: Others that the name could have meant by which it was asked for; this one is the nearest.
        epoch: Its ownership number when it was started or restored by this; 0: it was not.
    """

    def __init__(
        self,
        asker: Asker,
        name: str,
        listening: tuple[str, ...] = (),
        namesakes: tuple[str, ...] = (),
        *,
        epoch: int = 0,
    ) -> None:
        self._asker = asker
        self.name = name
        self.listening = listening
        self.namesakes = namesakes
        self.epoch = epoch

    async def row(self) -> AtomRow:
        """What it is, where it is and how it does.

        Raises:
            UnknownAtom: There is none of this name.
        """
        answer = await self._asker.ask(AtomsRequest(), AtomRowsResponse)
        return self._own(answer.rows)

    async def migrate(
        self, node: str, *, cause: str = "asked for", progress: Callable[[MoveRow], None] | None = None
    ) -> MoveRow:
        """Moves it while it runs, and waits for the end of the move. Cancelled, the move goes on.

        Args:
            node: Where it is to go.
            cause: Why, for whoever looks at `moves` later.
            progress: Told how far the move is, some times a second.

        Raises:
            NodeError: It was refused or given up, and the atom goes on where it was; the class says why.
            Lost: The other node ended right after it had taken the atom.
        """
        async for move in self.moving(node, cause=cause):
            if progress is not None:
                progress(move)
        return settled(move)

    async def moving(self, node: str, *, cause: str = "asked for") -> AsyncIterator[MoveRow]:
        """As `migrate`, but gives how far the move is, some times a second; the last one tells how it ended.

        Raises:
            NodeError: It could not begin.
            Unreachable: The other node was given it and has not answered since.
        """
        begun = await self._asker.ask(MoveRequest(self.name, node, cause), MovingResponse)
        loop, released = asyncio.get_running_loop(), None
        while True:
            request = MoveStateRequest(self.name, begun.source, begun.id, int(PROGRESS_S * 1000))
            answer = await self._asker.ask(request, MoveRowsResponse, wait_s=PROGRESS_S)
            for move in answer.rows:
                yield move
                if move.state in MOVED:
                    return
                released = (released or loop.time()) if move.state is MoveState.RELEASED else None
                if released is not None and loop.time() - released > RELEASED_S:
                    raise Unreachable(f"{node} was given {self.name} and has not answered since; it may have it")
            if not answer.rows:
                raise Internal(f"{begun.source} does not know of the move that it began")

    async def logs(
        self, stream: StreamName = "stdout", *, follow: bool = False, offset: int | None = None
    ) -> AsyncIterator[bytes]:
        """What it wrote, gapless also over moves.

        Args:
            stream: `stdout` or `stderr`.
            follow: Go on as more comes, until the atom ends; otherwise what is there now. Whoever follows and does not
                read holds the atom up when its node has no more room for output.
            offset: Number of the first byte; None: the oldest that is still there.

        Raises:
            OutputLost: Bytes are gone that were to come next.
            UnknownAtom: There is none of this name.
        """
        which = STREAMS[stream]
        if follow:
            chunks = output.follow(self._asker, self.name, which, offset)
        else:
            row = await self.row()
            end = row.stdout_bytes if which is Stream.STDOUT else row.stderr_bytes
            chunks = output.up_to(self._asker, self.name, which, offset, end)
        async for chunk in chunks:
            yield chunk

    async def wait(self) -> Status:
        """Waits until it ends by itself.

        Raises:
            Stopped: It was stopped.
            UnknownAtom: There is none of this name.
        """
        row, pause = await self.row(), SOON_S
        while row.state not in OVER:
            await asyncio.sleep(pause)
            row, pause = await self._row_at(row.node), min(pause * 2, SELDOM_S)
            if row.state in OVER:
                # It may have been restored elsewhere meanwhile: the whole realm knows.
                row = await self.row()
        if row.state is AtomState.STOPPED:
            raise Stopped(f"{self.name} was stopped, so that it has no exit status", f"`sojourn restore {self.name}`")
        return Status(row.status, None if row.status is not None else row.reason or "it did not say why it ended")

    async def send(  # noqa: PLR0913 -- the fields of a message
        self,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> int:
        """Sends it a message; see `Realm.send`."""
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return (await talk.post(self._asker, self.name, event, timeout)).id

    async def call(  # noqa: PLR0913 -- the fields of a message
        self,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> Event:
        """Sends it a message and waits for its answer; see `Realm.call`."""
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return await talk.call(self._asker, self.name, event, timeout)

    async def stop(self, *, keep: bool = True) -> tuple[ImageRow, ...]:
        """Stops it for good.

        Args:
            keep: Keep its image, so that `Realm.restore` lets it go on.

        Returns:
            Images that are kept of it.

        Raises:
            Finished: It had ended by itself.
        """
        answer = await self._asker.ask(StopRequest(self.name, keep), StoppedResponse)
        if answer.status is not None:
            raise Finished(f"{self.name} had ended by itself, with exit status {answer.status}")
        return answer.images

    async def checkpoint(self) -> tuple[ImageRow, ...]:
        """Takes an image that is kept, while the atom goes on; one row a copy. On disk when it returns."""
        return (await self._asker.ask(CheckpointRequest(self.name), ImageRowsResponse)).rows

    async def images(self) -> tuple[ImageRow, ...]:
        """Images that are kept of it, the oldest first."""
        return (await self._asker.ask(ImagesRequest(self.name), ImageRowsResponse)).rows

    async def keys(self, prefix: str | bytes = b"") -> tuple[KeyRow, ...]:
        """Its keys and values, in the order of the keys: what it keeps with `kv_put`.

        Each part of a long answer is as the store was at that moment.

        Args:
            prefix: Only keys with this prefix; text is UTF-8.

        Raises:
            UnknownAtom: There is none of this name.
        """
        start = prefix.encode() if isinstance(prefix, str) else prefix
        rows: list[KeyRow] = []
        more = True
        while more:
            after = rows[-1].key if rows else b""
            answer = await self._asker.ask(KeysRequest(self.name, start, after, KEYS), KeyRowsResponse)
            rows.extend(answer.rows)
            more = answer.more and len(answer.rows) > 0
        return tuple(rows)

    async def reload(self, module: bytes) -> str | None:
        """Gives it another module; its name, aliases, keys and messages stay.

        Its memory stays where both modules say the same `layout`, the atom rests between two messages, and what can be
        compared of the modules' data is the same.

        Args:
            module: The module.

        Returns:
            Why its memory is fresh; None: it was kept.

        Raises:
            NodeError: It goes on as it was; the class says why.
        """
        request = ReloadRequest(self.name, await self._asker.put(module))
        return (await self._asker.ask(request, ReloadedResponse)).fresh

    async def forget(self) -> None:
        """Forgets it, where it has ended, and its images, at all nodes that answer. Its name is free then.

        Raises:
            AlreadyRuns: It runs.
            UnknownAtom: Nobody has anything of it.
        """
        request, refused, forgotten = ForgetRequest(self.name), None, False
        for row in (await self._asker.ask(NodesRequest(), NodeRowsResponse)).rows:
            try:
                await self._asker.ask(request, DoneResponse, to=row.name)
                forgotten = True
            except (UnknownAtom, UnknownNode, NotRunning, Unreachable) as error:
                refused = refused or error
        if refused is not None and not forgotten:
            raise refused

    async def inspect(self, most_bytes: int | None = None) -> Image:
        """Its state now, as `Run.stop` gives it; the atom goes on.

        Args:
            most_bytes: Most bytes that it may have; None: as many as it has.

        Raises:
            TooLarge: It has more.
        """
        failed: NodeError = UnknownAtom(f"there is no atom {self.name} in the realm")
        for _ in range(LOOKS):
            row = await self.row()
            try:
                fetched = await self._asker.ask(SnapshotRequest(self.name), FetchedResponse, to=row.node)
                return await image_of(self._asker, fetched, row.node, most_bytes)
            except (UnknownAtom, UnknownNode, Unreachable, Busy) as error:
                failed = error
                await asyncio.sleep(SOON_S)
        raise failed

    async def _row_at(self, node: str) -> AtomRow:
        """Its row, from where it was last; from the whole realm if it is not there any more."""
        try:
            answer = await self._asker.ask(AtomsHereRequest(), AtomRowsResponse, to=node)
            return self._own(answer.rows)
        except (UnknownAtom, UnknownNode, Unreachable, Busy):
            return await self.row()

    def _own(self, rows: tuple[AtomRow, ...]) -> AtomRow:
        """Its row among others; the one that speaks for it newest."""
        own = [row for row in rows if row.atom == self.name]
        if not own:
            raise UnknownAtom(f"there is no atom {self.name} in the realm")
        return max(own, key=lambda row: row.epoch)

    def __repr__(self) -> str:
        return f"<sojourn.Atom {self.name}>"


async def image_of(asker: Asker, fetched: FetchedResponse, node: str, most_bytes: int | None = None) -> Image:
    """An image that a node has ready.

    Args:
        asker: Who asks.
        fetched: What the node said of it.
        node: The node.
        most_bytes: Most bytes that it may have; None: as many as it has.

    Raises:
        TooLarge: It has more.
        NodeError: It did not come.
    """
    if most_bytes is not None and fetched.bytes > most_bytes:
        raise TooLarge(
            f"the image has {fetched.bytes:,} bytes; at most {most_bytes:,} are looked into here",
            "`sojourn inspect` looks into it whatever its size",
        )
    content = await asker.get(fetched.content, node)
    return await asker.run(lambda: Image.from_bytes(content))


def settled(move: MoveRow) -> MoveRow:
    """A move that has been made; what went wrong as an exception."""
    if MOVED[move.state]:
        return move
    text = move.text or f"{move.atom} did not get from {move.source} to {move.target}"
    if move.state is MoveState.LOST:
        raise Lost(text)
    raise node_error(move.code or 0, text)
