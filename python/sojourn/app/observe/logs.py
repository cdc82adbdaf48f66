"""Logs: one line of JSON each, to be read by programs.

    {"time": "2026-01-31T12:00:00.123456Z", "level": "info", "logger": "sojourn.app", "text": "...", "atom": "node-1/a"}

What a caller passes as `extra` stands beside. Where a trace is going on, `trace` and `span` name it.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

# What each record of the standard library has; anything else was passed by its caller.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What the formatter writes itself; a caller's value of such a name gets an underscore.
OWN = frozenset({"time", "level", "logger", "text", "error", "stack", "trace", "span"})
# A line that is longer is cut: whoever reads lines has a limit, too.
TEXT_CHARACTERS = 16_000
DEPTH = 8

Trace = tuple[str, str]


class JsonFormatter(logging.Formatter):
    """A record as a line of JSON.

    Args:
        trace: Identities of the trace and the span that are going on; None: there are none.
    """

    def __init__(self, trace: Callable[[], Trace | None] = lambda: None) -> None:
        super().__init__()
        self._trace = trace

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": cut(message(record)),
        }
        extra = {name: value for name, value in vars(record).items() if name not in STANDARD}
        line.update({f"{name}_" if name in OWN else name: plain(value) for name, value in extra.items()})
        if trace := self._trace():
            line["trace"], line["span"] = trace
        if record.exc_info and record.exc_info[1]:
            line["error"] = cut(f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}")
            line["stack"] = cut(self.formatException(record.exc_info))
        return msgspec.json.encode(line).decode()


def set_up(
    stream: TextIO | None = None, level: int = logging.INFO, trace: Callable[[], Trace | None] = lambda: None
) -> logging.Handler:
    """Has all loggers of this process write JSON.

    Args:
        stream: Where to; None: standard error.
        level: What is less is not written.
        trace: As for `JsonFormatter`.

    Returns:
        The handler, for `logging.getLogger().removeHandler`.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(trace))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return handler


def instant(seconds: float) -> str:
    """A time as RFC 3339 has it, in UTC, to the microsecond."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def message(record: logging.LogRecord) -> str:
    """What it says; arguments that do not fit lose nothing."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def cut(text: str) -> str:
    """A text that JSON can hold, and not too much of it."""
    text = text.encode(errors="replace").decode()
    return text if len(text) <= TEXT_CHARACTERS else text[:TEXT_CHARACTERS] + "..."


def plain(value: object, depth: int = 0) -> object:
    """A value as JSON has it; what is none, or lies deep, is written as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping) and depth < DEPTH:
        return {cut(str(key)): plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple) and depth < DEPTH:
        return [plain(each, depth + 1) for each in value]
    return cut(str(value))
