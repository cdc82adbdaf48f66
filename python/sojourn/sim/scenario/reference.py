"""The reference of scenarios, made from the schema: docs/reference/scenario.md."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from sojourn.sim.scenario import schema
from sojourn.sim.scenario.quantity import EXAMPLES, UNITS, Unit

# Tables in the order in which people write them, and how they are headed in TOML.
TABLES: dict[str, type[msgspec.Struct]] = {
    "": schema.Scenario,
    "[nodes.NAME]": schema.NodeTable,
    "[nodes.NAME.energy]": schema.EnergyTable,
    "[atoms.NAME]": schema.AtomTable,
    "[users.NAME]": schema.UserTable,
    "[zones.NAME]": schema.ZoneTable,
    "[links]": schema.LinkTable,
    "[links.classes.NAME]": schema.LinkClass,
    "[[failures]]": schema.FailureTable,
    "[[chances]]": schema.ChanceTable,
    "[[surges]]": schema.SurgeTable,
    "[control]": schema.ControlTable,
    "[traces]": schema.TraceTable,
}
INTRODUCTION = """# Scenarios

What `sojourn simulate FILE.toml` reads ([guide](../guide/simulate.md)). Numbers have units, as `"40 Wh"`; a bare number
is in the unit that the table names. What is unknown, missing or out of range is an error that says where.
"""
ATTRIBUTE = re.compile(r"^    (\w+): (.*)$")
WORDS = {str: "text", int: "whole number", bool: "true or false"}


def page() -> str:
    """The page, in Markdown."""
    parts = [INTRODUCTION, units()]
    parts += [section(head, table) for head, table in TABLES.items()]
    return "\n".join(parts)


def units() -> str:
    """Which units there are."""
    rows = [
        f"| {name or 'number, share'} | {', '.join(filter(None, of))} | `{EXAMPLES[name]}` |"
        for name, of in UNITS.items()
    ]
    return "\n".join(["| in | units | as |", "|---|---|---|", *rows, ""])


def section(head: str, table: type[msgspec.Struct]) -> str:
    """One table of a scenario."""
    told = attributes(table)
    kinds = get_type_hints(table, include_extras=True)
    rows = [
        f"| `{field.name}` | {kind(kinds[field.name])} | {default(field)} | {told[field.name]} |"
        for field in msgspec.structs.fields(table)
        if not is_table(kinds[field.name])
    ]
    title = f"## `{head}`" if head else "## At the top"
    about = (inspect.getdoc(table) or "").split("\n", 1)[0]
    return "\n".join([title, "", about, "", "| key | is | default | says |", "|---|---|---|---|", *rows, ""])


def is_table(hint: Any) -> bool:  # noqa: ANN401 -- whatever the schema says
    """Whether it is told under a head of its own."""
    parts = (hint, *get_args(hint))
    return any(isinstance(part, type) and issubclass(part, msgspec.Struct) for part in parts)


def attributes(table: type[msgspec.Struct]) -> dict[str, str]:
    """What the docstring says of each key."""
    found: dict[str, str] = {}
    name = ""
    for line in (inspect.getdoc(table) or "").split("Attributes:\n")[-1].splitlines():
        if match := ATTRIBUTE.match(line):
            name = match[1]
            found[name] = match[2]
        elif name:
            found[name] += f" {line.strip()}"
    return found


def kind(hint: Any) -> str:  # noqa: ANN401 -- whatever the schema says
    """What a value is, in words."""
    if get_origin(hint) is Annotated:
        unit: Unit = get_args(hint)[1]
        return unit.name or ("share, 0 to 1" if unit.most == 1 else "number")
    if get_origin(hint) is tuple:
        return f"list of {kind(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        return "table of text"
    if issubclass(hint, StrEnum):
        return ", ".join(f"`{each.value}`" for each in hint)
    return WORDS[hint]


def default(field: msgspec.structs.FieldInfo) -> str:
    """What holds where it is not said."""
    if field.required:
        return "needed"
    value = field.default
    if value is msgspec.NODEFAULT or value in ("", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(f'{each:g}' if isinstance(each, float) else repr(each) for each in value)}]`"
    return f"`{value:.12g}`" if isinstance(value, float) else f"`{value}`"
