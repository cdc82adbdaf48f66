"""Settings of the realm that are changed while it runs: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["switch", "number", "text"]


class Setting(msgspec.Struct, frozen=True):
    """A setting.

    Attributes:
        name: Its name.
        kind: What its value is.
        default: Its value where nobody has set it.
        least: The least that a number may be.
        most: The most.
        text: What it is, for people.
    """

    name: str
    kind: Kind
    default: str
    least: float
    most: float
    text: str


SETTINGS = {
    each.name: each
    for each in (
        Setting("adapt.paused", "switch", "false", 0, 0, "No atom is moved because another place is better."),
        Setting("adapt.every_s", "number", "5", 0.1, 3600, "Seconds between two looks for better places."),
        Setting("adapt.gain", "number", "0.1", 0, 1, "A better place counts from this share of the score on."),
        Setting("adapt.payback_s", "number", "60", 1, 86400, "A move has to earn its cost within so many seconds."),
        Setting("adapt.min_age_s", "number", "10", 0, 86400, "An atom stays where it came to for so many seconds."),
        Setting("adapt.moves_per_minute", "number", "60", 0, 100_000, "The most moves a minute for better places."),
        Setting("drain.at_once", "number", "4", 1, 1000, "Moves at once from a node that is drained."),
        Setting("restore.at_once", "number", "32", 1, 10_000, "Atoms of lost nodes that are restored at once."),
        Setting(
            "missing.grace_s", "number", "3", 0, 3600, "An atom that its node has no longer is looked for so long."
        ),
        Setting("keep.ended_s", "number", "604800", 60, 1e9, "What is left of an atom that is over is kept so long."),
        Setting("keep.moves", "number", "10000", 10, 10_000_000, "Settled moves that are kept."),
        Setting("keep.events", "number", "100000", 100, 100_000_000, "Events that are kept."),
        Setting(
            "objective", "text", "latency_ms(client) + 0.05 * finish_ms", 0, 0, "What costs, for atoms that do not say."
        ),
    )
}


def wrong(name: str, value: str) -> str:
    """Why a setting cannot have a value; empty: it can."""
    setting = SETTINGS[name]
    if setting.kind == "switch" and value not in {"true", "false"}:
        return f"{name} is true or false, and not {value!r}"
    if setting.kind == "number":
        number = number_of(value)
        if number is None or not setting.least <= number <= setting.most:
            return f"{name} is a number from {setting.least:g} to {setting.most:g}, and not {value!r}"
    return ""


def number_of(text: str) -> float | None:
    """A finite number, or none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


class Settings:
    """What is set.

    Args:
        values: Values by name; what is not there has its default.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A value as it was set."""
        return self._values.get(name, SETTINGS[name].default)

    def number(self, name: str) -> float:
        """A number."""
        return float(self.text(name))

    def switch(self, name: str) -> bool:
        """Whether something is on."""
        return self.text(name) == "true"
