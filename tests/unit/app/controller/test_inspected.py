"""An image as REST tells it is bounded, whatever it holds."""

import msgspec

from sojourn.app.controller.inspected import CHUNK_BYTES, Parts, cut, inspection_of, memory_of
from sojourn.gateway.http.inspected import Inspection
from sojourn.gateway.http.limit import EXTENTS, INSPECTED_CHARACTERS, INSPECTED_ITEMS
from sojourn.gateway.http.value import InspectionQuery
from sojourn.model.description import Extent, MemoryMap
from sojourn.model.frame import Frame, Site
from sojourn.model.value import Value

NOTHING = Inspection(
    atom="node-1/a",
    taken_at=1.0,
    module="00",
    entry="_start",
    features=(),
    arguments=(),
    size_bytes=0,
    sections=(),
    memories=(),
    globals=(),
    globals_total=0,
    tables=(),
    mounts=(),
    files=(),
    files_total=0,
    frames=(),
    frames_total=1000,
)


def frame(number: int, values: int = 1) -> Frame:
    locals_ = tuple(Value("local", index, "i64", 2**64 - 1) for index in range(values))
    return Frame(f"function {number}", Site(number, 16, "poll"), "poll", locals_)


def test_frames_are_told_from_a_depth_on_with_values_as_text() -> None:
    parts = Parts(NOTHING, tuple(frame(number) for number in range(1000)))
    told = inspection_of(parts, InspectionQuery(first=998, most=10))
    assert [each.depth for each in told.frames] == [998, 999]
    assert told.frames[0].function == "function 998"
    assert (told.frames[0].values[0].text, told.frames[0].values[0].bits) == ("-1", "0xffffffffffffffff")
    assert inspection_of(parts, InspectionQuery(first=5000)).frames == ()


def test_a_frame_of_very_many_values_is_cut() -> None:
    told = inspection_of(Parts(NOTHING, (frame(0, 50_000),)), InspectionQuery()).frames[0]
    assert (len(told.values), told.values_total) == (INSPECTED_ITEMS, 50_000)
    assert len(msgspec.json.encode(told)) < 64 << 10


def test_a_memory_of_very_many_extents_is_told_more_coarsely() -> None:
    chunks = range(0, 65536, 2)
    extents = tuple(Extent(each * CHUNK_BYTES, (each + 1) * CHUNK_BYTES, 100) for each in chunks)
    told = memory_of(MemoryMap(0, 1 << 32, extents))
    assert len(told.extents) <= EXTENTS
    assert told.grain_bytes > CHUNK_BYTES
    assert sum(each.used_bytes for each in told.extents) == told.used_bytes == len(chunks) * CHUNK_BYTES
    assert sum(each.stored_bytes for each in told.extents) == 100 * len(chunks)
    few = memory_of(MemoryMap(0, 1 << 32, extents[:3]))
    assert (few.grain_bytes, len(few.extents)) == (CHUNK_BYTES, 3)


def test_long_names_are_cut() -> None:
    assert cut("x" * INSPECTED_CHARACTERS) == "x" * INSPECTED_CHARACTERS
    assert len(cut("x" * 100_000)) == INSPECTED_CHARACTERS
