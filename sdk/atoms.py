"""Compiles atoms to WebAssembly, each from its one source file, and prints where they are.

    python sdk/atoms.py [SOURCE ...] [--into FOLDER] [--json]

The language follows from the file's ending: `.c`, `.zig`, `.ts` (AssemblyScript), or `.rs`, an example of a Rust
package. Without sources, the test atoms of all languages: build/guests/sdk/LANGUAGE/NAME.wasm. It is kept in the
user's cache folder under a hash of sources, SDK, flags and compiler. Exit status 1 when a source that was named cannot
be built; without names, languages that this machine has no compiler for are left out, with a line that says so.
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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.append(str(ROOT / "examples"))

import build as guests  # noqa: E402 -- it lies beside the examples
import npm  # noqa: E402 -- the same

CONFORMANCE = HERE / "conformance"
OUTPUT = ROOT / "build" / "guests"
C_FLAGS = ("--target=wasm32-wasi", "-O2", "-Wall", "-Wextra", "-Werror", "-Wl,-z,stack-size=65536")
ZIG_FLAGS = ("-target", "wasm32-wasi", "-O", "ReleaseSmall", "-rdynamic", "-fstrip", "--stack", "65536")
SCRIPT_FLAGS = ("--optimizeLevel", "3", "--shrinkLevel", "1", "--use", "abort=sojournAbort")
RUST_TARGETS = ("wasm32-wasip1", "wasm32-unknown-unknown")


@dataclass(frozen=True)
class Language:
    """How a source is compiled, and what else its result depends on."""

    name: str
    sdk: Path
    suffixes: tuple[str, ...]
    version: Callable[[], str]
    compile: Callable[[Path, Path], None]


def compile_c(source: Path, out: Path) -> None:
    """An atom in C; one that has SJ_HANDLE is without `main`."""
    model = ["-mexec-model=reactor"] if "SJ_HANDLE" in source.read_text() else []
    includes = ["-I", str(HERE / "c"), "-I", str(source.parent)]
    zig([*guests.zig_command(), "cc", *C_FLAGS, *model, *includes, str(source), "-o", str(out)], source)
    out.write_bytes(guests.without_debug(out.read_bytes()))


def compile_zig(source: Path, out: Path) -> None:
    """An atom in Zig; one that exports `handle` has no `main`."""
    entry = ["-fno-entry", "-mexec-model=reactor"] if "fn handle(" in source.read_text() else []
    modules = ["--dep", "sojourn", f"-Mroot={source}", f"-Msojourn={HERE / 'zig' / 'sojourn.zig'}"]
    zig([*guests.zig_command(), "build-exe", *ZIG_FLAGS, *entry, *modules, f"-femit-bin={out}"], source)


def zig(command: list[str], source: Path) -> None:
    """Runs the compiler of C and Zig with its caches among ours."""
    cache = str(guests.cache_folder() / "zig")
    run(command, source, {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache})


def compile_rust(source: Path, out: Path) -> None:
    """An atom in Rust: an example of the package that it lies in."""
    package = source.parents[1]
    # Packages have examples of the same name.
    folder = guests.cache_folder() / "target-guests" / hash_of([str(package)])
    command = ["cargo", "build", "--locked", "--release", "--target", rust_target(), "--example", source.stem]
    command += ["--manifest-path", str(package / "Cargo.toml")]
    run(command, source, {"CARGO_TARGET_DIR": str(folder)})
    made = f"{source.stem.replace('-', '_')}.wasm"
    shutil.copyfile(folder / rust_target() / "release" / "examples" / made, out)


def rust_target() -> str:
    """A wasm32 target that the toolchain has."""
    libraries = guests.sysroot(Path("rustc")) / "lib" / "rustlib"
    for target in RUST_TARGETS:
        if (libraries / target / "lib").is_dir():
            return target
    raise guests.Missing(f"no wasm32 target for Rust; hint: rustup target add {RUST_TARGETS[0]}")


def compile_script(source: Path, out: Path) -> None:
    """An atom in AssemblyScript; one that exports `handle` does nothing but set itself up at its birth."""
    start = "_initialize" if "export function handle(" in source.read_text() else "_start"
    steps = ["--exportStart", start, "--transform", str(HERE / "assemblyscript" / "annotate.mjs")]
    # Sources are named from this folder on, which the compiler takes for the top of all.
    named = ["--baseDir", str(ROOT), os.path.relpath(source, ROOT)]
    run([*script_command(), *named, *SCRIPT_FLAGS, *steps, "-o", str(out)], source, {})


def script_command() -> list[str]:
    """The compiler of AssemblyScript, which npm installs into the cache folder by the lock beside its SDK."""
    return ["node", str(npm.install(HERE / "assemblyscript") / "assemblyscript" / "bin" / "asc.js")]


def run(command: list[str], source: Path, environment: dict[str, str]) -> None:
    """Runs a compiler; its messages are shown only when it fails."""
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise guests.Failed(f"{source} does not compile:\n{done.stderr.strip()}")


def script_version() -> str:
    """What npm installs."""
    script_command()
    return (HERE / "assemblyscript" / "package-lock.json").read_text()


LANGUAGES = {
    ".c": Language("c", HERE / "c", (".c", ".h"), guests.zig_version, compile_c),
    ".rs": Language("rust", HERE / "rust", (".rs", ".toml", ".lock"), rust_target, compile_rust),
    ".zig": Language("zig", HERE / "zig", (".zig",), guests.zig_version, compile_zig),
    ".ts": Language("as", HERE / "assemblyscript", (".ts", ".mjs"), script_version, compile_script),
}


def hash_of(parts: list[str]) -> str:
    """A short name for what depends on all of these."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def inputs(source: Path, language: Language) -> Iterator[Path]:
    """All files that the result may depend on."""
    own = source.parents[1] if language.name == "rust" else source.parent
    for folder in (own, language.sdk):
        for path in sorted(folder.rglob("*")):
            if path.suffix in language.suffixes and not {"target", "node_modules"} & set(path.parts):
                yield path


