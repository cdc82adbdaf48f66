"""The table of annotations, for Rust and for people."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]

KINDS = {
    "name": "Letters, digits and `.` `_` `-`, 1 to 64.",
    "alias": "`scope:alias`; the scope is as a name, the alias any text on one line, at most 256 bytes.",
    "choice": "One of some words.",
    "bytes": "A number of bytes, also with a unit: `64MiB`.",
    "count": "A whole number from 0 on.",
    "duration": "A number of seconds, also with a unit: `500ms`.",
    "switch": "`true` or `false`.",
    "tag": "As a name.",
    "function": "`module.function`.",
    "place": "`host:port`; `*` stands for any host, or any port.",
    "channel": "`path:mode`; the path is absolute and in a directory, the mode `r`, `w` or `rw`.",
    "text": "Any text on one line, at most 1,024 bytes.",
}


def rust_annotation(table: Table) -> str:
    """Keys as a table of constants."""
    lines = ["//! What a module can say of itself. Made from `abi/annotation.toml`; do not edit.", ""]
    lines += ["/// What a value is.", "#[derive(Clone, Copy, Debug, PartialEq, Eq)]", "pub enum ValueKind {"]
    for kind, doc in KINDS.items():
        lines += [f"    /// {doc}", f"    {kind.capitalize()},"]
    lines += ["}", "", "/// A key of an annotation.", "#[derive(Clone, Copy, Debug)]", "pub struct AnnotationKey {"]
    for name, type_, doc in [
        ("name", "&'static str", "What stands before the `=`."),
        ("kind", "ValueKind", "What stands after it."),
        ("choices", "&'static [&'static str]", "The words, where it is one of some."),
        ("repeats", "bool", "Whether each line adds to those before; otherwise the last one holds."),
        ("example", "&'static str", "A value."),
        ("doc", "&'static str", "What it says."),
    ]:
        lines += [f"    /// {doc}", f"    pub {name}: {type_},"]
    lines += ["}", "", "/// All of them.", "pub const ANNOTATION_KEYS: &[AnnotationKey] = &["]
    for name, entry in table.items():
        choices = ", ".join(json.dumps(choice) for choice in entry.get("choices", []))
        lines += ["    AnnotationKey {", f"        name: {json.dumps(name)},"]
        lines += [f"        kind: ValueKind::{entry['kind'].capitalize()},", f"        choices: &[{choices}],"]
        lines += [f"        repeats: {str(entry.get('repeats', False)).lower()},"]
        lines += [f"        {key}: {json.dumps(entry[key])}," for key in ("example", "doc")]
        lines += ["    },"]
    return "\n".join([*lines, "];"]) + "\n"


def page_annotation(table: Table) -> str:
    """The reference page."""
    lines = [
        "# Annotations",
        "",
        "Made from `abi/annotation.toml`; do not edit.",
        "",
        "A module says what it needs of its node in its custom section `sojourn`: UTF-8 lines `key=value`. Empty",
        "lines mean nothing. Several sections are one, in their order. Where a key does not repeat, its last line",
        "holds. What a start asks for wins over what the module says. SDKs write the section;",
        "`sojourn annotate FILE --set key=value` writes it into any module, and `sojourn annotate FILE` shows it.",
        "",
        "| key | kind | repeats | example | |",
        "|---|---|---|---|---|",
    ]
    for name, entry in table.items():
        kind = " or ".join(f"`{choice}`" for choice in entry["choices"]) if "choices" in entry else entry["kind"]
        repeats = "yes" if entry.get("repeats") else ""
        lines.append(f"| `{name}` | {kind} | {repeats} | `{name}={entry['example']}` | {entry['doc']} |")
    lines += ["", "| kind | |", "|---|---|"]
    lines += [f"| {kind} | {doc} |" for kind, doc in KINDS.items() if kind != "choice"]
    lines += [
        "",
        "A module whose annotation cannot be true is refused where it is to be started, with `InvalidAnnotation`: a",
        "key that there is not, a value of another kind, `kind=reactive` without an export `handle`, `kind=daemon`",
        "without `_start`, `needs.memory` above the module's own maximum or above `limit.memory`, `limit.memory` below",
        "what its memories begin with. An annotation has at most 64 KiB.",
        "",
    ]
    return "\n".join(lines)
