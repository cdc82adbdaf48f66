"""The programs that are timed, from workloads.toml, and the job that the runner gets."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from paths import CHECKOUT, HERE


class Unmeasurable(Exception):
    """Something cannot be measured on this machine; says why."""


@dataclass(frozen=True)
class Workload:
    """A program and what it is given.

    Attributes:
        name: Name in the report.
        module: The module as the compiler gave it.
        stdin: File for standard input, if any.
        arguments: Arguments after the program's name.
    """

    name: str
    module: Path
    stdin: Path | None
    arguments: tuple[str, ...]

    def job_line(self, asyncify: Path | None) -> str:
        """The line of the job that this program is."""
        fields = [self.name, str(self.module), str(asyncify or "-"), str(self.stdin or "-"), *self.arguments]
        return "\t".join(fields) + "\n"


def read_workloads(names: list[str]) -> list[Workload]:
    """The programs of these names (all of them if there are none), built."""
    table = tomllib.loads((HERE / "workloads.toml").read_text())["program"]
    unknown = set(names) - set(table)
    if unknown:
        raise Unmeasurable(f"no program named {', '.join(sorted(unknown))}; there are {', '.join(table)}")
    chosen = names or list(table)
    modules = build_guests(chosen)
    return [
        Workload(
            name,
            modules[name],
            HERE / "workloads" / table[name]["stdin"] if "stdin" in table[name] else None,
            tuple(table[name].get("arguments", ())),
        )
        for name in table
        if name in chosen and name in modules
    ]


def build_guests(names: list[str]) -> dict[str, Path]:
    """Builds the guests; those that this machine cannot build are left out with a message."""
    build = CHECKOUT / "examples" / "build.py"
    done = subprocess.run(
        [sys.executable, str(build), "--json", *names], stdout=subprocess.PIPE, text=True, check=False
    )
    if not done.stdout.strip():
        raise Unmeasurable("the programs could not be built; the reason is above")
    return {name: Path(path) for name, path in json.loads(done.stdout).items()}