def key_of(source: Path, language: Language) -> str:
    """Hash of all that the result depends on. Folders are left out, so that it is the same on every machine."""
    flags = json.dumps([C_FLAGS, ZIG_FLAGS, SCRIPT_FLAGS, Path(__file__).read_text()])
    files = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in inputs(source, language)]
    return hash_of([language.version(), flags, source.name, *files])


def build(source: Path, into: Path) -> Path:
    """Builds an atom unless the cache has it; where it is."""
    language = LANGUAGES.get(source.suffix)
    if language is None or not source.is_file():
        raise guests.Missing(f"{source} is no source of an atom; hint: a file that ends with {', '.join(LANGUAGES)}")
    kept = guests.cache_folder() / "guests" / key_of(source, language) / f"{source.stem}.wasm"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}.wasm")
        print(f"building {source.name}", file=sys.stderr)
        language.compile(source, fresh)
        fresh.replace(kept)
    return guests.publish(kept, into)


def conformance() -> list[tuple[Path, Path]]:
    """The test atoms, each with the folder that it is built into."""
    table = tomllib.loads((CONFORMANCE / "expectations.toml").read_text())
    found = []
    for suffix, language in LANGUAGES.items():
        folder = CONFORMANCE / language.name
        sources = folder / "examples" if language.name == "rust" else folder
        found += [(sources / f"{name}{suffix}", OUTPUT / "sdk" / language.name) for name in table["atom"]]
    return [(source, into) for source, into in found if source.parent.is_dir()]


def build_all(atoms: list[tuple[Path, Path]]) -> tuple[dict[str, Path], dict[str, str]]:
    """Builds atoms on all cores; those that stand, and why others do not, by source."""
    built, left_out = {}, {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [(source, pool.submit(build, source, into)) for source, into in atoms]
        for source, future in futures:
            try:
                built[str(source)] = future.result()
            except guests.Missing as reason:
                left_out[str(source)] = str(reason)
    return built, left_out


def main() -> int:
    """Builds what was asked for; the exit status."""
    parser = argparse.ArgumentParser(description="Compiles atoms to WebAssembly, each from its one source file.")
    parser.add_argument(
        "sources", nargs="*", type=Path, metavar="SOURCE", help="sources (all test atoms if none is named)"
    )
    parser.add_argument("--into", type=Path, help="folder for the modules (build/guests/NAME OF THE SOURCE'S FOLDER)")
    parser.add_argument("--json", action="store_true", help="print {source: path} as JSON")
    asked = parser.parse_args()
    named = [(source.resolve(), asked.into or OUTPUT / source.resolve().parent.name) for source in asked.sources]
    try:
        built, left_out = build_all(named or conformance())
    except guests.Failed as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for reason in sorted(set(left_out.values())):
        print(f"left out: {reason}", file=sys.stderr)
    if asked.json:
        print(json.dumps({source: str(path) for source, path in built.items()}))
    else:
        print("\n".join(f"{source}\t{path}" for source, path in built.items()))
    return 1 if named and left_out else 0


if __name__ == "__main__":
    sys.exit(main())
