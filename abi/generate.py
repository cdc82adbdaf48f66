"""Makes codecs and reference pages from the tables beside this file.

`python abi/generate.py` writes them; `--check` writes nothing and fails when one of them is stale.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, TypeAlias

from to_annotation import page_annotation, rust_annotation
from to_config import page_config, python_config, rust_config
from to_guest import c_raw, rust_raw, script_raw, zig_raw
from to_host import host_table, page_calls, pass_table
from to_python import python_errors, python_wire

HERE = Path(__file__).parent
ROOT = HERE.parent
Table: TypeAlias = dict[str, Any]

SCALARS = {
    "bool": "bool",
    "u8": "u8",
    "u16": "u16",
    "u32": "u32",
    "u64": "u64",
    "i32": "i32",
    "text": "String",
    "bytes": "Vec<u8>",
    "hash": "[u8; 32]",
}

# Words that Rust keeps for itself.
RENAMED = {"type": "ty"}


def camel(name: str) -> str:
    """`move_row` as a type is called."""
    return "".join(part.capitalize() for part in name.split("_"))


def rust_type(name: str) -> str:
    """A type of the tables as Rust writes it."""
    if name.endswith("?"):
        return f"Option<{rust_type(name[:-1])}>"
    if name.startswith("["):
        return f"Vec<{rust_type(name[1:-1])}>"
    return SCALARS.get(name) or camel(name)


def rust_fields(fields: list[list[str]], visibility: str) -> list[str]:
    """Fields of a record or variant."""
    lines = []
    for place, (name, kind, doc) in enumerate(fields):
        attribute = f"#[n({place})]"
        if kind in {"bytes", "hash"}:
            attribute += ' #[cbor(with = "minicbor::bytes")]'
        lines += [
            f"    /// {doc}",
            f"    {attribute}",
            f"    {visibility}{RENAMED.get(name, name)}: {rust_type(kind)},",
        ]
    return lines


def rust_item(name: str, table: Table) -> list[str]:
    """One type."""
    head = [f"/// {table['doc']}"]
    if "fields" in table:
        derive = "#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]"
        return [
            *head,
            derive,
            "#[cbor(array)]",
            f"pub struct {camel(name)} {{",
            *rust_fields(table["fields"], "pub "),
            "}",
        ]
    variants = {key: value for key, value in table.items() if isinstance(value, dict)}
    if table.get("plain"):
        derive = "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]"
        lines = [*head, derive, "#[cbor(index_only)]", f"pub enum {camel(name)} {{"]
        for place, (key, value) in enumerate(variants.items()):
            default = ["    #[default]"] if place == 0 else []
            lines += [f"    /// {value['doc']}", *default, f"    #[n({value['n']})]", f"    {key} = {value['n']},"]
        return [*lines, "}"]
    lines = [*head, "#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]", f"pub enum {camel(name)} {{"]
    for key, value in variants.items():
        lines += [f"    /// {value['doc']}", f"    #[n({value['n']})]", "    #[cbor(array)]"]
        lines += (
            [f"    {key} {{", *rust_fields(value["fields"], ""), "    },"] if value["fields"] else [f"    {key} {{}},"]
        )
    return [*lines, "}"]


def rust_wire(wire: Table) -> str:
    """Types with their codecs."""
    lines = [
        "//! What nodes say to each other. Made from `abi/wire.toml`; do not edit.",
        "",
        "use alloc::string::String;",
        "use alloc::vec::Vec;",
        "use minicbor::{Decode, Encode};",
        "",
        "/// Version of these tables.",
        f"pub const VERSION: u32 = {wire['version']};",
    ]
    for name, table in wire.items():
        if isinstance(table, dict):
            lines += ["", *rust_item(name, table)]
    return "\n".join(lines) + "\n"


def rust_errors(errors: Table) -> str:
    """Error codes."""
    lines = [
        "//! Errors that nodes answer with. Made from `abi/errors.toml`; do not edit.",
        "",
        "/// An error code.",
        "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]",
        "pub enum Code {",
    ]
    for name, error in errors.items():
        lines += [f"    /// {error['text'].capitalize()}.", f"    {name} = {error['n']},"]
    lines += [
        "}",
        "",
        "impl Code {",
        "    /// All of them, by number.",
        f"    pub const ALL: [Self; {len(errors)}] = [",
    ]
    lines += [f"        Self::{name}," for name in errors]
    lines += ["    ];", ""]
    for function, kind, doc, key in [
        ("name", "&'static str", "Its name.", None),
        ("text", "&'static str", "What it says.", "text"),
        ("hint", "&'static str", "What to do; empty where that depends.", "hint"),
        ("definite", "bool", "Whether it says that it did not happen and will not.", "definite"),
    ]:
        lines += [
            f"    /// {doc}",
            "    #[must_use]",
            f"    pub const fn {function}(self) -> {kind} {{",
            "        match self {",
        ]
        for name, error in errors.items():
            value = name if key is None else error[key]
            shown = str(value).lower() if isinstance(value, bool) else '"' + value.replace('"', '\\"') + '"'
            lines.append(f"            Self::{name} => {shown},")
        lines += ["        }", "    }", ""]
    lines += [
        "    /// Its number.",
        "    #[must_use]",
        "    pub const fn number(self) -> u16 {",
        "        self as u16",
        "    }",
        "",
        "    /// By number; one that this version does not know is `Internal`.",
        "    #[must_use]",
        "    pub fn of(number: u16) -> Self {",
        "        Self::ALL.into_iter().find(|code| code.number() == number).unwrap_or(Self::Internal)",
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def formatted(source: str) -> str:
    """Rust as rustfmt leaves it."""
    command = ["rustfmt", "--edition", "2024", "--config-path", str(ROOT / "rustfmt.toml")]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def formatted_python(source: str) -> str:
    """Python as ruff leaves it."""
    beside = Path(sys.executable).with_name("ruff")
    ruff = str(beside) if beside.exists() else shutil.which("ruff") or str(ROOT / ".venv/bin/ruff")
    command = [ruff, "format", "--config", str(ROOT / "pyproject.toml"), "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def escape(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", "\\|")


def page_wire(wire: Table) -> str:
    """The reference page of messages."""
    lines = ["# Wire", "", "Made from `abi/wire.toml`; do not edit.", ""]
    lines += [f"Version {wire['version']}. CBOR (RFC 8949): a record is an array of its fields in this order, an enum"]
    lines += [
        "with data is `[number, fields]`, one without data its number. `?` may be null, `[x]` is a list of x.",
        "",
    ]
    for name, table in wire.items():
        if not isinstance(table, dict):
            continue
        lines += [f"## {camel(name)}", "", table["doc"], ""]
        if "fields" in table:
            lines += ["| field | type | |", "|---|---|---|"]
            lines += [f"| `{field}` | {kind} | {escape(doc)} |" for field, kind, doc in table["fields"]]
        else:
            lines += ["| number | name | | fields |", "|---|---|---|---|"]
            for key, value in table.items():
                if isinstance(value, dict):
                    fields = "<br>".join(
                        f"`{field}` {kind}: {escape(doc)}" for field, kind, doc in value.get("fields", [])
                    )
                    lines.append(f"| {value['n']} | `{key}` | {escape(value['doc'])} | {fields} |")
        lines.append("")
    return "\n".join(lines)


def page_errors(errors: Table) -> str:
    """The reference page of errors."""
    lines = [
        "# Errors",
        "",
        "Made from `abi/errors.toml`; do not edit. A *definite* error says that it did not happen and will not.",
        "",
    ]
    lines += ["| number | name | definite | what it says | what to do |", "|---|---|---|---|---|"]
    for name, error in errors.items():
        definite = "yes" if error["definite"] else "no"
        lines.append(f"| {error['n']} | `{name}` | {definite} | {escape(error['text'])} | {escape(error['hint'])} |")
    return "\n".join(lines) + "\n"


def products() -> dict[Path, str]:
    """Everything that is made, by place."""
    wire = tomllib.loads((HERE / "wire.toml").read_text())
    errors = tomllib.loads((HERE / "errors.toml").read_text())
    config = tomllib.loads((HERE / "config.toml").read_text())
    annotation = tomllib.loads((HERE / "annotation.toml").read_text())
    imports = tomllib.loads((HERE / "imports.toml").read_text())
    return {
        ROOT / "crates/host/src/atom/table.rs": formatted(host_table(imports)),
        ROOT / "crates/instrument/src/guest_calls.rs": formatted(pass_table(imports)),
        ROOT / "sdk/c/sojourn_raw.h": c_raw(imports, errors, wire),
        ROOT / "sdk/rust/src/raw.rs": formatted(rust_raw(imports, rust_errors(errors), wire)),
        ROOT / "sdk/zig/raw.zig": zig_raw(imports, errors, wire),
        ROOT / "sdk/assemblyscript/assembly/raw.ts": script_raw(imports, errors, wire),
        ROOT / "docs/reference/guest-calls.md": page_calls(imports),
        ROOT / "crates/abi/src/annotation/keys.rs": formatted(rust_annotation(annotation)),
        ROOT / "docs/reference/annotations.md": page_annotation(annotation),
        ROOT / "crates/abi/src/config.rs": formatted(rust_config(config)),
        ROOT / "python/sojourn/model/wire.py": formatted_python(python_wire(wire)),
        ROOT / "python/sojourn/model/node_errors.py": formatted_python(python_errors(errors)),
        ROOT / "python/sojourn/model/config_keys.py": formatted_python(python_config(config)),
        ROOT / "docs/reference/config.md": page_config(config),
        ROOT / "crates/abi/src/wire.rs": formatted(rust_wire(wire)),
        ROOT / "crates/abi/src/errors.rs": formatted(rust_errors(errors)),
        ROOT / "docs/reference/wire.md": page_wire(wire),
        ROOT / "docs/reference/errors.md": page_errors(errors),
    }


def main() -> None:
    """Writes, or checks."""
    stale = []
    for path, text in products().items():
        if path.is_file() and path.read_text() == text:
            continue
        stale.append(path.relative_to(ROOT).as_posix())
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if "--check" in sys.argv and stale:
        sys.exit(f"stale: {', '.join(stale)}; run python abi/generate.py")


if __name__ == "__main__":
    main()
