"""The host's side of guest calls: the table that its functions are bound to, and the reference page."""

from __future__ import annotations

from typing import Any, TypeAlias

from to_guest import camel, flat, remarks

Table: TypeAlias = dict[str, Any]

# How a parameter is read, and whether its place in memory is looked at.
READ = {
    "u32": "guest.u32({n})",
    "u64": "guest.u64({n})",
    "deadline": "guest.deadline({n})",
    "text": "guest.text({n})?",
    "bytes": "guest.bytes({n})?",
    "into": "guest.room({n})?",
    "out32": "guest.out32({n})?",
    "out64": "guest.out64({n})?",
    "draft": "guest.draft({n})?",
    "head": "guest.head({n})?",
    "place": "guest.place({n})?",
}


def letters(call: Table) -> str:
    """The signature: `i` for i32, `I` for i64."""
    wide = {"number", "signed"}
    return "".join("I" if one.what in wide and one.bits == 64 else "i" for one in flat(call["parameters"]))  # noqa: PLR2004


def kinds(call: Table) -> str:
    """Kinds of its parameters, as Rust's list."""
    return ", ".join(f"Kind::{camel(kind)}" for _, kind, _ in call["parameters"])


def host_table(imports: Table) -> str:
    """The table, and for each call a function that looks at every parameter before the call does anything."""
    used = sorted({kind for call in imports["call"].values() for _, kind, _ in call["parameters"]})
    groups = sorted({call["group"] for call in imports["call"].values()})
    lines = ["//! Every guest call, and how its parameters are read. Made from `abi/imports.toml`; do not edit.", ""]
    lines += [f"use super::{{Call, Function, Kind, Outcome, {', '.join(groups)}}};", ""]
    lines += ["/// Module name of guest calls.", f'pub const GUEST_CALLS: &str = "{imports["module"]}";', ""]
    for name, record in imports["record"].items():
        lines += [f"/// Bytes of a `{name}`.", f"pub(super) const {name.upper()}_BYTES: u32 = {record['size']};"]
    for name, record in imports["record"].items():
        # What a guest gives has to be 0 where it is reserved; what it gets is.
        lines += ["", f"/// Where the fields of a `{name}` lie.", f"pub(super) mod {name}_at {{"]
        given = name == "draft"
        fields = [(field, offset) for field, _, offset, _ in record["fields"] if given or field != "reserved"]
        lines += [f"    pub const {field.upper()}: u32 = {offset};" for field, offset in fields]
        lines.append("}")
    lines += [
        "",
        "/// The table. The order is part of nothing that is saved.",
        "pub(crate) static CALLS: &[Function] = &[",
    ]
    for name, call in imports["call"].items():
        lines += ["    Function {", f'        name: "{name}",', f'        parameters: "{letters(call)}",']
        lines += [f"        kinds: &[{kinds(call)}],", f"        waits: {str(call.get('waits', False)).lower()},"]
        lines += [f"        run: run_{name},", "    },"]
    lines.append("];")
    for name, call in imports["call"].items():
        lines += ["", f"fn run_{name}(guest: &mut Call<'_>) -> Outcome {{"]
        place, names = 0, ["guest"]
        for parameter, kind, _ in call["parameters"]:
            read = READ[kind].format(n=place)
            lines.append(f"    let {parameter} = {read};")
            names.append(parameter)
            place += len(flat([[parameter, kind, ""]]))
        named = {"await": "wait", "self": "own_name"}.get(name, name)
        lines += [f"    {call['group']}::{named}({', '.join(names)})", "}"]
    assert all(kind in READ for kind in used), used
    return "\n".join(lines) + "\n"


def pass_table(imports: Table) -> str:
    """Calls that never wait, for the pass."""
    lines = ["//! Guest calls that never wait. Made from `abi/imports.toml`; do not edit.", ""]
    lines += ["/// Module name of guest calls.", f'pub const MODULE: &str = "{imports["module"]}";', ""]
    lines += ["/// Their names.", "pub const NEVER_SUSPEND: &[&str] = &["]
    lines += [f'    "{name}",' for name, call in imports["call"].items() if not call.get("waits")]
    return "\n".join([*lines, "];"]) + "\n"


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", "\\|")


def page_calls(imports: Table) -> str:
    """The reference page."""
    lines = ["# Guest calls", "", "Made from `abi/imports.toml`; do not edit.", ""]
    lines += [f"What an atom may import from module `{imports['module']}`. Every call gives an i32: 0, or a number of"]
    lines += [
        "[errors](errors.md). Besides the codes that are told here, each may give `BadPointer` (nothing happened),"
    ]
    lines += [
        "`InvalidRequest` (a text is not UTF-8, or an argument makes no sense) and, outside of a realm, `NotInRealm`."
    ]
    lines += ["", "| kind of parameter | WebAssembly | |", "|---|---|---|"]
    for kind, types, doc in [
        ("u32, u64", "i32, i64", "A number."),
        ("text, bytes", "i32 i32", "Pointer and length of bytes that are read; text is UTF-8."),
        ("into", "i32 i32", "Pointer and capacity of room that is written."),
        ("out32, out64", "i32", "Pointer to room for one number."),
        ("draft, head, place", "i32", "Pointer to a record; no alignment is asked for."),
        ("deadline", "i64", "Nanoseconds on the clock of `now`; 0: does not wait; negative: waits for ever."),
    ]:
        lines.append(f"| {kind} | {types} | {doc} |")
    lines += [
        "",
        "A call that *waits* may be stopped, and goes on where the atom does. It gives `Callback` when a callback is",
    ]
    lines += ["due: take it with `callback`, run it, say `callback_end`, and make the same call again, as SDKs do."]
    for group, title in imports["group"].items():
        lines += ["", f"## {title}"]
        for name, call in imports["call"].items():
            if call["group"] == group:
                lines += call_section(name, call)
    lines += [
        "",
        "## Records",
        "",
        "Little endian, without gaps that matter. A text is a pointer (4 bytes), then a length.",
    ]
    for name, record in imports["record"].items():
        lines += ["", f"### {name}", "", f"{record['doc']} {record['size']} bytes.", "", "| offset | field | kind | |"]
        lines += ["|---|---|---|---|"]
        lines += [f"| {offset} | `{field}` | {kind} | {cell(doc)} |" for field, kind, offset, doc in record["fields"]]
    lines += ["", "## Constants", "", "| name | value | |", "|---|---|---|"]
    lines += [f"| `{name}` | {value} | {cell(doc)} |" for name, (value, doc) in imports["constant"].items()]
    return "\n".join(lines) + "\n"


def call_section(name: str, call: Table) -> list[str]:
    """One call on the page."""
    lines = ["", f"### {name}", "", call["doc"] + (" *Waits.*" if call.get("waits") else "")]
    if call["parameters"]:
        lines += ["", "| parameter | kind | |", "|---|---|---|"]
        lines += [f"| `{parameter}` | {kind} | {cell(doc)} |" for parameter, kind, doc in call["parameters"]]
    codes = [line for line in remarks(call)[1:] if line.startswith("Codes: ")]
    return lines + [part for line in codes for part in ("", line)]
