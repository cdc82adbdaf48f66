"""Rows of the table that compares both runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.sim.report.words import FIGURES, GAINS, shown

if TYPE_CHECKING:
    from sojourn.sim.study import Study


def rows(study: Study) -> list[tuple[str, ...]]:
    """What, in the baseline, and with control; what is nothing in both is left out."""
    runs = [study.baseline, *([study.control] if study.control else [])]
    return [
        (FIGURES[name][0], *(shown(name, run.figures[name]) for run in runs))
        for name in FIGURES
        if any(run.figures[name] for run in runs)
    ]


def gains(study: Study) -> list[tuple[str, str, str, str]]:
    """Each gain: its figure, what it is, its value, and its goal where it has one."""
    scenario = study.scenario
    return [
        (name, GAINS[name], f"{value:.4g}", f"{scenario.goal:g}" if name == scenario.figure and scenario.goal else "")
        for name, value in study.gains().items()
    ]


def verdict(study: Study) -> str:
    """What checkers found, in one line."""
    broken = {name: count for name, count in study.violations().items() if count}
    if not broken:
        return f"checked: {', '.join(study.violations())}: nothing was broken"
    return "broken: " + ", ".join(f"{name} {count} times" for name, count in broken.items())
