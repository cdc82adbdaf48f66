"""Quantities as people write them: a number and a unit, as `40 Wh` or `100 Mbit/s`."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

PATTERN = re.compile(r"\s*([+-]?\d+(?:[\d_]*\d)?(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([^\s\d][^\s]*)?\s*")

BYTES = {"B": 1.0}
BYTES |= {f"{letter}iB": 1024.0**power for power, letter in enumerate("KMGT", 1)}
BYTES |= {f"{letter}B": 1000.0**power for power, letter in enumerate("kMGT", 1)}
BITS = {f"{letter}bit/s": 1000.0**power / 8 for power, letter in enumerate(("", "k", "M", "G"))}
# Factors to the unit that stands first, in which values are kept.
UNITS: dict[str, dict[str, float]] = {
    "s": {"s": 1.0, "ms": 1e-3, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0},
    "bytes": {"bytes": 1.0} | BYTES,
    "bytes/s": {"bytes/s": 1.0} | {f"{name}/s": factor for name, factor in BYTES.items()} | BITS,
    "W": {"W": 1.0, "mW": 1e-3, "kW": 1e3},
    "J": {"J": 1.0, "kJ": 1e3, "MJ": 1e6, "Wh": 3600.0, "kWh": 3.6e6, "mWh": 3.6},
    "m": {"m": 1.0, "km": 1e3},
    "m/s": {"m/s": 1.0, "km/h": 1 / 3.6},
    "/s": {"/s": 1.0, "/min": 1 / 60, "/h": 1 / 3600},
    "": {"": 1.0, "%": 0.01},
}
EXAMPLES = {
    "s": "90s, 10min or 2h",
    "bytes": "64MiB",
    "bytes/s": "100 Mbit/s",
    "W": "2.5 W",
    "J": "40 Wh",
    "m": "1.5 km",
    "m/s": "50 km/h",
    "/s": "10/s",
    "": "a number, or 40%",
}


class Unit(NamedTuple):
    """What a number of a scenario is, as metadata of its type.

    Attributes:
        name: Key of `UNITS`.
        least: It is no less.
        most: It is no more.
        positive: Whether it may not be 0.
    """

    name: str = ""
    least: float = 0.0
    most: float = math.inf
    positive: bool = False

    def parse(self, raw: object) -> float:
        """The number in the unit's base.

        Args:
            raw: A number, then in the base, or text with a unit.

        Raises:
            ValueError: It is something else, or out of range; the text says what is wanted.
        """
        value = self.number(raw)
        if not math.isfinite(value):
            raise ValueError("is not a finite number")
        if self.positive and value <= 0:
            raise ValueError("must be more than 0")
        if not self.least <= value <= self.most:
            raise ValueError(self.bounds())
        return value

    def number(self, raw: object) -> float:
        """The number, in or out of range."""
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise ValueError(f"must be like {EXAMPLES[self.name]}")  # noqa: TRY004 -- one kind of error
        if not isinstance(raw, str):
            return float(raw)
        match = PATTERN.fullmatch(raw)
        factors = UNITS[self.name]
        if match is None or (match[2] or self.name) not in factors:
            known = ", ".join(unit for unit in factors if unit)
            raise ValueError(
                f"must be like {EXAMPLES[self.name]}, not {raw!r}" + (f"; units: {known}" if known else "")
            )
        return float(match[1].replace("_", "")) * factors[match[2] or self.name]

    def bounds(self) -> str:
        """What range it has, in words."""
        unit = f" {self.name}" if self.name else ""
        if self.most == math.inf:
            return f"must be {self.least:g}{unit} or more"
        return f"must be between {self.least:g} and {self.most:g}{unit}"
