import io

import pytest
from rich.console import Console

import sojourn
from sojourn.app.inspection import as_json
from sojourn.cli.inspection import EXTENTS, show
from sojourn.cli.measure import size
from sojourn.core.image import memory_of

# One page in every second chunk of a large memory is written, then it loops.
SCATTERED = b"""
(module (memory 200)
  (func $scatter (export "_start") (local $at i32)
    (loop $again
      (i32.store (local.get $at) (i32.const -1))
      (local.set $at (i32.add (local.get $at) (i32.const 131072)))
      (br_if $again (i32.lt_u (local.get $at) (i32.const 13107200))))
    (loop $rest (br $rest))))
"""


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB")]
)
def test_sizes_have_the_unit_that_suits(count: int, text: str) -> None:
    assert size(count) == text


def test_neighbouring_chunks_are_one_extent() -> None:
    memory = memory_of(0, 100, [(0, 10, 5), (10, 20, 6), (30, 40, 7)])
    assert [(extent.start, extent.end, extent.stored_bytes) for extent in memory.extents] == [(0, 20, 11), (30, 40, 7)]
    assert (memory.nonzero_bytes, memory.stored_bytes) == (30, 18)


def test_a_long_map_is_cut_for_people_and_whole_for_programs() -> None:
    image = sojourn.start(SCATTERED).stop_at(200)
    out = io.StringIO()
    show("x", image, Console(file=out, width=100))
    assert f"and {100 - EXTENTS} more" in out.getvalue()
    assert "#0  scatter" in out.getvalue()
    assert len(as_json(image)["memories"][0]["extents"]) == 100
