"""Compiles the example and benchmark guests to WebAssembly and prints where they are.

    python examples/build.py [NAME ...] [--json] [--list]

The table is guests.toml. C goes through `zig cc` of the PyPI package ziglang, Rust through whichever wasm32 target
the machine has. What was built is kept in the user's cache folder under a hash of sources, flags and compiler, and
copied to build/guests/NAME.wasm. Exit status 1 when a guest that was named cannot be built; without names, what this
machine has no compiler for is left out, with a line that says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from preview0 import LaidOutOtherwise, number, preview0

HERE = Path(__file__).resolve().parent
OUTPUT = HERE.parent / "build" / "guests"
ZIG_VERSION = "0.17.0"
WASM_HEADER_BYTES = 8
CUSTOM_SECTION = 0


class Missing(Exception):
    """The machine lacks what a guest is built with; says what to do."""


class Failed(Exception):
    """A compiler refused a guest; carries its messages."""


@dataclass(frozen=True)
class Guest:
    """One row of the table, with paths resolved."""

    name: str
    sources: tuple[Path, ...] = ()
    includes: tuple[Path, ...] = ()
    flags: tuple[str, ...] = ()
    cargo: Path | None = None
    headers: tuple[Path, ...] = field(default=())
    preview0: bool = False


def cache_folder() -> Path:
    """The user's cache folder for all that can be built again."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sojourn"
    return Path(os.environ.get("SOJOURN_CACHE") or usual)


def crate_folders() -> dict[str, Path]:
    """Where cargo put the crates that carry C sources, by name; fetches them when they are not there."""
    manifest = HERE / "sources" / "Cargo.toml"
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(manifest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"cargo could not fetch the sources of the examples:\n{done.stderr.strip()}")
    packages = json.loads(done.stdout)["packages"]
    return {package["name"]: Path(package["manifest_path"]).parent for package in packages}


def read_table(path: Path) -> list[Guest]:
    """All guests of the table."""
    table = tomllib.loads(path.read_text())
    common = (f"--target={table['c']['target']}", *table["c"]["flags"])
    crates = crate_folders()
    guests = [read_row(name, row, common, crates) for name, row in table["guest"].items()]
    return guests + read_programs(table["programs"], common)


def read_row(name: str, row: dict[str, object], common: tuple[str, ...], crates: dict[str, Path]) -> Guest:
    """One guest of the table."""
    if "cargo" in row:
        return Guest(name, cargo=HERE / str(row["cargo"]))
    strings = {key: [str(item) for item in value] for key, value in row.items() if isinstance(value, list)}
    folders = [crates[str(row["crate"])] / str(row["from"])] if "crate" in row else []
    sources = [HERE / source for source in strings["sources"]]
    for pattern in strings.get("files", ()):
        sources += [path for folder in folders for path in sorted(folder.glob(pattern))]
    includes = (*(HERE / include for include in strings.get("includes", ())), *folders)
    headers = tuple(header for include in includes for header in sorted(include.glob("*.h")))
    flags = (*common, *strings.get("flags", ()))
    return Guest(name, tuple(sources), includes, flags, headers=headers, preview0=bool(row.get("preview0")))


def read_programs(row: dict[str, list[str]], common: tuple[str, ...]) -> list[Guest]:
    """The benchmark programs: each C file of some folders."""
    flags = (*common, *row["flags"])
    folders = [(HERE / folder).resolve() for folder in row["folders"]]
    return [
        Guest(source.stem, (source,), (), flags, headers=tuple(sorted(folder.glob("*.h"))))
        for folder in folders
        for source in sorted(folder.glob("*.c"))
    ]


def key_of(guest: Guest, compiler: str) -> str:
    """Hash of all that the result depends on. Folders are left out, so that it is the same on every machine."""
    of = [compiler, guest.flags, *(["preview0"] if guest.preview0 else [])]
    state = hashlib.sha256(json.dumps(of).encode())
    files = (*guest.sources, *guest.headers) if guest.cargo is None else cargo_files(guest.cargo)
    for path in files:
        state.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()[:24]


def cargo_files(package: Path) -> list[Path]:
    """What a Rust guest is made of."""
    return [package / "Cargo.toml", package / "Cargo.lock", *sorted((package / "src").rglob("*.rs"))]


def zig_command() -> list[str]:
    """The C compiler; SOJOURN_ZIG names another than that of this Python."""
    named = os.environ.get("SOJOURN_ZIG")
    return [named] if named else [sys.executable, "-m", "ziglang"]


