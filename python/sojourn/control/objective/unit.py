"""Units: what a number counts.

Numbers are kept in base units (ms, B, J, EUR, m) and products of them; a unit says how many of those it is. A *bare*
number counts nothing: it has no unit.
"""

from __future__ import annotations

from typing import NamedTuple


class Dimension(NamedTuple):
    """Exponents of the base units: milliseconds, bytes, joules, euros, metres."""

    time: int = 0
    data: int = 0
    energy: int = 0
    money: int = 0
    length: int = 0

    def times(self, other: Dimension, sign: int = 1) -> Dimension:
        """Of a product, or with `sign` -1 of a quotient."""
        return Dimension(*(mine + sign * theirs for mine, theirs in zip(self, other, strict=True)))


class Unit(NamedTuple):
    """A unit.

    Attributes:
        text: How it is written.
        dimension: What it counts.
        scale: How many base units it is.
    """

    text: str
    dimension: Dimension
    scale: float = 1.0

    @property
    def is_bare(self) -> bool:
        """Whether it counts nothing."""
        return self.dimension == Dimension()

    def told(self) -> str:
        """Itself, for people."""
        return "has no unit" if self.is_bare else f"is in {self.text}"


TIME = Dimension(time=1)
DATA = Dimension(data=1)
ENERGY = Dimension(energy=1)
POWER = Dimension(energy=1, time=-1)
MONEY = Dimension(money=1)
LENGTH = Dimension(length=1)

BARE = Unit("", Dimension())
PER_SECOND = Unit("1/s", Dimension(time=-1), 1 / 1000)
BYTES_PER_SECOND = Unit("B/s", Dimension(data=1, time=-1), 1 / 1000)
EUROS_PER_HOUR = Unit("EUR/h", Dimension(money=1, time=-1), 1 / 3_600_000)

# What may follow a number, alone or as one over another (`10 MiB/s`).
UNITS = {
    unit.text: unit
    for unit in (
        Unit("us", TIME, 0.001),
        Unit("ms", TIME),
        Unit("s", TIME, 1_000),
        Unit("min", TIME, 60_000),
        Unit("h", TIME, 3_600_000),
        Unit("B", DATA),
        Unit("kB", DATA, 1e3),
        Unit("MB", DATA, 1e6),
        Unit("GB", DATA, 1e9),
        Unit("KiB", DATA, 2**10),
        Unit("MiB", DATA, 2**20),
        Unit("GiB", DATA, 2**30),
        Unit("TiB", DATA, 2**40),
        Unit("J", ENERGY),
        Unit("kJ", ENERGY, 1e3),
        Unit("Wh", ENERGY, 3_600),
        Unit("mW", POWER, 1e-6),
        Unit("W", POWER, 1e-3),
        Unit("kW", POWER, 1.0),
        Unit("EUR", MONEY),
        Unit("m", LENGTH),
        Unit("km", LENGTH, 1_000),
        Unit("%", Dimension(), 0.01),
    )
}
# How a dimension is written that came out of a product or a quotient.
USUAL = {
    unit.dimension: unit
    for unit in (
        BARE,
        UNITS["ms"],
        UNITS["B"],
        UNITS["J"],
        UNITS["W"],
        UNITS["EUR"],
        UNITS["m"],
        PER_SECOND,
        BYTES_PER_SECOND,
        EUROS_PER_HOUR,
    )
}


def over(one: Unit, other: Unit) -> Unit:
    """One unit per another, as it was written."""
    return Unit(f"{one.text or 1}/{other.text}", one.dimension.times(other.dimension, -1), one.scale / other.scale)


def product(one: Unit, other: Unit, sign: int = 1) -> Unit:
    """The unit of a product, or with `sign` -1 of a quotient. A bare factor leaves the other's as it is."""
    if other.is_bare:
        return one
    if one.is_bare and sign == 1:
        return other
    dimension = one.dimension.times(other.dimension, sign)
    return USUAL.get(dimension) or Unit(written(dimension), dimension)


def written(dimension: Dimension) -> str:
    """A dimension in base units, for people: `J*ms/m`."""
    names = ("ms", "B", "J", "EUR", "m")
    above = [
        f"{name}^{power}" if power > 1 else name for name, power in zip(names, dimension, strict=True) if power > 0
    ]
    below = [
        f"{name}^{-power}" if power < -1 else name for name, power in zip(names, dimension, strict=True) if power < 0
    ]
    return "*".join(above or ["1"]) + "".join(f"/{part}" for part in below)
