"""Durations as people write them."""

from __future__ import annotations

import re

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
PATTERN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|)")


def parse_duration(text: str) -> float:
    """Seconds of `500ms`, `1s`, `2m`, `1h`, or of a bare number of seconds.

    Raises:
        ValueError: It is not written like that.
    """
    match = PATTERN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write it as 500ms, 1s, 2m or 1h")
    return float(match[1]) * SECONDS[match[2]]