def zig_version() -> str:
    """Version of the C compiler."""
    done = subprocess.run([*zig_command(), "version"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing(f"no C compiler for WebAssembly; hint: {sys.executable} -m pip install ziglang=={ZIG_VERSION}")
    return done.stdout.strip()


def compile_c(guest: Guest, out: Path) -> None:
    """One C guest, without debug sections but with function names."""
    zig_cache = str(cache_folder() / "zig")
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": zig_cache, "ZIG_LOCAL_CACHE_DIR": zig_cache}
    includes = [part for folder in guest.includes for part in ("-I", str(folder))]
    sources = [str(source) for source in guest.sources]
    command = [*zig_command(), "cc", *includes, *guest.flags, *sources, "-lm", "-o", str(out)]
    run_compiler(guest, command, environment)
    made = without_debug(out.read_bytes())
    try:
        out.write_bytes(preview0(made) if guest.preview0 else made)
    except LaidOutOtherwise as error:
        raise Failed(f"{guest.name} is no program of preview 0: it calls {error}") from error


def compile_rust(guest: Guest, out: Path) -> None:
    """One Rust guest, for a wasm32 target that the machine has."""
    assert guest.cargo is not None
    target, tools = rust_target()
    folder = cache_folder() / "target-guests"
    environment = os.environ | {"CARGO_TARGET_DIR": str(folder)}
    cargo, options = "cargo", []
    if tools is not None:
        cargo, options = str(tools / "cargo"), ["-Zbuild-std=core"]
        environment |= {"RUSTC": str(tools / "rustc"), "RUSTC_BOOTSTRAP": "1"}
    manifest = str(guest.cargo / "Cargo.toml")
    command = [cargo, "build", "--locked", "--release", "--target", target, *options, "--manifest-path", manifest]
    run_compiler(guest, command, environment)
    shutil.copyfile(folder / target / "release" / f"{guest.name}.wasm", out)


def rust_target() -> tuple[str, Path | None]:
    """A wasm32 target without an operating system, and the folder of the tools where they are not the usual ones.

    The toolchain's own target if it has one; else Debian's compiler for the web, which builds `core` from its sources.
    """
    for target in ("wasm32-unknown-unknown", "wasm32v1-none"):
        if (sysroot(Path("rustc")) / "lib" / "rustlib" / target / "lib").is_dir():
            return target, None
    tools = Path("/usr/bin")
    if (tools / "rustc").exists() and (sysroot(tools / "rustc") / "lib" / "rustlib" / "src").is_dir():
        return "wasm32-unknown-unknown", tools
    raise Missing(
        "no wasm32 target for Rust; hint: `rustup target add wasm32-unknown-unknown`, or on Debian "
        "`apt install rustc-web cargo-web rust-web-src lld`"
    )


def sysroot(rustc: Path) -> Path:
    """Where a Rust compiler has its libraries."""
    done = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True, check=False)
    return Path(done.stdout.strip() or "/nonexistent")


def run_compiler(guest: Guest, command: list[str], environment: dict[str, str]) -> None:
    """Runs a compiler; its messages are shown only when it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"{guest.name} does not compile:\n{done.stderr.strip()}")


def without_debug(wasm: bytes) -> bytes:
    """The module without its sections of debugging data; the names of functions stay."""
    kept = bytearray(wasm[:WASM_HEADER_BYTES])
    at = WASM_HEADER_BYTES
    while at < len(wasm):
        size, body = number(wasm, at + 1)
        length, name = number(wasm, body)
        if wasm[at] != CUSTOM_SECTION or not wasm[name : name + length].startswith(b".debug"):
            kept += wasm[at : body + size]
        at = body + size
    return bytes(kept)


def build(guest: Guest) -> Path:
    """Builds a guest unless the cache has it; where it is."""
    compiler = f"zig {zig_version()}" if guest.cargo is None else f"rust {rust_target()[0]}"
    kept = cache_folder() / "guests" / key_of(guest, compiler) / f"{guest.name}.wasm"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}.tmp")
        print(f"building {guest.name}", file=sys.stderr)
        (compile_c if guest.cargo is None else compile_rust)(guest, fresh)
        fresh.replace(kept)
    return publish(kept)


def publish(kept: Path, into: Path = OUTPUT) -> Path:
    """Copies what the cache holds to where people look for it."""
    into.mkdir(parents=True, exist_ok=True)
    public = into / kept.name
    if not public.exists() or public.read_bytes() != kept.read_bytes():
        fresh = public.with_suffix(f".{os.getpid()}.tmp")
        shutil.copyfile(kept, fresh)
        fresh.replace(public)
    return public


def build_all(guests: list[Guest]) -> tuple[dict[str, Path], dict[str, str]]:
    """Builds guests on all cores; those that stand, and why others do not."""
    built, left_out = {}, {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for guest, future in [(guest, pool.submit(build, guest)) for guest in guests]:
            try:
                built[guest.name] = future.result()
            except Missing as reason:
                left_out[guest.name] = str(reason)
    return built, left_out


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Compiles the example and benchmark guests to WebAssembly.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which guests (all of them if none is named)")
    parser.add_argument("--json", action="store_true", help="print {name: path} as JSON")
    parser.add_argument("--list", action="store_true", help="print the names and build nothing")
    return parser.parse_args()


def chosen(guests: list[Guest], names: list[str]) -> list[Guest]:
    """The guests of these names; all of them if there are none."""
    unknown = set(names) - {guest.name for guest in guests}
    if unknown:
        raise Missing(f"no guest named {', '.join(sorted(unknown))}; hint: --list shows them")
    return [guest for guest in guests if not names or guest.name in names]


def main() -> int:
    """Builds what was asked for; the exit status."""
    asked = arguments()
    try:
        guests = chosen(read_table(HERE / "guests.toml"), asked.names)
        built, left_out = ({}, {}) if asked.list else build_all(guests)
    except (Missing, Failed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for name, reason in left_out.items():
        print(f"left out {name}: {reason}", file=sys.stderr)
    if asked.list:
        print("\n".join(guest.name for guest in guests))
    elif asked.json:
        print(json.dumps({name: str(path) for name, path in built.items()}))
    else:
        print("\n".join(f"{name}\t{path}" for name, path in built.items()))
    return 1 if asked.names and left_out else 0


if __name__ == "__main__":
    sys.exit(main())
