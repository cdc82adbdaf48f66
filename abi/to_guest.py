"""The guest's side of its calls: declarations, records and codes for C, Rust, Zig and AssemblyScript."""

from __future__ import annotations

import re
import textwrap
from typing import Any, NamedTuple, TypeAlias

Table: TypeAlias = dict[str, Any]

MADE = "Made from `abi/imports.toml` and `abi/errors.toml`; do not edit."

# Words that Rust and AssemblyScript keep for themselves.
RENAMED = {"await": "await_", "self": "self_", "type": "ty"}


class Flat(NamedTuple):
    """A parameter as WebAssembly has it."""

    name: str
    """Its name in a declaration."""
    what: str
    """`number`, `at` (bytes that are read), `room` (bytes that are written), `out`, or a record's name."""
    bits: int
    """32 or 64: bits of the number, or of what is written at `out`."""


def flat(parameters: list[list[str]]) -> list[Flat]:
    """Parameters of a call, one for each number that WebAssembly passes."""
    found: list[Flat] = []
    for name, kind, _ in parameters:
        if kind in {"text", "bytes"}:
            found += [Flat(name, "at", 32), Flat(f"{name}_length", "number", 32)]
        elif kind == "into":
            found += [Flat(name, "room", 32), Flat(f"{name}_capacity", "number", 32)]
        elif kind in {"u32", "u64", "i64", "deadline"}:
            found.append(Flat(name, "signed" if kind in {"i64", "deadline"} else "number", 32 if kind == "u32" else 64))
        elif kind in {"out32", "out64"}:
            found.append(Flat(name, "out", int(kind[3:])))
        else:
            found.append(Flat(name, kind, 32))
    return found


def camel(name: str) -> str:
    """`draft` as a type is called."""
    return "".join(part.capitalize() for part in name.split("_"))


