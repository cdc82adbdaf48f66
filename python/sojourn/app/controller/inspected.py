"""An image as REST tells it: bounded, whatever it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sojourn.app.inspection import hexadecimal
from sojourn.gateway.http.inspected import (
    ExtentFacts,
    FileFacts,
    FrameFacts,
    Inspection,
    MemoryFacts,
    MountFacts,
    SectionFacts,
    TableFacts,
    ValueFacts,
)
from sojourn.gateway.http.limit import EXTENTS, INSPECTED_CHARACTERS, INSPECTED_ITEMS, STACK_BYTES
from sojourn.model.node_errors import TooLarge

if TYPE_CHECKING:
    from sojourn.core.image import Image
    from sojourn.gateway.http.value import InspectionQuery
    from sojourn.model.description import MemoryMap
    from sojourn.model.frame import Frame
    from sojourn.model.value import Value

CHUNK_BYTES = 64 << 10
FRAMES = "frames"


@dataclass(frozen=True, slots=True)
class Parts:
    """What an image holds: all but the frames, and these, the innermost first."""

    told: Inspection
    frames: tuple[Frame, ...]


def parts_of(image: Image, atom: str, taken_at: float) -> Parts:
    """What an image holds, without its contents.

    Raises:
        TooLarge: Its stack is too large to be told.
    """
    described = image.describe()
    stack = dict(described.sections).get(FRAMES, 0)
    if stack > STACK_BYTES:
        raise TooLarge(
            f"the stack of {atom} takes {stack:,} bytes; at most {STACK_BYTES:,} are looked into here",
            "`sojourn inspect` looks into it whatever its size",
        )
    frames = image.frames[::-1]
    told = Inspection(
        atom=atom,
        taken_at=taken_at,
        module=described.module_hash,
        entry=cut(described.entry),
        features=described.features,
        arguments=tuple(cut(each) for each in described.arguments[:INSPECTED_ITEMS]),
        size_bytes=described.size_bytes,
        sections=tuple(SectionFacts(name=name, bytes=size) for name, size in described.sections),
        memories=tuple(memory_of(each) for each in described.memories),
        globals=tuple(value_of(each) for each in described.globals[:INSPECTED_ITEMS]),
        globals_total=len(described.globals),
        tables=tuple(TableFacts(index=index, elements=elements) for index, elements in described.tables),
        mounts=tuple(MountFacts(path=cut(path), host=host and cut(host)) for path, host in described.mounts),
        files=tuple(
            FileFacts(
                descriptor=each.descriptor,
                kind=each.kind,
                path=cut(each.path),
                offset=each.offset,
                flags=each.flags,
            )
            for each in described.files[:INSPECTED_ITEMS]
        ),
        files_total=len(described.files),
        frames=(),
        frames_total=len(frames),
    )
    return Parts(told, frames)


def inspection_of(parts: Parts, which: InspectionQuery) -> Inspection:
    """An image with those of its frames that are asked for."""
    wanted = parts.frames[which.first : which.first + which.most]
    frames = tuple(frame_of(frame, depth) for depth, frame in enumerate(wanted, which.first))
    return msgspec.structs.replace(parts.told, frames=frames)


def frame_of(frame: Frame, depth: int) -> FrameFacts:
    """One frame."""
    return FrameFacts(
        depth=depth,
        function=cut(frame.function),
        index=frame.site.function,
        offset=frame.site.offset,
        point=frame.point,
        values=tuple(value_of(each) for each in frame.values[:INSPECTED_ITEMS]),
        values_total=len(frame.values),
    )


def value_of(value: Value) -> ValueFacts:
    """One value."""
    return ValueFacts(
        kind=value.kind, index=value.index, type=value.type, bits=hexadecimal(value.bits), text=str(value)
    )


def memory_of(memory: MemoryMap) -> MemoryFacts:
    """A memory, as finely as it can be told."""
    grain = CHUNK_BYTES
    extents = [
        ExtentFacts(start=each.start, end=each.end, used_bytes=each.end - each.start, stored_bytes=each.stored_bytes)
        for each in memory.extents
    ]
    while len(extents) > EXTENTS:
        grain *= 2
        extents = coarser(extents, grain)
    return MemoryFacts(
        index=memory.index,
        size_bytes=memory.size_bytes,
        used_bytes=memory.nonzero_bytes,
        stored_bytes=memory.stored_bytes,
        grain_bytes=grain,
        extents=tuple(extents),
    )


def coarser(extents: list[ExtentFacts], grain_bytes: int) -> list[ExtentFacts]:
    """Extents, those as one between which there is less than a grain."""
    merged: list[ExtentFacts] = []
    for each in extents:
        if merged and each.start - merged[-1].end < grain_bytes:
            last = merged.pop()
            merged.append(
                ExtentFacts(
                    start=last.start,
                    end=each.end,
                    used_bytes=last.used_bytes + each.used_bytes,
                    stored_bytes=last.stored_bytes + each.stored_bytes,
                )
            )
        else:
            merged.append(each)
    return merged


def cut(text: str) -> str:
    """A text that is not too long."""
    return text if len(text) <= INSPECTED_CHARACTERS else text[: INSPECTED_CHARACTERS - 1] + "…"
