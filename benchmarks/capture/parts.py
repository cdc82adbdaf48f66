"""The parts of a run: each reads the runner's lines and keeps them, or gives figures."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import asyncify
from figures import Measured
from rich.console import Console
from rich.progress import Progress, track
from runner import measure
from workload import Unmeasurable, Workload, build_guests

IMAGE_MEGABYTES = 100
LARGE_MODULE_MEGABYTES = 30
BYTES_IN_GB = 1e9
BYTES_IN_MB = 1e6
KIB_IN_MIB = 1024
messages = Console(stderr=True)


def write_job(path: Path, workloads: list[Workload], runner: Path, columns: list[str], missing: dict[str, str]) -> Path:
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


def measure_time(runner: Path, job: Path, programs: Mapping[str, Measured], columns: list[str], repeats: int) -> None:
    """Times and sizes of every program in every column."""
    with Progress(console=messages, transient=True) as progress:
        task = progress.add_task("run time", total=len(programs) * len(columns) * repeats)
        for line in measure(runner, "time", str(job), ",".join(columns), str(repeats)):
            if "failed" in line:
                complain(line)
            elif "seconds" in line:
                programs[line["program"]].seconds[line["column"]].append(line["seconds"])
                progress.update(task, advance=1, description=f"run time: {line['program']}")
            else:
                programs[line["program"]].code_bytes[line["column"]] = line["code_bytes"]
                programs[line["program"]].native_bytes[line["column"]] = line["native_bytes"]


def measure_hops(runner: Path, job: Path, programs: Mapping[str, Measured], repeats: int) -> None:
    """Stops and resumes of every program."""
    with Progress(console=messages, transient=True) as progress:
        task = progress.add_task("stop and resume", total=len(programs) * repeats)
        for line in measure(runner, "hops", str(job), str(repeats)):
            if "failed" in line:
                complain(line)
            elif "stop_ms" in line:
                programs[line["program"]].stops_ms.append(line["stop_ms"])
                programs[line["program"]].stops_processor_ms.append(line["stop_processor_ms"])
            else:
                note_rest(programs[line["program"]], line)
                progress.update(task, advance=1, description=f"stop and resume: {line['program']}")


def measure_moves(runner: Path, job: Path, programs: Mapping[str, Measured]) -> None:
    """Whole moves of every program. The cache folder is empty before, so no continuation is there from another day."""
    with messages.status("moves"), tempfile.TemporaryDirectory() as folder:
        for line in measure(runner, "moves", str(job), SOJOURN_CACHE=folder):
            if "failed" in line:
                complain(line)
            else:
                note_resume(programs[line["program"]], line)


def note_resume(measured: Measured, line: Mapping[str, Any]) -> None:
    """Keeps one resume."""
    measured.resumes_ms.append(line["resume_ms"])
    measured.image_bytes.append(line["image_bytes"])
    measured.index_bytes.append(line["index_bytes"])
    measured.extra_bytes.append(line["image_bytes"] - line["memory_bytes"] - line["index_bytes"])


def note_rest(measured: Measured, line: Mapping[str, Any]) -> None:
    """Keeps the time of a rest, over what plain would have taken for the same part of the work."""
    share_left = 1 - line["before_seconds"] / line["whole_seconds"]
    measured.rests.append(line["rest_seconds"] / (line["plain_seconds"] * share_left))


def complain(line: Mapping[str, Any]) -> None:
    """Tells that a program does not run in a column; the others go on."""
    place = f"{line['program']} in column {line['column']}" if "column" in line else line["program"]
    messages.print(f"{place}: {line['failed']}", markup=False, highlight=False)


def measure_image(runner: Path, repeats: int) -> dict[str, float]:
    """Speed of writing and reading an image of random data."""
    lines = list(measure(runner, "image", str(IMAGE_MEGABYTES), str(repeats)))
    return {
        f"image_{way}_gb_s": median(line["bytes"] / line[f"{way}_seconds"] for line in lines) / BYTES_IN_GB
        for way in ("write", "read")
    }


def measure_pass(runner: Path, folder: Path, repeats: int) -> dict[str, float]:
    """Speed of the pass on a large module, SQLite with its functions repeated, and what memory it takes for it."""
    module = build_guests(["sqlite"])["sqlite"]
    large = folder / "large.wasm"
    for _ in measure(runner, "enlarge", str(module), str(large), str(LARGE_MODULE_MEGABYTES)):
        pass
    speeds = [
        line["bytes"] / line["seconds"] / BYTES_IN_MB
        for line in measure(runner, "instrument", str(repeats), str(large))
    ]
    peaks = [line["peak_kib"] / KIB_IN_MIB for line in measure(runner, "peak", str(large))]
    return {"instrument_mb_s": median(speeds), "instrument_peak_mib": max(peaks)}
