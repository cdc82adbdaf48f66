"""The table of what can be set, for Rust, for Python and for people."""

from __future__ import annotations

import json
import textwrap
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]

KINDS = {
    "text": "Text.",
    "path": "Path of a file or folder.",
    "integer": "A whole number from 0 on.",
    "bytes": "A number of bytes, also with a unit: `64MiB`.",
    "duration": "A number of seconds, also with a unit: `500ms`.",
    "switch": "`true` or `false`.",
    "address": "`tcp/HOST:PORT`.",
    "addresses": "A list of addresses; with commas between where it is one text.",
}


def keys(config: Table) -> list[tuple[str, Table]]:
    """Every key with what is said of it, in order."""
    return [(f"{group}.{name}", entry) for group, names in config.items() for name, entry in names.items()]


def variable(key: str) -> str:
    """The environment variable of a key."""
    return "SOJOURN_" + key.replace(".", "_").upper()


def plain(default: object) -> str:
    """A default as a variable would say it."""
    if isinstance(default, list):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def rust_config(config: Table) -> str:
    """Keys as a table of constants."""
    lines = ["//! What can be set, and by what. Made from `abi/config.toml`; do not edit.", "", "/// What a value is."]
    lines += ["#[derive(Clone, Copy, Debug, PartialEq, Eq)]", "pub enum Kind {"]
    for kind, doc in KINDS.items():
        lines += [f"    /// {doc}", f"    {kind.capitalize()},"]
    lines += ["}", "", "/// One thing that can be set.", "#[derive(Clone, Copy, Debug)]", "pub struct Key {"]
    for name, type_, doc in [
        ("name", "&'static str", "`TABLE.NAME`, as in a file."),
        ("env", "&'static str", "Environment variable."),
        ("flag", "&'static str", "Flag of the command line."),
        ("kind", "Kind", "What it is."),
        ("default", "&'static str", "Default as a variable would say it; empty: none, or worked out."),
        ("doc", "&'static str", "What it is for."),
    ]:
        lines += [f"    /// {doc}", f"    pub {name}: {type_},"]
    lines += ["}", "", "/// All of them.", "pub const KEYS: &[Key] = &["]
    for key, entry in keys(config):
        texts = [("name", key), ("env", variable(key)), ("flag", entry["flag"])]
        lines += ["    Key {", *(f"        {name}: {json.dumps(value)}," for name, value in texts)]
        lines += [f"        kind: Kind::{entry['kind'].capitalize()},"]
        lines += [
            f"        default: {json.dumps(plain(entry['default']))},",
            f"        doc: {json.dumps(entry['doc'])},",
        ]
        lines += ["    },"]
    return "\n".join([*lines, "];"]) + "\n"


def python_config(config: Table) -> str:
    """Keys as a tuple."""
    lines = ['"""What can be set, and by what. Made from `abi/config.toml`; do not edit."""', ""]
    lines += ["from __future__ import annotations", "", "from sojourn.model.config import Key, Kind", ""]
    lines += ["KEYS: tuple[Key, ...] = ("]
    for key, entry in keys(config):
        default = tuple(entry["default"]) if isinstance(entry["default"], list) else entry["default"]
        lines += ["    Key(", f"        name={json.dumps(key)},", f"        env={json.dumps(variable(key))},"]
        lines += [f"        flag={json.dumps(entry['flag'])},", f"        kind=Kind.{entry['kind'].upper()},"]
        shown = json.dumps(default) if isinstance(default, str) else repr(default)
        lines += [f"        default={shown},"]
        pieces = textwrap.wrap(entry["doc"], 100, drop_whitespace=False)
        if len(pieces) == 1:
            lines += [f"        doc={json.dumps(pieces[0])},"]
        else:
            lines += ["        doc=(", *(f"            {json.dumps(piece)}" for piece in pieces), "        ),"]
        lines += ["    ),"]
    return "\n".join([*lines, ")"]) + "\n"


def page_config(config: Table) -> str:
    """The reference page."""
    lines = ["# Configuration", "", "Made from `abi/config.toml`; do not edit.", ""]
    lines += [
        "A flag wins over an environment variable, a variable over a file, a file over the default. Files are",
        "`$XDG_CONFIG_HOME/sojourn/config.toml`, then `sojourn.toml` in the folder where the command runs, which wins,",
        "or only the one that `--config` names. `sojourn config show` tells where each value comes from.",
        "",
        "| kind | |",
        "|---|---|",
        *(f"| {kind} | {doc} |" for kind, doc in KINDS.items()),
        "",
    ]
    for group, names in config.items():
        lines += [f"## {group}", "", "| key | kind | default | variable | flag | |", "|---|---|---|---|---|---|"]
        for name, entry in names.items():
            key = f"{group}.{name}"
            default = plain(entry["default"])
            shown = f"`{default}`" if default else ""
            doc = entry["doc"].replace("|", "\\|")
            lines.append(f"| `{key}` | {entry['kind']} | {shown} | `{variable(key)}` | `{entry['flag']}` | {doc} |")
        lines.append("")
    return "\n".join(lines)
