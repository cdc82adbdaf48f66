"""`sojourn bench capture`: what capture costs, all columns in the same run.

    python benchmarks/capture/run.py [--json FILE] [--programs fib,gemm] [--columns plain,atomic] [--repeats 5]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncify
from figures import Measured, time_figures
from rich.console import Console
from rich.progress import Progress, track
from runner import build_runner, measure
from table import print_figures, print_programs
from workload import Unmeasurable, Workload, read_workloads

COLUMNS = ["plain", "atomic", "counter", "asyncify", "epochs"]
console = Console()
messages = Console(stderr=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="sojourn bench capture", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--programs", default="", metavar="A,B", help="these programs only")
    parser.add_argument("--columns", default=",".join(COLUMNS), metavar="A,B", help="these columns only")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="times that each is run (7)")
    return parser.parse_args()


def main() -> int:
    """Measures what was asked for; the exit status."""
    asked = arguments()
    columns = listed(asked.columns)
    missing: dict[str, str] = {}
    try:
        messages.print("building the programs and what measures them")
        workloads = read_workloads(listed(asked.programs))
        runner = build_runner()
        with tempfile.TemporaryDirectory() as folder:
            job = write_job(Path(folder) / "job", workloads, runner, columns, missing)
            programs = measure_time(runner, job, workloads, [c for c in columns if c not in missing], asked.repeats)
    except Unmeasurable as error:
        messages.print(f"error: {error}", markup=False)
        return 1
    figures = time_figures(programs)
    print_programs(console, programs, columns)
    print_figures(console, figures, missing)
    if asked.json is not None:
        write_json(asked.json, figures, programs, missing)
    return 0


def listed(text: str) -> list[str]:
    """The parts between commas."""
    return [part for part in text.split(",") if part]


def write_job(
    path: Path, workloads: list[Workload], runner: Path, columns: list[str], missing: dict[str, str]
) -> Path:
    """Writes the job, with Asyncify's modules if that column was asked for and can be had."""
    transformed: dict[str, Path] = {}
    if "asyncify" in columns:
        try:
            program = asyncify.install()
            for workload in track(workloads, "Asyncify (kept for the next time)", console=messages, transient=True):
                transformed[workload.name] = asyncify.transform(program, runner, workload.module)
        except Unmeasurable as reason:
            missing["asyncify"] = str(reason)
    path.write_text("".join(workload.job_line(transformed.get(workload.name)) for workload in workloads))
    return path


def measure_time(
    runner: Path, job: Path, workloads: list[Workload], columns: list[str], repeats: int
) -> dict[str, Measured]:
    """Times and sizes of every program in every column."""
    programs = {workload.name: Measured(workload.module.stat().st_size) for workload in workloads}
    with Progress(console=messages, transient=True) as progress:
        task = progress.add_task("run time", total=len(workloads) * len(columns) * repeats)
        for line in measure(runner, "time", str(job), ",".join(columns), str(repeats)):
            if "failed" in line:
                messages.print(f"{line['program']} in column {line['column']}: {line['failed']}", markup=False)
                continue
            note(programs[line["program"]], line)
            if "seconds" in line:
                progress.update(task, advance=1, description=f"run time: {line['program']}")
    return programs


def note(measured: Measured, line: Mapping[str, Any]) -> None:
    """Keeps one measurement."""
    if "seconds" in line:
        measured.seconds[line["column"]].append(line["seconds"])
    else:
        measured.code_bytes[line["column"]] = line["code_bytes"]
        measured.native_bytes[line["column"]] = line["native_bytes"]


def write_json(
    path: Path, figures: Mapping[str, float], programs: Mapping[str, Measured], missing: Mapping[str, str]
) -> None:
    """Writes the figures, and a row for each program."""
    rows = [
        {
            "program": name,
            "module_bytes": measured.module_bytes,
            "code_bytes": measured.code_bytes,
            "native_bytes": measured.native_bytes,
            "seconds": measured.seconds,
        }
        for name, measured in programs.items()
    ]
    path.write_text(json.dumps({"figures": figures, "rows": rows, "missing": missing}, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