def snake(name: str) -> str:
    """`UnknownAtom` as `unknown_atom`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def remarks(call: Table) -> list[str]:
    """What is said of a call: a line for itself, one for each parameter, and its codes."""
    lines = [call["doc"], *(f"`{name}`: {doc}" for name, _, doc in call["parameters"])]
    codes = call["codes"] + (["Callback"] if call.get("waits") else [])
    return lines + ([f"Codes: {', '.join(f'`{code}`' for code in codes)}."] if codes else [])


def comment(lines: list[str], mark: str) -> list[str]:
    """Lines of a comment, wrapped."""
    wrapped = (textwrap.wrap(line, 100, subsequent_indent="  " * line.startswith("- ")) or [""] for line in lines)
    return [f"{mark} {part}".rstrip() for parts in wrapped for part in parts]


def kinds(wire: Table) -> list[tuple[str, int, str]]:
    """What `kind` of a head may be, for a guest."""
    named = [(name, entry["n"], entry["doc"]) for name, entry in wire["event_kind"].items() if isinstance(entry, dict)]
    return [kind for kind in named if kind[0] not in {"Watch", "Unwatch"}]


# ---------------------------------------------------------------- C

C_FIELDS = {"u32": "uint32_t", "u64": "uint64_t", "text": "sojourn_raw_bytes", "bytes": "sojourn_raw_bytes"}


def c_parameter(one: Flat) -> str:
    """A parameter as C declares it."""
    types = {"at": "const void *", "room": "void *", "out": f"uint{one.bits}_t *", "signed": "int64_t "}
    if one.what == "number":
        return f"uint{one.bits}_t {one.name}"
    if one.what in types:
        return types[one.what] + one.name
    return f"{'const ' if one.what == 'draft' else ''}sojourn_raw_{one.what} *{one.name}"


def c_record(name: str, record: Table) -> list[str]:
    """A record, and that it lies in memory as it should."""
    lines = ["", *comment([record["doc"]], "//"), "typedef struct {"]
    for field, kind, _, doc in record["fields"]:
        lines += [*comment([doc], "    //"), f"    {C_FIELDS[kind]} {field};"]
    lines.append(f"}} sojourn_raw_{name};")
    lines.append(f"SOJOURN_RAW_CHECK(sizeof(sojourn_raw_{name}) == {record['size']});")
    for field, _, offset, _ in record["fields"]:
        lines.append(f"SOJOURN_RAW_CHECK(offsetof(sojourn_raw_{name}, {field}) == {offset});")
    return lines


def c_text(text: str) -> str:
    """A text within quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def c_raw(imports: Table, errors: Table, wire: Table) -> str:
    """The header."""
    lines = [f"// Guest calls as they are. {MADE}", "#ifndef SOJOURN_RAW_H", "#define SOJOURN_RAW_H", ""]
    lines += ["#include <stddef.h>", "#include <stdint.h>", ""]
    lines += ["#ifdef __cplusplus", "#define SOJOURN_RAW_CHECK(holds) static_assert(holds, #holds)"]
    lines += ['extern "C" {', "#else", "#define SOJOURN_RAW_CHECK(holds) _Static_assert(holds, #holds)", "#endif", ""]
    lines += ["// What every call gives: 0, or why it did not do what it is for.", "enum {", "    SOJOURN_OK = 0,"]
    lines += [f"    SOJOURN_{snake(name).upper()} = {error['n']}, // {error['text']}" for name, error in errors.items()]
    lines += ["};", "", "// Kinds of messages.", "enum {"]
    lines += [f"    SOJOURN_KIND_{name.upper()} = {number}, // {doc}" for name, number, doc in kinds(wire)]
    lines += ["};", "", "enum {"]
    lines += [f"    SOJOURN_{name} = {value}, // {doc}" for name, (value, doc) in imports["constant"].items()]
    lines += ["};", "", "// The name of a code.", "static inline const char *sojourn_code_name(int32_t code) {"]
    lines += ["    switch (code) {", '    case SOJOURN_OK: return "Ok";']
    lines += [f'    case SOJOURN_{snake(name).upper()}: return "{name}";' for name in errors]
    lines += ['    default: return "unknown";', "    }", "}", ""]
    lines += [
        "// What a code says.",
        "static inline const char *sojourn_code_text(int32_t code) {",
        "    switch (code) {",
    ]
    lines += ['    case SOJOURN_OK: return "it is done";']
    lines += [
        f'    case SOJOURN_{snake(name).upper()}: return "{c_text(error["text"])}";' for name, error in errors.items()
    ]
    lines += ['    default: return "an error that this version does not know";', "    }", "}", ""]
    lines += ["// Whether a code says that nothing happened, and nothing will.", "static inline int "]
    lines[-1] += "sojourn_code_definite(int32_t code) {"
    vague = " && ".join(
        f"code != SOJOURN_{snake(name).upper()}" for name, error in errors.items() if not error["definite"]
    )
    lines += [f"    return {vague};", "}", ""]
    lines += ["// Bytes in the guest's memory.", "typedef struct {", "    const void *at;", "    uint32_t length;"]
    lines += ["} sojourn_raw_bytes;", "SOJOURN_RAW_CHECK(sizeof(sojourn_raw_bytes) == 8);"]
    for name, record in imports["record"].items():
        lines += c_record(name, record)
    for name, call in imports["call"].items():
        parameters = ", ".join(c_parameter(one) for one in flat(call["parameters"])) or "void"
        attribute = f'__import_module__("{imports["module"]}"), __import_name__("{name}")'
        lines += ["", *comment(remarks(call), "//"), f"__attribute__(({attribute}))"]
        lines.append(f"int32_t sojourn_raw_{name}({parameters});")
    lines += ["", "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- Rust

RUST_FIELDS = {"u32": "u32", "u64": "u64", "text": "Bytes", "bytes": "Bytes"}


def rust_parameter(one: Flat) -> str:
    """A parameter as Rust declares it."""
    types = {"at": "*const u8", "room": "*mut u8", "out": f"*mut u{one.bits}", "signed": "i64"}
    types["number"] = "usize" if one.name.endswith(("_length", "_capacity")) else f"u{one.bits}"
    record = f"*{'const' if one.what == 'draft' else 'mut'} {camel(one.what)}"
    return f"{RENAMED.get(one.name, one.name)}: {types.get(one.what, record)}"


def rust_record(name: str, record: Table) -> list[str]:
    """A record, and that it lies in memory as it should."""
    lines = ["", f"/// {record['doc']}", "#[repr(C)]", "#[derive(Clone, Copy, Debug, Default)]"]
    lines.append(f"pub struct {camel(name)} {{")
    for field, kind, _, doc in record["fields"]:
        lines += [f"    /// {doc}", f"    pub {RENAMED.get(field, field)}: {RUST_FIELDS[kind]},"]
    lines += ["}", "", '#[cfg(target_pointer_width = "32")]', "const _: () = {"]
    lines.append(f"    assert!(size_of::<{camel(name)}>() == {record['size']});")
    for field, _, offset, _ in record["fields"]:
        lines.append(f"    assert!(core::mem::offset_of!({camel(name)}, {RENAMED.get(field, field)}) == {offset});")
    return [*lines, "};"]


def rust_raw(imports: Table, errors: str, wire: Table) -> str:
    """The module; `errors` is that of the codes."""
    lines = [f"//! Guest calls as they are. {MADE}", "//!"]
    lines += ["//! Pointers must point at what a call reads or writes, for as long as the call takes: it keeps none."]
    lines += [line for line in errors.splitlines() if not line.startswith("//!")]
    lines += ["", "/// What a message is.", "pub mod kind {"]
    lines += [f"    /// {doc}\n    pub const {name.upper()}: u32 = {number};" for name, number, doc in kinds(wire)]
    lines.append("}")
    for name, (value, doc) in imports["constant"].items():
        lines += ["", f"/// {doc}", f"pub const {name}: u32 = {value};"]
    lines += [
        "",
        "/// Bytes in the guest's memory.",
        "#[repr(C)]",
        "#[derive(Clone, Copy, Debug)]",
        "pub struct Bytes {",
    ]
    lines += ["    /// Where they begin.", "    pub at: *const u8,", "    /// How many.", "    pub length: usize,", "}"]
    lines += ["", "impl Default for Bytes {", "    fn default() -> Self {"]
    lines += ["        Self { at: core::ptr::null(), length: 0 }", "    }", "}"]
    for name, record in imports["record"].items():
        lines += rust_record(name, record)
    lines += ["", f'#[link(wasm_import_module = "{imports["module"]}")]', 'unsafe extern "C" {']
    for name, call in imports["call"].items():
        lines += [*("    " + line for line in comment(rust_remarks(call), "///")), f'    #[link_name = "{name}"]']
        parameters = ", ".join(rust_parameter(one) for one in flat(call["parameters"]))
        lines += [f"    pub fn {RENAMED.get(name, name)}({parameters}) -> i32;", ""]
    return "\n".join([*lines[:-1], "}"]) + "\n"


def rust_remarks(call: Table) -> list[str]:
    """What is said of a call, parameters and codes as lists that rustdoc shows."""
    first, *rest = remarks(call)
    parameters = [f"- {line}" for line in rest if not line.startswith("Codes: ")]
    codes = [line for line in rest if line.startswith("Codes: ")]
    return [part for group in ([first], parameters, codes) if group for part in ("", *group)][1:]


# ---------------------------------------------------------------- Zig

ZIG_FIELDS = {"u32": "u32", "u64": "u64", "text": "Bytes", "bytes": "Bytes"}


def zig_parameter(one: Flat) -> str:
    """A parameter as Zig declares it."""
    types = {"at": "[*]const u8", "room": "[*]u8", "out": f"*u{one.bits}", "signed": "i64"}
    types["number"] = "usize" if one.name.endswith(("_length", "_capacity")) else f"u{one.bits}"
    record = f"*{'const ' if one.what == 'draft' else ''}{camel(one.what)}"
    return f"{one.name}: {types.get(one.what, record)}"


def zig_name(name: str) -> str:
    """A name that Zig may keep for itself."""
    return f'@"{name}"' if name in {"await", "unreachable"} else name


def zig_raw(imports: Table, errors: Table, wire: Table) -> str:
    """The file."""
    lines = [f"//! Guest calls as they are. {MADE}", "", "/// What every call gives.", "pub const Code = enum(i32) {"]
    lines.append("    ok = 0,")
    for name, error in errors.items():
        lines += [f"    /// {error['text'].capitalize()}.", f"    {zig_name(snake(name))} = {error['n']},"]
    lines += ["    _,", "", "    /// Whether it says that nothing happened, and nothing will."]
    vague = ", ".join(f".{zig_name(snake(name))}" for name, error in errors.items() if not error["definite"])
    lines += ["    pub fn definite(code: Code) bool {", "        return switch (code) {"]
    lines += [f"            {vague} => false,", "            else => true,", "        };", "    }", "};", ""]
    lines += ["/// Codes as errors, by their names in the table; `Unknown` is a code that this version does not know."]
    lines += ["pub const Failure = error{", *(f"    {name}," for name in errors), "    Unknown,", "};", ""]
    lines += ["/// What a call gave, as an error.", "pub fn check(code: i32) Failure!void {"]
    lines += ["    return switch (@as(Code, @enumFromInt(code))) {", "        .ok => {},"]
    lines += [f"        .{zig_name(snake(name))} => error.{name}," for name in errors]
    lines += ["        _ => error.Unknown,", "    };", "}", ""]
    lines += ["/// What a message is.", "pub const Kind = enum(u32) {"]
    for name, number, doc in kinds(wire):
        lines += [f"    /// {doc}", f"    {name.lower()} = {number},"]
    lines += ["    _,", "};", ""]
    for name, (value, doc) in imports["constant"].items():
        lines += [f"/// {doc}", f"pub const {name}: u32 = {value};"]
    lines += ["", "/// Bytes in the guest's memory.", "pub const Bytes = extern struct {"]
    lines += ["    at: ?[*]const u8 = null,", "    length: usize = 0,", "};"]
    for name, record in imports["record"].items():
        lines += ["", f"/// {record['doc']}", f"pub const {camel(name)} = extern struct {{"]
        for field, kind, _, doc in record["fields"]:
            default = ".{}" if ZIG_FIELDS[kind] == "Bytes" else "0"
            lines += [f"    /// {doc}", f"    {field}: {ZIG_FIELDS[kind]} = {default},"]
        lines.append("};")
    lines += ["", "comptime {"]
    for name, record in imports["record"].items():
        lines.append(
            f'    if (@sizeOf({camel(name)}) != {record["size"]}) @compileError("{camel(name)} has another size");'
        )
        for field, _, offset, _ in record["fields"]:
            wrong = f'@compileError("{camel(name)}.{field} lies elsewhere")'
            lines.append(f'    if (@offsetOf({camel(name)}, "{field}") != {offset}) {wrong};')
    lines.append("}")
    for name, call in imports["call"].items():
        parameters = ", ".join(zig_parameter(one) for one in flat(call["parameters"]))
        lines += ["", *comment(remarks(call), "///")]
        lines.append(f'pub extern "{imports["module"]}" fn {zig_name(name)}({parameters}) i32;')
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- AssemblyScript


def script_parameter(one: Flat) -> str:
    """A parameter as AssemblyScript declares it."""
    types = {"signed": "i64", "number": f"u{one.bits}"}
    if one.name.endswith(("_length", "_capacity")):
        types["number"] = "usize"
    return f"{one.name}: {types.get(one.what, 'usize')}"


def script_raw(imports: Table, errors: Table, wire: Table) -> str:
    """The file. Records are offsets, to be used with `load` and `store`."""
    lines = [f"// Guest calls as they are. {MADE}", "", "/** What every call gives. */", "export enum Code {"]
    lines.append("  Ok = 0,")
    for name, error in errors.items():
        lines += [f"  /** {error['text'].capitalize()}. */", f"  {name} = {error['n']},"]
    lines += [
        "}",
        "",
        "/** The name of a code. */",
        "export function codeName(code: i32): string {",
        "  switch (code) {",
    ]
    lines.append('    case 0: return "Ok";')
    lines += [f'    case {error["n"]}: return "{name}";' for name, error in errors.items()]
    lines += ['    default: return "unknown";', "  }", "}", ""]
    lines += ["/** Whether a code says that nothing happened, and nothing will. */"]
    vague = " && ".join(f"code != {error['n']}" for error in errors.values() if not error["definite"])
    lines += ["export function codeDefinite(code: i32): bool {", f"  return {vague};", "}", ""]
    lines += ["/** What a message is. */", "export enum Kind {"]
    for name, number, doc in kinds(wire):
        lines += [f"  /** {doc} */", f"  {name} = {number},"]
    lines += ["}", ""]
    for name, (value, doc) in imports["constant"].items():
        lines += [f"/** {doc} */", f"export const {name}: u32 = {value};"]
    for name, record in imports["record"].items():
        lines += ["", f"/** {record['doc']} Texts and data are a pointer, and 4 bytes on their length. */"]
        lines += [f"export namespace {camel(name)} {{", f"  export const SIZE: usize = {record['size']};"]
        for field, kind, offset, doc in record["fields"]:
            lines += [f"  /** {doc} ({kind}) */", f"  export const {field.upper()}: usize = {offset};"]
        lines.append("}")
    for name, call in imports["call"].items():
        parameters = ", ".join(script_parameter(one) for one in flat(call["parameters"]))
        told = [f" * {line}" for line in remarks(call)]
        lines += ["", "/**", *told, " */", f'@external("{imports["module"]}", "{name}")']
        lines.append(f"export declare function {RENAMED.get(name, name)}({parameters}): i32;")
    return "\n".join(lines) + "\n"
