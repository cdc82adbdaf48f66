"""Output of an atom for those who watch: gapless, bounded, and never waited for by the atom."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar, cast

import pytest

from sojourn.app.controller import output
from sojourn.app.controller.output import NEVER, Reading
from sojourn.core.output import MOST
from sojourn.gateway.http.output import Output, OutputAgain, OutputEnd, OutputLost, Written
from sojourn.model.node_errors import Unreachable
from sojourn.model.wire import OutputResponse, Stream

if TYPE_CHECKING:
    from sojourn.app.controller.link import Visitors

T = TypeVar("T")
PATIENCE_S = 60.0


class Node:
    """A node that keeps the last bytes of one stream, and waits for nobody."""

    def __init__(self, room: int = 1 << 20) -> None:
        self.room = room
        self.written = b""
        self.start = 0
        self.over = False
        self.failing: Exception | None = None
        self.asked: list[int] = []
        self.lineage = 1

    def write(self, data: bytes) -> None:
        self.written += data
        gone = max(0, len(self.written) - self.room)
        self.written, self.start = self.written[gone:], self.start + gone

    def restore(self, data: bytes) -> None:
        """It goes on from an image, by which it had written this."""
        self.written, self.start, self.over, self.lineage = data, 0, False, self.lineage + 1

    def end(self) -> None:
        self.over = True

    async def output(self, atom: str, stream: Stream, offset: int, wait_s: float) -> OutputResponse:
        del atom, stream, wait_s
        self.asked.append(offset)
        if self.failing is not None:
            raise self.failing
        # It does not wait as long as a node would.
        await asyncio.sleep(0)
        at = max(offset, self.start)
        data = self.written[at - self.start :][:MOST]
        return OutputResponse(at, data, self.over and at + len(data) >= self.start + len(self.written))

    def reading(self, offset: int | None = None) -> Reading:
        return Reading(cast("Visitors", self), "node-1/a", Stream.STDOUT, offset, lambda: self.lineage)


def ran(work: Callable[[Node], Awaitable[T]], room: int = 1 << 20) -> T:
    async def run() -> T:
        return await asyncio.wait_for(work(Node(room)), PATIENCE_S)

    return asyncio.run(run())


async def all_of(reading: Reading, *, follow: bool = False) -> list[Output]:
    return [part async for part in reading.parts(follow=follow)]


def bytes_of(parts: list[Output]) -> bytes:
    return b"".join(part.data for part in parts if isinstance(part, Written))


def test_what_is_there_is_read_whole_and_no_further() -> None:
    async def work(node: Node) -> None:
        node.write(b"x" * 200_000)
        parts = await all_of(node.reading())
        assert bytes_of(parts) == b"x" * 200_000
        assert parts[-1] == OutputEnd(offset=200_000, over=False)
        assert bytes_of(await all_of(node.reading(199_990))) == b"x" * 10

    ran(work)


def test_what_comes_is_followed_until_the_atom_ends() -> None:
    async def work(node: Node) -> None:
        node.write(b"one ")
        parts: list[Output] = []
        async for part in node.reading().parts(follow=True):
            parts.append(part)
            if part == Written(4, b""):
                node.write(b"two")
                node.end()
        assert bytes_of(parts) == b"one two"
        assert parts[-1] == OutputEnd(offset=7, over=True)

    ran(work)


def test_bytes_that_went_before_they_were_read_are_told() -> None:
    async def work(node: Node) -> None:
        node.write(b"0123456789")
        parts: list[Output] = []
        async for part in node.reading(0).parts(follow=True):
            parts.append(part)
            if isinstance(part, Written) and part.data == b"0123456789":
                node.write(b"abcdefghijklmnopqrstuvwxyz" * 2)
                node.end()
        assert OutputLost(offset=10, end=46, reason="it was not read in time") in parts
        assert bytes_of(parts) == b"0123456789klmnopqrstuvwxyz"

    ran(work, room=16)


def test_an_atom_that_goes_on_from_an_image_begins_again() -> None:
    async def work(node: Node) -> None:
        node.write(b"before and after")
        parts: list[Output] = []
        async for part in node.reading().parts(follow=True):
            parts.append(part)
            if part == Written(16, b""):
                node.restore(b"before")
                node.write(b" now and much longer than it was")
                node.end()
        again = next(part for part in parts if isinstance(part, OutputAgain))
        assert again.offset == 0
        assert bytes_of(parts[parts.index(again) :]) == b"before now and much longer than it was"

    ran(work)


def test_the_first_lineage_of_an_atom_is_no_other_one() -> None:
    async def work(node: Node) -> None:
        node.lineage = 0
        node.write(b"one")
        parts: list[Output] = []
        async for part in node.reading().parts(follow=True):
            parts.append(part)
            if part == Written(3, b""):
                node.lineage = 1
                node.write(b" two")
                node.end()
        assert bytes_of(parts) == b"one two"
        assert not any(isinstance(part, OutputAgain) for part in parts)

    ran(work)


def test_whoever_comes_back_to_an_atom_that_went_back_is_told() -> None:
    async def work(node: Node) -> None:
        node.restore(b"short")
        parts = await all_of(node.reading(500))
        assert isinstance(parts[0], OutputAgain)
        assert bytes_of(parts) == b"short"

    ran(work)


def test_an_atom_that_nobody_answers_for_ends_the_stream_with_a_reason() -> None:
    async def work(node: Node) -> None:
        node.failing = Unreachable("node-1 does not answer")
        assert await all_of(node.reading(), follow=True) == [
            OutputEnd(offset=0, over=False, reason="node-1 does not answer")
        ]

    ran(work)


def test_a_reader_who_takes_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "SLOW_S", 0.01)

    async def work(node: Node) -> None:
        node.write(b"x")
        parts = node.reading().parts(follow=True)
        await anext(parts)
        # It does not ask for the next part; the node is told so all the same.
        while NEVER not in node.asked:  # noqa: ASYNC110 -- what is waited for tells nobody
            await asyncio.sleep(0)
        await parts.aclose()

    ran(work)


def test_an_atom_that_floods_is_not_held_up_by_who_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "BURST_BYTES", 100_000)
    monkeypatch.setattr(output, "PAUSE_S", 0.0)

    async def work(node: Node) -> None:
        node.write(b"x" * 90_000)
        assert len(bytes_of(await all_of(node.reading()))) == 90_000
        assert NEVER not in node.asked
        node.write(b"x" * 900_000)
        assert len(bytes_of(await all_of(node.reading()))) == 990_000
        assert NEVER in node.asked

    ran(work)
