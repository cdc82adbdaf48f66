"""A study as one page of HTML that needs nothing from anywhere: tables, plots, moves with their causes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sojourn.control.decision import Move
from sojourn.sim.report.rows import gains, rows, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.sim.study import Study

SHOWN_MOVES = 100
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:1rem 0}
th,td{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ddd}
td+td,th+th{text-align:right}
.text td{text-align:left}
svg{max-width:100%;height:auto}
.bad{color:#a00}
"""


def page(study: Study, plots: Mapping[str, bytes]) -> str:
    """The page.

    Args:
        study: What it tells of.
        plots: SVGs by name.
    """
    scenario = study.scenario
    heads = ["", "baseline", *(["control"] if study.control else [])]
    broken = any(study.violations().values())
    told = study.control.told if study.control else study.baseline.told
    counts = (sum(each.count for each in group.values()) for group in (scenario.nodes, scenario.atoms))
    size = "{:,} nodes, {:,} atoms".format(*counts)
    parts = [
        f"<h1>{escape(study.name)}</h1><p>{escape(scenario.title)}</p>",
        f"<p>{size}, {scenario.hours:g} hours, seed {study.seed}</p>",
        table(["figure", "is", "value", "goal"], gains(study)) if study.gains() else "",
        table(heads, rows(study)),
        f'<p class="{"bad" if broken else ""}">{escape(verdict(study))}</p>',
        "".join(f"<p class=bad>{escape(text)}</p>" for text in told),
        *(drawing(svg) for svg in plots.values()),
        moves(study),
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(study.name)}</title>'
        f"<style>{STYLE}</style>{''.join(parts)}</html>\n"
    )


def table(heads: Sequence[str], lines: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def drawing(svg: bytes) -> str:
    """A plot, without what only a file of its own needs."""
    text = svg.decode()
    return f"<figure>{text[text.index('<svg') :]}</figure>"


def moves(study: Study) -> str:
    """The first moves with their causes."""
    if study.control is None:
        return ""
    found = [each for each in study.control.decided if isinstance(each.command, Move)]
    lines = [
        (f"{each.at:.1f} s", each.command.atom, each.command.source, each.command.target, each.command.cause)
        for each in found[:SHOWN_MOVES]
        if isinstance(each.command, Move)
    ]
    more = f"<p>and {len(found) - SHOWN_MOVES:,} more in decisions.jsonl</p>" if len(found) > SHOWN_MOVES else ""
    return "<h2>Moves</h2>" + table(["at", "atom", "from", "to", "cause"], lines, "text") + more if lines else ""
