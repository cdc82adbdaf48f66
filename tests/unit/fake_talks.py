"""The part of a controller in memory that talks with atoms and looks into them: they echo, and stand in `main`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from sojourn.gateway.http.answer import Answered, Sent
from sojourn.gateway.http.inspected import ExtentFacts, FrameFacts, Inspection, MemoryFacts, SectionFacts, ValueFacts
from sojourn.gateway.http.output import Output, OutputAgain, OutputEnd, OutputLost, Written
from sojourn.model.errors import Declined
from sojourn.model.node_errors import NoImage, UnknownAtom

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncGenerator, Sequence

    from sojourn.gateway.http.answer import ImageFacts
    from sojourn.gateway.http.body import GiveInput, SendMessage
    from sojourn.gateway.http.value import InspectionQuery, OutputQuery
    from sojourn.model.record import AtomRecord

PART = 1000
FRAMES = 250


class FakeTalks:
    """See `sojourn.gateway.http.service.Controller`."""

    atom_records: dict[str, AtomRecord]
    wait: asyncio.Event

    def __init__(self) -> None:
        self.written: dict[str, bytes] = {}
        self.parts: list[Output] = []
        self.inputs: list[bytes] = []
        self.sent = 0

    async def images(self, atom: str) -> Sequence[ImageFacts]:
        raise NotImplementedError

    def known(self, atom: str) -> AtomRecord:
        """An atom."""
        if atom not in self.atom_records:
            raise UnknownAtom(f"there is no atom {atom!r} in the realm")
        return self.atom_records[atom]

    async def output(self, atom: str, asked: OutputQuery) -> AsyncGenerator[Output, None]:
        self.known(atom)
        return self.outputs(atom, asked)

    async def outputs(self, atom: str, asked: OutputQuery) -> AsyncGenerator[Output, None]:
        """What an atom wrote, after what a test has to be told."""
        for part in self.parts:
            yield part
        at = asked.offset or 0
        while True:
            data = self.written.get(f"{atom} {asked.stream}", b"")
            if at > len(data):
                yield OutputAgain(offset=0, reason=f"{atom} goes on from an image")
                at = 0
            elif at < len(data):
                part = Written(at, data[at : at + PART])
                at += len(part.data)
                yield part
            elif not asked.follow:
                yield OutputEnd(offset=at, over=False)
                return
            else:
                yield Written(at, b"")
                await self.wait.wait()

    def lose(self, first: int, end: int) -> None:
        """Output is gone."""
        self.parts.append(OutputLost(offset=first, end=end, reason="it was not read in time"))

    async def send(self, atom: str, message: SendMessage) -> Sent:
        self.known(atom)
        if message.text is not UNSET and message.base64 is not UNSET:
            raise Declined("the data is said as text and as base64", "say it once")
        self.sent += 1
        if not message.wait:
            return Sent(number=self.sent)
        return Sent(answer=Answered(type="echo", text=message.text, size_bytes=1))

    async def give_input(self, atom: str, given: GiveInput) -> Sent:
        self.known(atom)
        self.inputs.append(given.text.encode() if isinstance(given.text, str) else b"")
        return Sent(number=len(self.inputs))

    async def inspect(self, atom: str, which: InspectionQuery) -> Inspection:
        return inspection(self.known(atom), which)

    async def inspect_image(self, atom: str, keeper: str, number: int, which: InspectionQuery) -> Inspection:
        if not any((each.id, each.node) == (number, keeper) for each in await self.images(atom)):
            raise NoImage(f"{keeper} keeps no image {number} of {atom}")
        return inspection(self.known(atom), which)


def inspection(record: AtomRecord, which: InspectionQuery) -> Inspection:
    """An atom that recurses in `main`."""
    depths = range(FRAMES)[which.first : which.first + which.most]
    value = ValueFacts(kind="local", index=0, type="i32", bits="0x7", text="7")
    return Inspection(
        atom=record.name,
        taken_at=1.0,
        module=record.module,
        entry="_start",
        features=(),
        arguments=("lua",),
        size_bytes=4096,
        sections=(SectionFacts(name="frames", bytes=64),),
        memories=(
            MemoryFacts(
                index=0,
                size_bytes=1 << 20,
                used_bytes=1 << 16,
                stored_bytes=100,
                grain_bytes=1 << 16,
                extents=(ExtentFacts(start=0, end=1 << 16, used_bytes=1 << 16, stored_bytes=100),),
            ),
        ),
        globals=(),
        globals_total=0,
        tables=(),
        mounts=(),
        files=(),
        files_total=0,
        frames=tuple(
            FrameFacts(depth=each, function="main", index=1, offset=9, point="poll", values=(value,), values_total=1)
            for each in depths
        ),
        frames_total=FRAMES,
    )
