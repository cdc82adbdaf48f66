"""What the controller knows, as tables for people."""

from __future__ import annotations

import datetime as dt
import time as clock
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from sojourn.cli.measure import NANOSECONDS, size, time
from sojourn.cli.tables import Cells, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.http.answer import PartFacts, ProgramFacts
    from sojourn.model.fleet import Energy, NodeFacts
    from sojourn.model.placement import Explanation, Plan, PlannedMove, Verdict
    from sojourn.model.record import ModuleRecord, NodeRecord, RealmEvent, RolloutRecord, SettingRecord

COLOURS = {
    "up": "green",
    "lost": "red",
    "gone": "dim",
    "running": "green",
    "paused": "yellow",
    "done": "green",
    "rolled_back": "red",
    "failed": "red",
    "partly": "yellow",
    "waiting": "yellow",
}


def coloured(word: str) -> str:
    """A state in its colour."""
    return f"[{COLOURS[word]}]{word}[/]" if word in COLOURS else escape(word)


def ago(at: float) -> str:
    """How long ago a time is, by this machine's clock."""
    return f"{time(max(0, round((clock.time() - at) * NANOSECONDS)))} ago" if at else ""


def number(value: float) -> str:
    """A number in as many digits as say something."""
    return f"{value:.4g}"


def nodes(records: Iterable[NodeRecord]) -> Table:
    """Nodes, as the controller holds them."""
    columns = (
        "node",
        "state",
        "takes",
        "atoms>",
        "cores>",
        "load>",
        "speed>",
        "memory free>",
        "energy",
        "€/h>",
        "seen>",
    )
    return table((*columns, "arch", "engines", "tags"), map(node, records))


def hosting(facts: NodeFacts) -> str:
    """What a node takes by itself."""
    return "atoms" if facts.hosts else "no atoms"


def node(record: NodeRecord) -> Cells:
    """One node."""
    facts = record.facts
    takes = "[yellow]draining[/]" if record.draining else "[yellow]cordoned[/]" if record.cordoned else hosting(facts)
    numbers = (str(facts.atoms), number(facts.cores), number(facts.load), number(facts.speed))
    more = (size(facts.memory_free_bytes), energy(facts.energy, low=facts.low_energy), number(facts.euro_per_hour))
    words = (escape(facts.arch), escape(" ".join(facts.engines)), escape(" ".join(facts.tags)))
    return escape(facts.name), coloured(record.state), takes, *numbers, *more, ago(record.seen_at), *words


def energy(found: Energy | None, *, low: bool) -> str:
    """A store of energy: how full it is, and whether it ends soon."""
    if found is None or found.mains:
        return "" if found is None else "mains"
    share = (
        f"{100 * found.joules / found.capacity_joules:.0f} %" if found.capacity_joules else number(found.joules) + " J"
    )
    return f"[red]{share}, low[/]" if low else share


def explanation(found: Explanation) -> Table:
    """Node by node: why not, or the score term by term."""
    terms = list(dict.fromkeys(term.text for verdict in found.nodes for term in verdict.terms))
    columns = ("rank>", "node", "score>", *(f"{term}>" for term in map(escape, terms)), "why not")
    return table(columns, (verdict(each, terms) for each in found.nodes))


def verdict(found: Verdict, terms: list[str]) -> Cells:
    """One node."""
    values = {term.text: number(term.value) for term in found.terms}
    name = f"[bold]{escape(found.node)}[/] (here)" if found.here else escape(found.node)
    rank, score = (str(found.rank) if found.rank else "-"), "" if found.score is None else number(found.score)
    return rank, name, score, *(values.get(term, "") for term in terms), escape("; ".join(found.refused))


def plan(found: Plan) -> Table:
    """Who would go where."""
    columns = ("atom", "from", "to", "gain>", "downtime>", "total>", "why")
    return table(columns, map(planned, found.moves))


def planned(move: PlannedMove) -> Cells:
    """One move that would follow."""
    names = (escape(move.atom), escape(move.source or "-"), escape(move.target))
    gain = f"{number(move.gain)} {move.measure}".strip()
    return *names, gain, f"{number(move.cost_ms)} ms", f"{number(move.total_ms)} ms", escape(move.reason)


def rollouts(records: Iterable[RolloutRecord]) -> Table:
    """Rollouts."""
    columns = ("rollout", "state", "old", "new", "updated>", "canary>", "batch>", "changed>", "why")
    return table(columns, map(rollout, records))


def rollout(record: RolloutRecord) -> Cells:
    """One rollout."""
    names = (escape(record.name), coloured(record.state), record.old[:12], record.new[:12])
    counts = (f"{len(record.updated)} of {len(record.atoms)}", str(record.canary), str(record.batch))
    return *names, *counts, ago(record.changed_at), escape(record.reason)


def programs(found: Iterable[ProgramFacts]) -> Table:
    """Programs."""
    columns = ("program", "state", "running>", "parts>", "changed>", "what it is")
    return table(columns, map(program, found))


def program(found: ProgramFacts) -> Cells:
    """One program."""
    running = sum(part.state == "running" for part in found.parts)
    names = (escape(found.name), coloured(found.state), str(running), str(len(found.parts)))
    return *names, ago(found.changed_at), escape(found.description)


def parts(found: ProgramFacts) -> Table:
    """Parts of a program."""
    return table(("part", "state", "atom", "node", "module", "why"), map(part, found.parts))


def part(found: PartFacts) -> Cells:
    """One part."""
    where = (escape(found.atom), escape(found.node), found.module[:12])
    return escape(found.part), coloured(found.state), *where, escape(found.reason)


def modules(records: Iterable[ModuleRecord]) -> Table:
    """Modules."""
    return table(("module", "name", "size>", "added>"), map(module, records))


def module(record: ModuleRecord) -> Cells:
    """One module."""
    return record.digest, escape(record.name), size(record.bytes) if record.bytes else "", ago(record.added_at)


def settings(records: Iterable[SettingRecord]) -> Table:
    """Settings."""
    return table(("setting", "value"), ((escape(each.name), escape(each.value)) for each in records))


def event(found: RealmEvent) -> str:
    """One event, on one line."""
    at = dt.datetime.fromtimestamp(found.at, dt.UTC).astimezone()
    return f"{found.number:>6}  {at:%Y-%m-%d %H:%M:%S}  {found.kind:<18}  {found.subject}: {found.text}"
