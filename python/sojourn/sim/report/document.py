"""A study as JSON: the same study is the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from sojourn.sim.run import Outcome
    from sojourn.sim.study import Study


def document(study: Study) -> dict[str, Any]:
    """All that is told of a study, with nothing in it of when or where it was made."""
    scenario = study.scenario
    found: dict[str, Any] = {
        "scenario": study.name,
        "title": scenario.title,
        "seed": study.seed,
        "hours": scenario.hours,
        "nodes": sum(each.count for each in scenario.nodes.values()),
        "atoms": sum(each.count for each in scenario.atoms.values()),
        "users": sum(each.count for each in scenario.users.values()),
        "figure": scenario.figure,
        "goal": scenario.goal,
        "gains": study.gains(),
        "violations": study.violations(),
        "told": study.control.told if study.control else study.baseline.told,
        "baseline": part(study.baseline),
    }
    if study.control is not None:
        found["control"] = part(study.control)
    return found


def part(outcome: Outcome) -> dict[str, Any]:
    """One run."""
    lines = {name: [float(f"{value:.6g}") for value in values] for name, values in outcome.lines.items()}
    return {"figures": outcome.figures, "lines": lines}


def encode(study: Study) -> bytes:
    """It as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(document(study)), indent=1) + b"\n"
