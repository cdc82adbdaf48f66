"""The report that people read."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from figures import OURS, PLAIN, Measured
from rich.console import Console
from rich.table import Table

GOALS = {
    "overhead_geomean": 1.06,
    "overhead_worst": 1.25,
    "overhead_counter_geomean": 1.08,
    "asyncify_geomean": None,
    "epochs_geomean": None,
    "resumed_overhead_geomean": 1.06,
    "code_size_geomean": 1.5,
    "stop_p99_ms": 1.0,
    "stop_p50_ms": None,
    "stop_processor_p99_ms": None,
    "image_extra_bytes": 8192,
    "image_index_bytes": None,
    "image_write_gb_s": 1.0,
    "image_read_gb_s": 1.0,
    "resume_p50_ms": 3.0,
    "resume_p99_ms": None,
    "instrument_mb_s": 10.0,
    "instrument_peak_mib": 1536,
}
MORE_IS_BETTER = {"image_write_gb_s", "image_read_gb_s", "instrument_mb_s"}


def print_programs(console: Console, programs: Mapping[str, Measured], columns: list[str]) -> None:
    """Run time over plain for each program and column, with the spread over the repeats."""
    others = [column for column in columns if column != PLAIN]
    table = Table(title="Run time over plain Wasmtime: median (least-most)", title_justify="left")
    table.add_column("program")
    for heading in ["plain, s", *others, "code", "native code"]:
        table.add_column(heading, justify="right")
    for name, measured in programs.items():
        plain = measured.seconds.get(PLAIN, [])
        table.add_row(
            name,
            f"{median(plain):.3f}" if plain else "",
            *(spread(measured.ratios(column)) for column in others),
            ratio(measured.code_bytes),
            ratio(measured.native_bytes),
        )
    console.print(table)


def print_hops(console: Console, programs: Mapping[str, Measured]) -> None:
    """Stops and resumes of each program."""
    table = Table(title="Stopped and resumed: median (most)", title_justify="left")
    table.add_column("program")
    for heading in ["rest over plain", "stop, ms", "resume, ms", "image, bytes", "of it index", "of it neither"]:
        table.add_column(heading, justify="right")
    for name, measured in programs.items():
        if measured.stops_ms:
            table.add_row(
                name,
                spread(measured.rests),
                middle(measured.stops_ms),
                middle(measured.resumes_ms),
                f"{max(measured.image_bytes, default=0):,}",
                f"{max(measured.index_bytes, default=0):,}",
                f"{max(measured.extra_bytes, default=0):,}",
            )
    console.print(table)


def middle(values: list[float]) -> str:
    """Median and most."""
    return f"{median(values):.3f} [dim]({max(values):.2f})[/]" if values else ""


def print_figures(console: Console, figures: Mapping[str, float], missing: Mapping[str, str]) -> None:
    """All figures beside their goals, and what could not be measured."""
    table = Table(title="Figures", title_justify="left")
    for heading in ["figure", "measured", "goal", ""]:
        table.add_column(heading, justify="left" if heading in {"figure", ""} else "right")
    for key, goal in GOALS.items():
        if key in figures:
            table.add_row(key, number(figures[key]), "" if goal is None else number(goal), verdict(key, figures[key]))
    console.print(table)
    for name, reason in missing.items():
        console.print(f"not measured: {name}: {reason}", markup=False, highlight=False)


def verdict(key: str, value: float) -> str:
    """Whether a figure reaches its goal."""
    goal = GOALS.get(key)
    if goal is None:
        return ""
    reached = value >= goal if key in MORE_IS_BETTER else value <= goal
    return "[green]reached[/]" if reached else "[red]not reached[/]"


def number(value: float) -> str:
    """A number with three digits after the point if it is small."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"  # noqa: PLR2004 - where digits stop mattering


def spread(ratios: list[float]) -> str:
    """Median, least and most."""
    return f"{median(ratios):.3f} [dim]({min(ratios):.2f}-{max(ratios):.2f})[/]" if ratios else ""


def ratio(sizes: Mapping[str, int]) -> str:
    """A size over plain's."""
    return f"{sizes[OURS] / sizes[PLAIN]:.2f}" if OURS in sizes and sizes.get(PLAIN) else ""
