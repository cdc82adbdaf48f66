"""Python's side of the tables: dataclasses for what a client says and hears, a class for each error."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]

WIDTH = 120
SCALARS = {
    "bool": ("bool", "BOOL"),
    "u8": ("int", "U8"),
    "u16": ("int", "U16"),
    "u32": ("int", "U32"),
    "u64": ("int", "U64"),
    "i32": ("int", "I32"),
    "text": ("str", "TEXT"),
    "bytes": ("builtins.bytes", "BYTES"),
    "hash": ("builtins.bytes", "HASH"),
}
# Words that Python keeps for itself.
RENAMED = {"from": "from_"}
# Errors of nodes that are the same as an error of this process, and are caught with it.
SAME = {"InvalidAnnotation", "InvalidModule"}
# Names that mean something else in this process.
OTHER = {"WrongVersion"}


def camel(name: str) -> str:
    """`move_row` as a class is called."""
    return "".join(part.capitalize() for part in name.split("_"))


def upper(name: str) -> str:
    """`AtomState` as a constant is called."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def inner(kind: str) -> str:
    """The name of the type in `[T]?`."""
    return kind.removesuffix("?").removeprefix("[").removesuffix("]")


def annotation(kind: str) -> str:
    """A type of the tables as Python writes it."""
    if kind.endswith("?"):
        return f"{annotation(kind[:-1])} | None"
    if kind.startswith("["):
        return f"tuple[{annotation(kind[1:-1])}, ...]"
    return SCALARS[kind][0] if kind in SCALARS else camel(kind)


def codec(kind: str, wire: Table) -> str:
    """What encodes and decodes a type of the tables."""
    if kind.endswith("?"):
        return f"Maybe({codec(kind[:-1], wire)})"
    if kind.startswith("["):
        return f"Many({codec(kind[1:-1], wire)})"
    if kind in SCALARS:
        return SCALARS[kind][1]
    return f"{'Enumerated' if wire[kind].get('plain') else 'One'}({camel(kind)})"


def needed(wire: Table) -> list[str]:
    """Records and enums that requests and answers need, each after those that it needs itself."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in SCALARS or name in order:
            return
        for _, kind, _ in wire[name].get("fields", []):
            visit(inner(kind))
        order.append(name)

    for choice in ("request", "response"):
        for variant in wire[choice].values():
            for _, kind, _ in variant["fields"] if isinstance(variant, dict) else []:
                visit(inner(kind))
    return order


def docstring(text: str, fields: list[list[str]], indent: str = "    ") -> list[str]:
    """A docstring, with attributes where there are some."""
    lines = textwrap.wrap(f'"""{text}', WIDTH - len(indent) - 3, initial_indent=indent, subsequent_indent=indent)
    if not fields:
        return [*lines[:-1], lines[-1] + '"""']
    lines += ["", f"{indent}Attributes:"]
    for name, _, doc in fields:
        start, more = indent + " " * 4, indent + " " * 8
        told = f"{RENAMED.get(name, name)}: {doc}"
        lines += textwrap.wrap(told, WIDTH, initial_indent=start, subsequent_indent=more)
    return [*lines, f'{indent}"""']


def record(name: str, table: Table, wire: Table) -> list[str]:
    """One dataclass."""
    fields = table["fields"]
    head = ["@dataclass(frozen=True, slots=True)", f"class {name}:", *docstring(table["doc"], fields), ""]
    if "n" in table:
        head.append(f"    NUMBER: ClassVar[int] = {table['n']}")
    kinds = "".join(f"{codec(kind, wire)}, " for _, kind, _ in fields)
    head.append(f"    KINDS: ClassVar[tuple[Kind, ...]] = ({kinds})")
    if fields:
        head.append("")
    # None is only a default where nothing that has none follows.
    free = 1 + max((place for place, (_, kind, _) in enumerate(fields) if not kind.endswith("?")), default=-1)
    for place, (field, kind, _) in enumerate(fields):
        default = " = None" if place >= free else ""
        head.append(f"    {RENAMED.get(field, field)}: {annotation(kind)}{default}")
    return head


def enumeration(name: str, table: Table) -> list[str]:
    """One enum without data."""
    variants = {key: value for key, value in table.items() if isinstance(value, dict)}
    told = [[upper(key), "", value["doc"]] for key, value in variants.items()]
    lines = [f"class {camel(name)}(enum.Enum):", *docstring(table["doc"], told), ""]
    return [*lines, *(f"    {upper(key)} = {value['n']}" for key, value in variants.items())]


