"""What a module says of itself, as a wish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sojourn.model.record import AtomSpec, Periodic

if TYPE_CHECKING:
    from collections.abc import Callable

# Units of sizes and times, as the annotation has them.
SIZES = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "KB": 10**3, "MB": 10**6, "GB": 10**9}
TIMES_S = {"": 1.0, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
QUANTITY = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([A-Za-z]{0,3})", re.ASCII)

# Keys that say one thing, and the field that it is.
TEXTS = {"objective": "objective", "policy": "policy", "require": "require", "group": "group", "strategy": "strategy"}
REPEATED = {"needs.tag": "tags", "needs.function": "functions"}
# Host functions that every node has are no need.
USUAL = frozenset({"wasi_snapshot_preview1", "wasi_unstable", "sojourn_v1"})


def amount(text: str, units: dict[str, int] | dict[str, float]) -> float:
    """A quantity with a unit, as a number; one that is none is 0."""
    found = QUANTITY.fullmatch(text.strip())
    return float(found[1]) * units[found[2]] if found and found[2] in units else 0.0


def seconds(text: str) -> float:
    """A time."""
    return amount(text, TIMES_S)


OTHERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "needs.memory": ("memory_bytes", lambda text: int(amount(text, SIZES))),
    "needs.cores": ("cores", lambda text: amount(text, {"": 1.0})),
    "work": ("work_s", seconds),
    "checkpoint": ("checkpoint_s", seconds),
    "restart": ("restart", str),
    "restarts": ("restarts", lambda text: int(amount(text, {"": 1}))),
    "durable": ("durable", lambda text: text == "true"),
}


def spec_of(said: tuple[tuple[str, str], ...]) -> AtomSpec:
    """What is wanted of an atom whose module says so; later lines win, nodes have checked them.

    Args:
        said: Key and value, in order.
    """
    wanted: dict[str, object] = {}
    times: dict[str, float] = {}
    for key, value in said:
        if key in TEXTS:
            wanted[TEXTS[key]] = value
        elif key in REPEATED and value.partition(".")[0] not in USUAL:
            many = wanted.setdefault(REPEATED[key], ())
            wanted[REPEATED[key]] = (*many, value) if isinstance(many, tuple) else (value,)
        elif key in OTHERS:
            field, read = OTHERS[key]
            wanted[field] = read(value)
        elif key in {"period", "period.work", "period.deadline"}:
            times[key] = seconds(value) * 1000
    return msgspec.structs.replace(AtomSpec(), **wanted, periodic=periodic(times))


def merged(said: AtomSpec, asked: AtomSpec) -> AtomSpec:
    """What a module says, and over it what its user asks for."""
    plain = AtomSpec()
    over = {
        name: value for name in AtomSpec.__struct_fields__ if (value := getattr(asked, name)) != getattr(plain, name)
    }
    return msgspec.structs.replace(said, **over)


def periodic(times: dict[str, float]) -> Periodic | None:
    """Deadlines, where a period and its work are said; the deadline is the period if none is."""
    period, work = times.get("period", 0.0), times.get("period.work", 0.0)
    if not period or not work:
        return None
    return Periodic(period_ms=period, work_ms=work, deadline_ms=times.get("period.deadline", 0.0) or period)
