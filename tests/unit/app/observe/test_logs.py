"""Logs as JSON."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sojourn.app.observe import logs


class Log:
    """A logger of the test's own, and what it wrote."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream
        self.logger = logging.getLogger("sojourn.test")

    def line(self) -> dict[str, Any]:
        (text,) = self.stream.getvalue().splitlines()
        found: dict[str, Any] = json.loads(text)
        return found


@pytest.fixture
def log() -> Iterator[Log]:
    stream = io.StringIO()
    root = logging.getLogger()
    level = root.level
    handler = logs.set_up(stream)
    yield Log(stream)
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_line_has_time_level_logger_and_text(log: Log) -> None:
    log.logger.warning("%s is lost", "node-1")
    line = log.line()
    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "logger": "sojourn.test", "text": "node-1 is lost"}


def test_times_are_those_of_rfc_3339() -> None:
    assert logs.instant(0) == "1970-01-01T00:00:00.000000Z"
    assert logs.instant(1_700_000_000.123456) == "2023-11-14T22:13:20.123456Z"


def test_what_is_passed_stands_beside(log: Log) -> None:
    log.logger.info("moved", extra={"atom": "node-1/a", "bytes": 7, "where": ("a", {"b": None}), "text": "mine"})
    line = log.line()
    assert (line["text"], line["text_"]) == ("moved", "mine")
    assert (line["atom"], line["bytes"], line["where"]) == ("node-1/a", 7, ["a", {"b": None}])


def test_an_exception_is_in_its_line(log: Log) -> None:
    try:
        int("x\n")
    except ValueError:
        log.logger.exception("it failed")
    line = log.line()
    assert line["error"].startswith("ValueError: invalid literal")
    assert "Traceback" in line["stack"]


@pytest.mark.parametrize("text", ["a\nb", "\ud800", "\0", '"}', "x" * 100_000])
def test_any_text_is_one_line(log: Log, text: str) -> None:
    log.logger.error("%s", text, extra={"more": text, "deep": [[[[[[[[[[[[text]]]]]]]]]]]], "other": {text: {1, 2}}})
    line = log.line()
    assert line["text"][:3] == text.encode(errors="replace").decode()[:3]
    assert len(line["text"]) <= logs.TEXT_CHARACTERS + 3
    assert isinstance(line["more"], str)


def test_arguments_that_do_not_fit_lose_nothing() -> None:
    record = logging.makeLogRecord({"msg": "%d atoms", "args": ("seven",)})
    assert json.loads(logs.JsonFormatter().format(record))["text"] == "%d atoms ('seven',)"


def test_less_than_the_level_is_not_written(log: Log) -> None:
    log.logger.debug("quiet")
    assert log.stream.getvalue() == ""


def test_a_trace_that_is_going_on_is_named() -> None:
    formatter = logs.JsonFormatter(lambda: ("aa", "bb"))
    line = json.loads(formatter.format(logging.makeLogRecord({"msg": "x"})))
    assert (line["trace"], line["span"]) == ("aa", "bb")
