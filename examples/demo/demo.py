"""Runs Lua and SQLite, stops each half-way, goes on on the other engine, and compares with the uninterrupted run.

python examples/demo/demo.py FOLDER-OF-GUESTS
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HERE = Path(__file__).resolve().parent
SOJOURN = Path(sys.executable).with_name("sojourn")
# From the half-way line to the signal: the guest is busy with what follows then.
INTO_THE_NEXT_S = 0.3
# So much of what `sojourn inspect` shows.
INSPECTED_LINES = 32


@dataclass(frozen=True)
class Story:
    """One program of the demo.

    Attributes:
        title: What it is.
        guest: Its module.
        arguments: What it is given.
        script: What it reads from its standard input; None for nothing.
        halfway: It is stopped when a line of its output begins like this.
        engines: Where it begins, and where it goes on.
        database: File that it leaves in its folder, if it does.
    """

    title: str
    guest: str
    arguments: tuple[str, ...]
    script: str | None
    halfway: str
    engines: tuple[str, str]
    database: str | None = None


STORIES = (
    Story(
        title="Lua, a long script",
        guest="lua.wasm",
        arguments=("/demo/collatz.lua",),
        script=None,
        halfway="part 10 of 20",
        engines=("wasmtime", "wasmi"),
    ),
    Story(
        title="SQLite, one transaction",
        guest="sqlite.wasm",
        arguments=("/data/accounts.db",),
        script="transfer.sql",
        halfway="half-way",
        engines=("wasmi", "wasmtime"),
        database="accounts.db",
    ),
)


def main(guests: Path) -> int:
    """Tells all stories; the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sojourn-demo-") as folder:
        same = [tell(story, guests / story.guest, Path(folder) / story.guest) for story in STORIES]
    say(
        f"\n{len(same)} programs in {time.monotonic() - began:.0f} s: "
        + ("all the same." if all(same) else "DIFFERENT.")
    )
    return 0 if all(same) else 1


def tell(story: Story, module: Path, folder: Path) -> bool:
    """Tells one story; whether both ways lead to the same."""
    say(f"\n== {story.title}")
    whole, halves = folder / "whole", folder / "halves"
    for place in (whole, halves):
        place.mkdir(parents=True)
    expected = run_whole(story, module, whole)
    image = folder / "stopped.image"
    first = run_half(story, module, halves, image)
    show("the stack, as it stands in the image", ["inspect", str(image)])
    second = go_on(story, halves, image)
    return compare(story, expected, first + second, whole, halves)


def run_whole(story: Story, module: Path, folder: Path) -> bytes:
    """The uninterrupted run."""
    say("-- uninterrupted, on wasmtime")
    began = time.monotonic()
    command = run_command(story, module, folder, "wasmtime")
    with script_of(story) as script:
        output = subprocess.run(command, stdin=script, stdout=subprocess.PIPE, check=True).stdout
    say(f"   {line_count(output)} lines in {time.monotonic() - began:.1f} s")
    return output


def run_half(story: Story, module: Path, folder: Path, image: Path) -> bytes:
    """The run until half-way, where a signal stops it; what it had written."""
    say(f"-- again, on {story.engines[0]}, until a line says {story.halfway!r}; then SIGUSR1")
    command = run_command(story, module, folder, story.engines[0], "--image", str(image))
    output = b""
    with script_of(story) as script, subprocess.Popen(command, stdin=script, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            output += line
            echo(line)
            if line.startswith(story.halfway.encode()):
                time.sleep(INTO_THE_NEXT_S)
                process.send_signal(signal.SIGUSR1)
    assert image.exists(), "it was not stopped"
    return output


def go_on(story: Story, folder: Path, image: Path) -> bytes:
    """The rest, on the other engine; what it writes."""
    say(f"-- going on, on {story.engines[1]}")
    command = [str(SOJOURN), "resume", "--engine", story.engines[1], *mounts(folder), str(image)]
    began = time.monotonic()
    output = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    for line in output.splitlines(keepends=True)[-3:]:
        echo(line)
    say(f"   {line_count(output)} more lines in {time.monotonic() - began:.1f} s")
    return output


def compare(story: Story, expected: bytes, found: bytes, whole: Path, halves: Path) -> bool:
    """Whether output and database are the same both ways."""
    same = expected == found
    say(f"-- output: {'the same' if same else 'DIFFERENT'}, {len(found)} bytes")
    if story.database is not None:
        rows = [contents(folder / story.database) for folder in (whole, halves)]
        same &= rows[0] == rows[1]
        say(f"-- database: {'the same' if rows[0] == rows[1] else 'DIFFERENT'}, {len(rows[1])} rows")
    return same


def contents(database: Path) -> list[str]:
    """A database as the statements that would make it again."""
    with sqlite3.connect(database) as connection:
        return list(connection.iterdump())


def run_command(story: Story, module: Path, folder: Path, engine: str, *options: str) -> list[str]:
    """The command that starts it."""
    return [str(SOJOURN), "run", "--engine", engine, *options, *mounts(folder), str(module), *story.arguments]


def mounts(folder: Path) -> list[str]:
    """Its folders: the scripts, and one that it writes in."""
    return ["--dir", f"{HERE}::/demo", "--dir", f"{folder}::/data"]


def script_of(story: Story) -> BinaryIO:
    """What it reads from its standard input."""
    return Path("/dev/null").open("rb") if story.script is None else (HERE / story.script).open("rb")


def show(what: str, command: list[str]) -> None:
    """Runs a command of ours and shows the beginning of what it prints."""
    say(f"-- {what}: sojourn {command[0]}")
    output = subprocess.run([str(SOJOURN), *command], stdout=subprocess.PIPE, check=True, text=True).stdout
    lines = output.splitlines()
    for line in lines[:INSPECTED_LINES]:
        say(f"   {line[:110]}")
    if len(lines) > INSPECTED_LINES:
        say(f"   ... and {len(lines) - INSPECTED_LINES} more lines")


def line_count(output: bytes) -> int:
    """Lines of output."""
    return output.count(b"\n")


def echo(line: bytes) -> None:
    """A line of the guest's."""
    say(f"   | {line.decode().rstrip()}")


def say(text: str) -> None:
    """A line of ours, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