def choice(name: str, wire: Table) -> list[str]:
    """All variants of an enum with data, and what encodes and decodes them."""
    title = camel(name)
    variants = {f"{key}{title}": value for key, value in wire[name].items() if isinstance(value, dict)}
    lines: list[str] = []
    for key, value in variants.items():
        lines += [*record(key, value, wire), "", ""]
    lines += [f"{title}: TypeAlias = (", "    " + "\n    | ".join(variants), ")"]
    lines += [f'{name.upper()} = Choice("{name}", (', *(f"    {key}," for key in variants), "))", "", ""]
    for verb, before, after, call, say in [
        ("encode", title, "bytes", f'to_bytes({name.upper()}, value, "{name}")', "as bytes"),
        ("decode", "bytes", title, f'from_bytes({name.upper()}, value, "{name}")', "from bytes"),
    ]:
        error = (
            "ValueError: A field does not hold what the tables say."
            if verb == "encode"
            else "InvalidMessage: They are something else."
        )
        body = f"    return {call}" if verb == "encode" else f"    message: {title} = {call}\n    return message"
        lines += [f"def {verb}_{name}(value: {before}) -> {after}:", f'    """A {name} {say}.', "", "    Raises:"]
        lines += [f"        {error}", '    """', body, "", ""]
    return lines


def python_wire(wire: Table) -> str:
    """Dataclasses with their codecs."""
    lines = ['"""What clients and nodes say to each other. Made from `abi/wire.toml`; do not edit."""', ""]
    lines += ["from __future__ import annotations", "", "import enum"]
    lines += ["from dataclasses import dataclass", "from typing import TYPE_CHECKING, ClassVar, TypeAlias", ""]
    body: list[str] = ["", f"VERSION = {wire['version']}", "", ""]
    for name in needed(wire):
        table = wire[name]
        body += [*(enumeration(name, table) if table.get("plain") else record(camel(name), table, wire)), "", ""]
    body += choice("request", wire) + choice("response", wire)
    text = "\n".join(body)
    names = ["BOOL", "BYTES", "HASH", "I32", "TEXT", "U8", "U16", "U32", "U64", "Choice", "Enumerated", "Kind", "Many"]
    names += ["Maybe", "One", "from_bytes", "to_bytes"]
    used = [name for name in names if re.search(rf"\b{name}\b", text)]
    lines += [
        "from sojourn.model.codec import (",
        *(f"    {name}," for name in used),
        ")",
        "",
        "if TYPE_CHECKING:",
        "    import builtins",
    ]
    return "\n".join(lines) + "\n" + text


def error_class(name: str) -> tuple[str, str]:
    """Name and bases of an error's class."""
    if name in SAME:
        return f"Node{name}", f"NodeError, {name}"
    return (f"Node{name}" if name in OTHER else name), "NodeError"


def python_errors(errors: Table) -> str:
    """A class for each error."""
    lines = ['"""Errors that nodes answer with, a class each. Made from `abi/errors.toml`; do not edit."""', ""]
    lines += ["from __future__ import annotations", "", "from typing import ClassVar", ""]
    lines += [f"from sojourn.model.errors import {', '.join(sorted({*SAME, 'NodeError'}))}", "", ""]
    for name, error in errors.items():
        title, bases = error_class(name)
        lines += [f"class {title}({bases}):"]
        lines += docstring(error["text"][0].upper() + error["text"][1:] + ".", [])
        lines += ["", f"    code: ClassVar[int] = {error['n']}", f"    definite: ClassVar[bool] = {error['definite']}"]
        lines.append(f"    usual_text: ClassVar[str] = {json.dumps(error['text'])}")
        if error["hint"]:
            hint = '"' + error["hint"].replace('"', '\\"') + '"'
            lines.append(f"    usual_hint: ClassVar[str | None] = {hint}")
        lines += ["", ""]
    lines += ["BY_CODE: dict[int, type[NodeError]] = {", "    error.code: error", "    for error in ("]
    lines += [f"        {error_class(name)[0]}," for name in errors]
    lines += ["    )", "}", "", ""]
    lines += ["def node_error(code: int, text: str, hint: str | None = None) -> NodeError:"]
    lines += ['    """The exception for an error code; one that this version does not know is `Internal`."""']
    lines += ["    return BY_CODE.get(code, Internal)(text, hint)", ""]
    return "\n".join(lines)
