"""Folders of atoms: made from a template, and built by their one command."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from sojourn.core.storage import read_file, storage_error
from sojourn.model.errors import SojournError, StorageError

Language: TypeAlias = Literal["c", "rust", "zig", "as"]

TEMPLATES = Path(__file__).parents[1] / "templates"
PLACEHOLDER = b"@NAME@"
# It is the name of an atom, of a folder, and of a package.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
# Files that a version control is not to see; under its own name it would not be packed into this program.
IGNORED = "gitignore"
BUILD = "build.sh"
MODULE = ".wasm"
# In a template: what takes the place of its files where an atom is to serve HTTP.
HTTP = "http"
# What nobody writes by hand.
MADE = frozenset({"target", "node_modules", "zig-out", "__pycache__"})


class BuildFailed(SojournError):
    """The sources do not build; the text is what the build said."""


def make(language: Language, name: str, parent: Path, *, http: bool = False) -> Path:
    """Makes a folder with an atom that works.

    Args:
        language: What it is written in.
        name: Name of the folder, and of the atom.
        parent: Where.
        http: Whether it is one that serves HTTP.

    Raises:
        SojournError: The name cannot be one, or there is no HTTP in that language.
        StorageError: It is there already, or cannot be written.
    """
    if not NAME.fullmatch(name):
        raise SojournError(
            f"{name!r} cannot be the name of an atom", "a letter, then letters, digits, - and _, 64 at most"
        )
    if http and not (TEMPLATES / language / HTTP).is_dir():
        raise SojournError("the SDK of that language does not serve HTTP", "--lang c, rust or zig does")
    folder = parent / name
    if folder.exists() or folder.is_symlink():
        raise StorageError(f"{folder} is there already", "choose another name; nothing was written")
    draft = folder.with_name(f".{name}.{os.urandom(4).hex()}")
    try:
        # What the template has of the SDK are links to it, and become files here.
        shutil.copytree(TEMPLATES / language, draft, ignore=without_http)
        if http:
            shutil.copytree(TEMPLATES / language / HTTP, draft, dirs_exist_ok=True)
        (draft / IGNORED).rename(draft / f".{IGNORED}")
        # Packages do not always keep what can be run.
        (draft / BUILD).chmod(0o755)
        for path in draft.rglob("*"):
            if path.is_file() and PLACEHOLDER in (text := path.read_bytes()):
                path.write_bytes(text.replace(PLACEHOLDER, name.encode()))
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise storage_error("make", folder, error) from error
    return folder


def without_http(place: str, names: list[str]) -> set[str]:
    """What of a folder of a template only atoms have that serve HTTP."""
    return {HTTP} & set(names) if Path(place).parent == TEMPLATES else set()


def missing(language: Language) -> str | None:
    """What is missing on this machine to build an atom in a language, and what to do; None: nothing that is known."""
    if language in {"c", "zig"}:
        there = find_spec("ziglang") or shutil.which("zig") or (language == "c" and shutil.which("clang"))
        return None if there else f"there is no compiler; hint: {sys.executable} -m pip install ziglang"
    if language == "rust":
        return None if shutil.which("cargo") else "there is no compiler; hint: https://rustup.rs"
    return (
        None if shutil.which("node") and shutil.which("npm") else "node and npm are missing; hint: https://nodejs.org"
    )


async def build(folder: Path) -> bytes:
    """Builds an atom; its module.

    Args:
        folder: Its folder, with a file build.sh whose last line of output says where the module is.

    Raises:
        BuildFailed: The build says why not.
        StorageError: There is no module where it said.
    """
    if not (folder / BUILD).is_file():
        raise StorageError(
            f"{folder} has no {BUILD}", "`sojourn new --lang c|rust|zig|as NAME` makes a folder that has"
        )
    process = begin(folder)
    ending = asyncio.create_task(asyncio.to_thread(process.communicate))
    try:
        output, errors = await asyncio.shield(ending)
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await ending
        raise
    if process.returncode != 0:
        raise BuildFailed(errors.decode(errors="replace").strip() or f"{BUILD} ended with {process.returncode}")
    lines = output.decode(errors="replace").split("\n")
    said = next((line for line in reversed(lines) if line.strip()), "")
    return read_file(folder / said)


def begin(folder: Path) -> subprocess.Popen[bytes]:
    """Begins a build. Compilers start compilers: all of them are one group, to be ended together."""
    return subprocess.Popen(  # noqa: S603 -- the folder is its author's own
        ["sh", BUILD],  # noqa: S607 -- the one that there is
        cwd=folder,
        env={**os.environ, "SOJOURN_PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def sources(folder: Path) -> dict[str, tuple[int, int]]:
    """Files that a build may depend on, each with when it was changed, in nanoseconds, and its size."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in MADE and not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if name.startswith(".") or path.suffix == MODULE:
                continue
            with suppress(OSError):  # it went meanwhile
                state = path.stat()
                found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found
