"""`sojourn bench capture`: what capture costs, all columns in the same run.

    python benchmarks/capture/run.py [--json FILE] [--programs fib,gemm] [--columns plain,atomic] [--repeats 5]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from figures import Measured, hop_figures, time_figures
from parts import measure_hops, measure_image, measure_moves, measure_pass, measure_time, messages, write_job
from rich.console import Console
from runner import build_runner
from table import print_figures, print_hops, print_programs
from workload import Unmeasurable, Workload, read_workloads

COLUMNS = ["plain", "atomic", "counter", "asyncify", "epochs"]
PARTS = ["time", "hops", "image", "pass"]
console = Console()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="sojourn bench capture", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--programs", default="", metavar="A,B", help="these programs only")
    parser.add_argument("--columns", default=",".join(COLUMNS), metavar="A,B", help="these columns only")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="A,B", help="of time, hops, image, pass")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="times that each is run (7)")
    return parser.parse_args()


@dataclass
class Session:
    """A run: what was asked for, what measures it, and what has come of it so far."""

    asked: argparse.Namespace
    workloads: list[Workload]
    runner: Path
    folder: Path
    programs: dict[str, Measured]
    figures: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Runs the parts that were asked for, one after the other."""
        parts = listed(self.asked.parts)
        columns = listed(self.asked.columns) if "time" in parts else []
        job = write_job(self.folder / "job", self.workloads, self.runner, columns, self.missing)
        if "time" in parts:
            self.time(job, columns)
        if "hops" in parts:
            measure_hops(self.runner, job, self.programs, self.asked.repeats)
            measure_moves(self.runner, job, self.programs)
            self.figures |= hop_figures(self.programs)
            print_hops(console, self.programs)
        if "image" in parts:
            self.figures |= measure_image(self.runner, self.asked.repeats)
        if "pass" in parts:
            self.figures |= measure_pass(self.runner, self.folder, self.asked.repeats)

    def time(self, job: Path, columns: list[str]) -> None:
        """The part about run time and code size."""
        there = [column for column in columns if column not in self.missing]
        measure_time(self.runner, job, self.programs, there, self.asked.repeats)
        self.figures |= time_figures(self.programs)
        print_programs(console, self.programs, there)


def main() -> int:
    """Measures what was asked for; the exit status."""
    asked = arguments()
    try:
        messages.print("building the programs and what measures them")
        workloads = read_workloads(listed(asked.programs))
        programs = {workload.name: Measured(workload.module.stat().st_size) for workload in workloads}
        with tempfile.TemporaryDirectory() as folder:
            session = Session(asked, workloads, build_runner(), Path(folder), programs)
            session.run()
    except Unmeasurable as error:
        messages.print(f"error: {error}", markup=False)
        return 1
    print_figures(console, session.figures, session.missing)
    if asked.json is not None:
        write_json(asked.json, session)
    return 0


def listed(text: str) -> list[str]:
    """The parts between commas."""
    return [part for part in text.split(",") if part]


def write_json(path: Path, session: Session) -> None:
    """Writes the figures, and a row for each program."""
    rows = [{"program": name} | vars(measured) for name, measured in session.programs.items()]
    report = {"figures": session.figures, "rows": rows, "missing": session.missing}
    path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
