"""`sojourn bench placement`: how quickly and how well it is decided where atoms are.

    python benchmarks/placement/run.py [--json FILE] [--parts place,replan,optimum,padova,scenarios]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import fleets
import msgspec
import optimum
import padova
import scenarios
from rich.console import Console
from rich.table import Table

from sojourn.control.placement import explain, place, replan

PARTS = ["place", "replan", "optimum", "padova", "scenarios"]
NODES, ATOMS, LOST, SEED = 10_000, 100_000, 0.01, 7
PLACES, PROBLEMS = 200, 200
# Figure, what it is, goal.
GOALS: dict[str, tuple[str, str]] = {
    "place_p50_ms": (f"place one atom among {NODES:,} nodes, p50, ms", "5"),
    "place_p99_ms": ("the same, p99, ms", ""),
    "explain_p50_ms": ("explain it, every node, p50, ms", ""),
    "replan_s": (f"re-plan {ATOMS:,} atoms on {NODES:,} nodes after losing {LOST:.0%}, s", "5"),
    "replan_mib": ("the same, peak memory of its process, MiB", "1024"),
    "replan_moved": ("atoms that get another node by it", ""),
    "replan_homeless": ("atoms that were on lost nodes", ""),
    "replan_unplaced": ("atoms that get none", "0"),
    "optimum_gap_mean": (f"objective over the optimum (HiGHS), {PROBLEMS} small problems, mean", "0.02"),
    "optimum_gap_worst": ("the same, worst", "0.05"),
    "optimum_unplaced": ("atoms that the optimum places and we do not", "0"),
    "padova_optimal": (f"Padova's problem, {padova.CASES} cases on {padova.NODES} nodes: optimal placements", "1.0"),
    "padova_admm_optimal": ("the same, consensus ADMM", "(theirs: 0.85)"),
    "padova_admm_converged": ("the same, runs that converge in 20 rounds", "(theirs: 0.71)"),
    **scenarios.GOALS,
}
console = Console()
Figures = dict[str, float]


def place_one() -> Figures:
    """Single questions to a large fleet."""
    fleet = fleets.fleet_of(NODES, SEED)
    asks = fleets.asks_of(fleet, PLACES, SEED)
    for each in asks[:10]:
        place(fleet, each, 0.0)
    times = [timed(partial(place, fleet, each, 0.0)) for each in asks]
    explained = [timed(partial(explain, fleet, each, 0.0)) for each in asks[:5]]
    return {
        "place_p50_ms": statistics.median(times) * 1000,
        "place_p99_ms": statistics.quantiles(times, n=100)[98] * 1000,
        "explain_p50_ms": statistics.median(explained) * 1000,
    }


def timed(work: Callable[[], object]) -> float:
    """How long something takes, in seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def replan_all() -> Figures:
    """Everything again after a loss, in a fresh process, so that its peak of memory is its own."""
    command = [sys.executable, str(Path(__file__)), "--replan-here"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return msgspec.json.decode(done.stdout, type=Figures)


def replan_here() -> Figures:
    """The same, in this process."""
    realm = fleets.after_a_loss(NODES, ATOMS, LOST, SEED)
    begin = time.perf_counter()
    choices = replan(realm.fleet, realm.asks, 1.0)
    took = time.perf_counter() - begin
    return {
        "replan_s": took,
        "replan_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "replan_moved": sum(ask.node != choice.node for ask, choice in zip(realm.asks, choices, strict=True)),
        "replan_homeless": sum(ask.node in realm.lost for ask in realm.asks),
        "replan_unplaced": sum(choice.node is None for choice in choices),
    }


def gaps() -> Figures:
    """Plans of small problems beside their optimum."""
    found = optimum.gaps(range(PROBLEMS))
    shares = [each.share for each in found if each.unplaced == 0]
    return {
        "optimum_gap_mean": statistics.mean(shares),
        "optimum_gap_worst": max(shares),
        "optimum_unplaced": sum(each.unplaced for each in found),
    }


MEASURES: dict[str, Callable[[], Figures]] = {
    "place": place_one,
    "replan": replan_all,
    "optimum": gaps,
    "padova": lambda: padova.shares(SEED),
    "scenarios": scenarios.gains,
}


def table(figures: Figures) -> Table:
    """All that was measured, beside its goal."""
    shown = Table(title="placement")
    for column in ("", "figure", "measured", "goal"):
        shown.add_column(column)
    for key, (text, goal) in GOALS.items():
        if key in figures:
            shown.add_row(key, text, f"{figures[key]:.4g}", goal)
    return shown


def main() -> int:
    """Measures what is asked for."""
    parser = argparse.ArgumentParser(description="Measure placement.")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--replan-here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replan_here:
        print(json.dumps(replan_here()))
        return 0
    wanted = options.parts.split(",")
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}, there are {', '.join(PARTS)}")
    figures: Figures = {}
    for part in wanted:
        figures |= MEASURES[part]()
    console.print(table(figures))
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
