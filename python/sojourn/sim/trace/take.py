"""Traces are read: recorded positions, load and energy as happenings, and events that replay a world."""

from __future__ import annotations

import csv
import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from sojourn.model.errors import ConfigError, StorageError
from sojourn.sim import limit
from sojourn.sim.scenario.build import Place, build
from sojourn.sim.scenario.read import checked
from sojourn.sim.scenario.schema import Scenario
from sojourn.sim.trace.header import VERSION
from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.naming import node_names
from sojourn.sim.world.script import ordered, script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row: TypeAlias = dict[str, Any]
COLUMNS = {"positions": ("at", "user", "x", "y"), "load": ("at", "atoms", "factor"), "energy": ("at", "node", "watts")}
OPTIONAL = {"load": {"share": 0.0}}
WORDS = {"user", "atoms", "node"}


def replayed(path: Path) -> tuple[str, Scenario, int, list[Happening]]:
    """A world from its exported events: name, scenario, seed, and what happens.

    Raises:
        StorageError: The file could not be read.
        ConfigError: It is not such a file.
    """
    lines = text_lines(path)
    try:
        _, first = next(lines)
    except StopIteration:
        raise ConfigError(f"{path} is empty: its first line must tell the scenario") from None
    header = decoded(dict[str, Any], first, f"{path}:1")
    if header.get("sojourn_events") != VERSION or not isinstance(header.get("seed"), int):
        raise ConfigError(f"{path}:1 is not the beginning of exported events", "export some with --report FOLDER")
    name = str(header.get("name", path.stem))
    scenario = checked(build(Scenario, header.get("scenario"), Place(f"{path}:1: ")), str(path))
    found = [sound(decoded(Happening, line, f"{path}:{number}"), f"{path}:{number}") for number, line in lines]
    return name, scenario, header["seed"], ordered(scenario, found)


def scripted(scenario: Scenario, seed: int, folder: Path) -> list[Happening]:
    """What happens by the scenario and the seed, where traces say otherwise by these.

    Args:
        scenario: The scenario.
        seed: The seed.
        folder: Traces are told from here.

    Raises:
        StorageError: A trace could not be read.
        ConfigError: It is wrong; the text says where.
    """
    found = script(scenario, seed)
    traces = scenario.traces
    if traces.positions:
        users: dict[str, list[Row]] = {}
        for row in rows(folder / traces.positions, "positions"):
            users.setdefault(row["user"], []).append(row)
        found = [each for each in found if each.kind is not Kind.LEG or each.subject not in users]
        found.extend(leg for points in users.values() for leg in walked(points))
    if traces.load:
        found = [each for each in found if each.kind is not Kind.LOAD]
        for row in rows(folder / traces.load, "load"):
            found.append(Happening(row["at"], Kind.LOAD, row["atoms"], row["factor"], row["share"]))
    if traces.energy:
        names = node_names(scenario)
        for row in rows(folder / traces.energy, "energy"):
            to = [row["node"]] if row["node"] else names
            found.extend(Happening(row["at"], Kind.HARVEST, node, row["watts"]) for node in to)
    return ordered(scenario, found)


def walked(points: list[Row]) -> Iterator[Happening]:
    """Legs between the recorded points of one user, which are in order of time."""
    first = points[0]
    yield Happening(0.0, Kind.LEG, first["user"], first["x"], first["y"])
    for before, after in itertools.pairwise(points):
        if after["at"] < before["at"]:
            raise ConfigError(f"positions of {first['user']!r} go back in time at {after['at']:g} s")
        yield Happening(before["at"], Kind.LEG, first["user"], after["x"], after["y"], after["at"] - before["at"])


def rows(path: Path, kind: str) -> Iterator[Row]:
    """Rows of a trace, checked: CSV with a header, or JSON lines where the name ends with `.jsonl`."""
    lines = text_lines(path)
    if path.suffix == ".jsonl":
        for number, line in lines:
            yield row_of(decoded(dict[str, Any], line, f"{path}:{number}"), kind, f"{path}:{number}")
        return
    heads: list[str] = []
    for number, line in lines:
        cells = next(csv.reader([line]), [])
        if heads:
            if len(cells) != len(heads):
                raise ConfigError(f"{path}:{number} has {len(cells)} values, and the first line {len(heads)} names")
            yield row_of(dict(zip(heads, cells, strict=True)), kind, f"{path}:{number}")
        else:
            heads = [cell.strip() for cell in cells]


def row_of(raw: Row, kind: str, place: str) -> Row:
    """One row with all that it needs, numbers as such."""
    found: Row = dict(OPTIONAL.get(kind, {}))
    for name in (*COLUMNS[kind], *found):
        if name in raw:
            found[name] = str(raw[name]).strip() if name in WORDS else number_of(raw[name], f"{place}: {name}")
        elif name not in found:
            raise ConfigError(f"{place}: {name} is missing; a trace of {kind} has {','.join(COLUMNS[kind])}")
    if any(found.get(name, 0.0) < 0 for name in ("at", "watts", "factor", "share")):
        raise ConfigError(f"{place}: at, watts, factor and share must be 0 or more")
    return found


def number_of(raw: object, place: str) -> float:
    """A finite number."""
    try:
        value = float(raw) if isinstance(raw, str | int | float) else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError(f"{place} must be a number, not {raw!r}")
    return value


def sound(happening: Happening, place: str) -> Happening:
    """A happening whose numbers can be."""
    numbers = (happening.at, happening.x, happening.y, happening.lasts)
    signed = happening.kind is Kind.LEG
    if not all(map(math.isfinite, numbers)) or happening.at < 0 or happening.lasts < 0:
        raise ConfigError(f"{place}: at and lasts must be 0 or more, x and y finite")
    if not signed and (happening.x < 0 or happening.y < 0):
        raise ConfigError(f"{place}: x and y of {happening.kind} must be 0 or more")
    return happening


def decoded(kind: type[Any], line: str, place: str) -> Any:  # noqa: ANN401 -- of that kind
    """JSON of a line."""
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{place}: {error}") from error


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, with their numbers."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(iter(lambda: file.readline(limit.MOST_BYTES), ""), 1):
                if number > limit.MOST_HAPPENINGS:
                    raise ConfigError(f"{path} has more than {limit.MOST_HAPPENINGS:,} lines")
                if line.strip():
                    yield number, line.rstrip("\n")
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not text in UTF-8: {error}") from error
