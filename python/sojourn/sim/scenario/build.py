"""From TOML's tables to a scenario's: every key and value is checked, and what is wrong is told for people."""

from __future__ import annotations

import difflib
import types
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sojourn.sim.scenario.quantity import Unit

NEAR = 0.6


class Place(str):
    """Where in a scenario something stands: `FILE: nodes.field.cores`."""

    __slots__ = ()

    def then(self, name: str | int) -> Place:
        """What stands below."""
        if isinstance(name, int):
            return Place(f"{self}[{name}]")
        return Place(f"{self}{name}" if self.endswith(" ") else f"{self}.{name}")


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean ...?)`, where there is something like it."""
    found = difflib.get_close_matches(word, list(known), 1, NEAR)
    return f"; did you mean {found[0]!r}?" if found else ""


def build(kind: Any, raw: object, place: Place) -> Any:  # noqa: ANN401 -- whatever the schema says
    """A value of the kind that the schema says.

    Args:
        kind: A class or annotation of `schema`.
        raw: As TOML has it.
        place: Where it stands.

    Raises:
        ConfigError: It is something else than it is to be.
    """
    if get_origin(kind) is Annotated:
        return quantity(get_args(kind)[1], raw, place)
    if get_origin(kind) in {Union, types.UnionType}:
        return build(next(each for each in get_args(kind) if each is not type(None)), raw, place)
    if get_origin(kind) is tuple:
        return sequence(get_args(kind)[0], raw, place)
    if get_origin(kind) is dict:
        return named(get_args(kind)[1], raw, place)
    return table(kind, raw, place) if issubclass(kind, msgspec.Struct) else plain(kind, raw, place)


def quantity(unit: Unit, raw: object, place: Place) -> float:
    """A number with its unit."""
    try:
        return unit.parse(raw)
    except ValueError as error:
        raise ConfigError(f"{place} {error}") from error


def sequence(kind: Any, raw: object, place: Place) -> tuple[Any, ...]:  # noqa: ANN401 -- whatever the schema says
    """A list."""
    if not isinstance(raw, list | tuple):
        raise ConfigError(f"{place} must be a list")
    return tuple(build(kind, each, place.then(index)) for index, each in enumerate(raw))


def entries(raw: object, place: Place) -> Mapping[str, object]:
    """A table's keys and values."""
    if not isinstance(raw, dict):
        raise ConfigError(f"{place} must be a table")
    return raw


def named(kind: Any, raw: object, place: Place) -> dict[str, Any]:  # noqa: ANN401 -- whatever the schema says
    """Things by name; a setting may also be a number or a switch."""
    found = entries(raw, place)
    if kind is str:
        return {name: setting(value, place.then(name)) for name, value in found.items()}
    return {name: build(kind, value, place.then(name)) for name, value in found.items()}


def setting(raw: object, place: Place) -> str:
    """Text, or what is written like it."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if not isinstance(raw, str | int | float):
        raise ConfigError(f"{place} must be text, a number, true or false")
    return str(raw)


def table(kind: type[msgspec.Struct], raw: object, place: Place) -> msgspec.Struct:
    """One table."""
    found = entries(raw, place)
    hints = get_type_hints(kind, include_extras=True)
    for name in found:
        if name not in hints:
            raise ConfigError(f"{place.then(name)} is unknown{nearest(name, hints)}", f"known here: {', '.join(hints)}")
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in found:
            raise ConfigError(f"{place.then(field.name)} is missing")
    return kind(**{name: build(hints[name], value, place.then(name)) for name, value in found.items()})


def plain(kind: type, raw: object, place: Place) -> object:
    """Text, a whole number, a switch, or one word of several."""
    if issubclass(kind, StrEnum):
        words = [each.value for each in kind]
        if raw not in words:
            raise ConfigError(f"{place} must be one of {', '.join(words)}, not {raw!r}{nearest(str(raw), words)}")
        return kind(raw)
    if kind is int and (type(raw) is not int or raw < 0):
        raise ConfigError(f"{place} must be a whole number from 0 on, not {raw!r}")
    if kind is bool and not isinstance(raw, bool):
        raise ConfigError(f"{place} must be true or false, not {raw!r}")
    if kind is str and not isinstance(raw, str):
        raise ConfigError(f"{place} must be text, not {raw!r}")
    return raw
