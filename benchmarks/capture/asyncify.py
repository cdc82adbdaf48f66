"""The column that Asyncify is: polls, then wasm-opt of the npm package binaryen, pinned in package-lock.json."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from paths import CHECKOUT, cache_folder
from workload import Unmeasurable

PACKAGES = (CHECKOUT / "benchmarks" / "package.json", CHECKOUT / "benchmarks" / "package-lock.json")
FEATURES = (
    "bulk-memory",
    "sign-ext",
    "nontrapping-float-to-int",
    "mutable-globals",
    "multivalue",
    "reference-types",
    "simd",
)
OPTIONS = ("--asyncify", "--pass-arg=asyncify-imports@bench.poll", "-O2", *(f"--enable-{name}" for name in FEATURES))


def install() -> Path:
    """The program wasm-opt, installed into the cache folder; raises Unmeasurable without npm."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Unmeasurable("node and npm are not installed")
    key = hashlib.sha256(b"".join(path.read_bytes() for path in PACKAGES)).hexdigest()[:16]
    folder = cache_folder() / "npm" / key
    program = folder / "node_modules" / ".bin" / "wasm-opt"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for path in PACKAGES:
            shutil.copyfile(path, folder / path.name)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Unmeasurable(f"npm could not install binaryen: {last_line(done.stderr)}")
    return program


def transform(program: Path, runner: Path, module: Path) -> Path:
    """The module with polls, through Asyncify; kept in the cache folder by what it depends on."""
    polled = module_with_polls(runner, module)
    state = hashlib.sha256(polled.read_bytes() + " ".join(OPTIONS).encode() + str(program).encode())
    kept = cache_folder() / "asyncify" / f"{module.stem}-{state.hexdigest()[:24]}.wasm"
    if not kept.exists():
        fresh = kept.with_suffix(f".{os.getpid()}.tmp")
        command = [str(program), str(polled), *OPTIONS, "-o", str(fresh)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Unmeasurable(f"wasm-opt refused {module.name}: {last_line(done.stderr)}")
        fresh.replace(kept)
    polled.unlink()
    return kept


def module_with_polls(runner: Path, module: Path) -> Path:
    """The module with the polls that Asyncify is given."""
    folder = cache_folder() / "asyncify"
    folder.mkdir(parents=True, exist_ok=True)
    polled = folder / f"{module.stem}.{os.getpid()}.polls.wasm"
    subprocess.run([str(runner), "polls", str(module), str(polled)], check=True)
    return polled


def last_line(text: str) -> str:
    """The last line of a program's messages."""
    return (text.strip().splitlines() or ["no message"])[-1]
