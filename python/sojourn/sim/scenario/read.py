"""A scenario from a file or by name, with what the command line changes of it."""

from __future__ import annotations

import math
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.model.errors import ConfigError, StorageError
from sojourn.sim import limit
from sojourn.sim.scenario.build import Place, build, nearest
from sojourn.sim.scenario.schema import CLASSES, FailureKind, FailureTable, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.sim.scenario.schema import NodeTable

SHIPPED = resources.files("sojourn.sim.scenario") / "shipped"
CORNERS = 4
RESTARTS = ("", "never", "start", "image")


def shipped() -> dict[str, Scenario]:
    """Scenarios that come with the package, by name."""
    names = sorted(each.name.removesuffix(".toml") for each in SHIPPED.iterdir() if each.name.endswith(".toml"))
    return {name: parse((SHIPPED / f"{name}.toml").read_text("utf-8"), name) for name in names}


def read(name: str) -> Scenario:
    """A scenario by its name or path.

    Raises:
        StorageError: There is none, or it could not be read.
        ConfigError: Something in it is wrong; the text says where.
    """
    path = Path(name)
    if path.suffix != ".toml":
        known = [each.name.removesuffix(".toml") for each in SHIPPED.iterdir()]
        if name not in known:
            hint = "`sojourn simulate --list` shows those that come along; else give a file that ends with .toml"
            raise StorageError(f"there is no scenario {name!r}{nearest(name, known)}", hint)
        return parse((SHIPPED / f"{name}.toml").read_text("utf-8"), name)
    try:
        source = path.read_bytes()[: limit.MOST_BYTES + 1]
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(source) > limit.MOST_BYTES:
        raise ConfigError(f"{path} has more than {limit.MOST_BYTES} bytes")
    try:
        return parse(source.decode(), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not text in UTF-8: {error}") from error


def parse(source: str, name: str) -> Scenario:
    """A scenario from TOML.

    Raises:
        ConfigError: Something in it is wrong; the text says where.
    """
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not TOML: {error}") from error
    return checked(build(Scenario, raw, Place(f"{name}: ")), name)


def resized(
    scenario: Scenario, name: str, *, nodes: int | None = None, atoms: int | None = None, hours: float | None = None
) -> Scenario:
    """The same with another size; groups keep their shares of it.

    Raises:
        ConfigError: There would be too many, or none.
    """
    changes: dict[str, Any] = {}
    for what, asked, groups in (("nodes", nodes, scenario.nodes), ("atoms", atoms, scenario.atoms)):
        if asked is not None and asked < len(groups):
            raise ConfigError(f"--{what} must be {len(groups)} or more: {name} has so many groups of {what}")
    if nodes is not None:
        counts = shares([each.count for each in scenario.nodes.values()], nodes)
        changes["nodes"] = counted(scenario.nodes, counts)
    if atoms is not None:
        counts = shares([each.count for each in scenario.atoms.values()], atoms)
        changes["atoms"] = counted(scenario.atoms, counts)
        people = [each.count for each in scenario.users.values()]
        factor = atoms / max(1, sum(each.count for each in scenario.atoms.values()))
        total = min(limit.MOST_USERS, max(len(people), round(sum(people) * factor)))
        changes["users"] = counted(scenario.users, shares(people, total) if people else [])
    if hours is not None:
        changes |= squeezed(scenario, hours)
    return checked(msgspec.structs.replace(scenario, **changes), name)


def counted(groups: dict[str, Any], counts: Iterable[int]) -> dict[str, Any]:
    """Groups with other counts."""
    return {
        name: msgspec.structs.replace(each, count=count)
        for (name, each), count in zip(groups.items(), counts, strict=True)
    }


def shares(counts: list[int], total: int) -> list[int]:
    """Whole numbers in the proportion of others that make up a total of as many at least; none becomes 0."""
    scale = total / max(1, sum(counts))
    found = [max(1 if each else 0, math.floor(each * scale)) for each in counts]
    while sum(found) < total:
        lacking = [each * scale - have for each, have in zip(counts, found, strict=True)]
        found[lacking.index(max(lacking))] += 1
    while sum(found) > total:
        # Those that are 1 at least took what is another's.
        spare = [have - each * scale if have > 1 else -math.inf for each, have in zip(counts, found, strict=True)]
        found[spare.index(max(spare))] -= 1
    return found


def squeezed(scenario: Scenario, hours: float) -> dict[str, Any]:
    """Another length; what happens at a time happens at the same share of it."""
    if not 0 < hours < math.inf:
        raise ConfigError(f"--hours must be more than 0, not {hours:g}")
    scale = min(1.0, hours / scenario.hours)
    moved = [
        tuple(msgspec.structs.replace(each, at=each.at * scale, lasts=each.lasts * scale) for each in group)
        for group in (scenario.failures, scenario.surges)
    ]
    return {"hours": hours, "failures": moved[0], "surges": moved[1]}


def checked(scenario: Scenario, name: str) -> Scenario:
    """The scenario, if its parts fit each other.

    Raises:
        ConfigError: They do not.
    """
    sizes = (
        ("nodes", sum(each.count for each in scenario.nodes.values()), limit.MOST_NODES, 1),
        ("atoms", sum(each.count for each in scenario.atoms.values()), limit.MOST_ATOMS, 0),
        ("users", sum(each.count for each in scenario.users.values()), limit.MOST_USERS, 0),
        ("hours", scenario.hours, limit.MOST_HOURS, 0),
        ("steps (hours over control.step)", scenario.seconds / scenario.control.step, limit.MOST_STEPS, 0),
    )
    for what, count, most, least in sizes:
        if not least <= count <= most:
            raise ConfigError(f"{name}: {what} must be {least} to {most:,}, not {count:,g}")
    for text in problems(scenario):
        raise ConfigError(f"{name}: {text}")
    return scenario


def problems(scenario: Scenario) -> Iterable[str]:
    """What does not fit, in words."""
    classes = CLASSES | scenario.links.classes
    for name, node in scenario.nodes.items():
        yield from unlinked(f"nodes.{name}", node, classes)
    for name, atom in scenario.atoms.items():
        if atom.restart not in RESTARTS:
            yield f"atoms.{name}.restart must be never, start, image or empty{nearest(atom.restart, RESTARTS)}"
    for name, user in scenario.users.items():
        yield from area(f"users.{name}.area", user.area)
        if any(len(point) != CORNERS // 2 for point in user.path):
            yield f"users.{name}.path must be points [x, y]"
    for where, group in groups_named(scenario):
        if group not in scenario.atoms:
            yield f"{where}: there is no group of atoms {group!r}{nearest(group, scenario.atoms)}"
    for index, failure in enumerate(scenario.failures):
        yield from failing(f"failures[{index}]", failure)


def unlinked(where: str, node: NodeTable, classes: Iterable[str]) -> Iterable[str]:
    """What is wrong with a group of nodes."""
    if node.link not in classes:
        yield f"{where}.link: there is no class {node.link!r}{nearest(node.link, classes)}"
    yield from area(f"{where}.area", node.area)
    if node.energy and node.energy.wake <= node.energy.low:
        yield f"{where}.energy.wake must be more than low, or it would be suspended as soon as it wakes"


def groups_named(scenario: Scenario) -> Iterable[tuple[str, str]]:
    """Where groups of atoms are named, and which."""
    yield from ((f"users.{name}.atoms", user.atoms) for name, user in scenario.users.items())
    yield from ((f"surges[{index}].atoms", surge.atoms) for index, surge in enumerate(scenario.surges))


def area(where: str, corners: tuple[float, ...]) -> Iterable[str]:
    """What is wrong with an area."""
    if len(corners) != CORNERS or corners[0] > corners[2] or corners[1] > corners[3]:
        yield f"{where} must be [west, south, east, north]"


def failing(where: str, failure: FailureTable) -> Iterable[str]:
    """What is wrong with a failure."""
    if bool(failure.node) == bool(failure.zone):
        yield f"{where} must have either node or zone"
    if failure.kind is FailureKind.OUTAGE and not failure.zone:
        yield f"{where}: an outage is of a zone"
