"""Reports: pages and plots, the same each time."""

import re
import sys
from pathlib import Path

import pytest

from sojourn.model.errors import HostError, StorageError
from sojourn.sim.report.folder import files, write
from sojourn.sim.report.plots import matplotlib
from sojourn.sim.report.words import FIGURES, LINES, shown
from sojourn.sim.study import Study
from tests.unit.sim.worlds import small


@pytest.fixture(scope="module")
def done() -> Study:
    return small("moving-user")


def test_a_report_is_the_same_bytes_each_time(done: Study) -> None:
    first, again = files(done), files(done)
    assert first == again
    assert {"report.html", "report.json", "events.jsonl", "decisions.jsonl", "over.svg", "moves.svg"} <= set(first)


def test_a_page_needs_nothing_from_anywhere(done: Study) -> None:
    page = files(done)["report.html"].decode()
    assert "<svg" in page
    assert "<script" not in page
    sources = re.findall(r"""(?:src|href)=["']([^"'#]+)""", page)
    assert not [source for source in sources if not source.startswith("data:")]


def test_names_cannot_write_into_the_page(done: Study) -> None:
    import msgspec  # noqa: PLC0415

    hostile = msgspec.structs.replace(done, name="<script>alert(1)</script>")
    assert "<script" not in files(hostile)["report.html"].decode()


def test_without_matplotlib_it_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HostError) as caught:
        matplotlib()
    assert "sojourn[plots]" in str(caught.value.hint)


def test_a_folder_that_cannot_be_is_told(done: Study, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write the report"):
        write(done, tmp_path / "file" / "below")


def test_every_figure_and_line_has_words(done: Study) -> None:
    assert set(done.baseline.figures) == set(FIGURES)
    assert set(done.baseline.lines) == {"at", *LINES}
    assert shown("unserved_share", 0.0123) == "1.23 %"
    assert shown("work_s", 12345.6) == "12,346 core-s"
