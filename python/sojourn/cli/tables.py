"""Nodes, atoms, moves and images as tables for people."""

from __future__ import annotations

import sys
import time as clock
from typing import TYPE_CHECKING, TypeAlias

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sojourn.app.config import secret
from sojourn.cli.measure import size, time
from sojourn.model.wire import AtomState, MoveState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.app.config.resolve import Settings
    from sojourn.model.wire import AtomRow, ImageRow, KeyRow, MoveRow, NameRow, NodeRow

Cells: TypeAlias = tuple[str, ...]

PIPE_WIDTH = 1000
SHOWN_BYTES = 60
STYLES = {"running": "green", "ended": "dim", "stopped": "dim", "done": "green", "failed": "red", "lost": "red"}


def show(table: Table, empty: str) -> None:
    """Prints a table, or what to say when it has no rows."""
    if table.row_count:
        console().print(table)
    else:
        Console(stderr=True, highlight=False, soft_wrap=True).print(empty)


def console() -> Console:
    """Standard output. Whoever reads it through a pipe wants whole names, however wide a table gets."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def table(columns: Sequence[str], rows: Iterable[Cells]) -> Table:
    """A table; columns whose titles end with > have numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.rstrip(">"), justify="right" if column.endswith(">") else "left", no_wrap=True)
    for row in rows:
        made.add_row(*row)
    return made


def nodes(rows: Iterable[NodeRow], held: Mapping[str, str] | None = None) -> Table:
    """Nodes; `held`: what the controller holds of each, where there is one."""
    columns = ("atoms>", "running>", "workers>", "memory>", "processor>", "up>", "peers>", "addresses")
    if not held:
        return table(("node", *columns), map(node, rows))
    cells = ((held.get(row.name, "-"), *node(row)) for row in rows)
    return table(("node", "state", *columns), ((name, state, *rest) for state, name, *rest in cells))


def node(row: NodeRow) -> Cells:
    """One node."""
    counts = (
        "none hosted" if row.hosts is False else str(row.atoms),
        str(row.running),
        str(row.workers),
        size(row.resident_bytes),
    )
    times = (time(row.processor_ns), time(row.uptime_ns))
    return escape(row.name), *counts, *times, str(len(row.peers)), escape(" ".join(row.addresses))


def atoms(rows: Iterable[AtomRow]) -> Table:
    """Atoms."""
    now = clock.time_ns()
    columns = (
        "atom",
        "node",
        "state",
        "kind",
        "engine",
        "memory>",
        "processor>",
        "age>",
        "moves>",
        "waiting>",
        "output>",
    )
    return table((*columns, "status"), (atom(row, now) for row in rows))


def atom(row: AtomRow, now: int) -> Cells:
    """One atom."""
    ended = row.state is AtomState.ENDED
    status = (str(row.status) if row.status is not None else escape(row.reason or "")) if ended else ""
    times = (time(row.processor_ns), time(max(0, now - row.started_at_ns)))
    output = size(row.stdout_bytes + row.stderr_bytes)
    names = (escape(row.atom), escape(row.node), atom_state(row), kind(row), escape(row.engine))
    waiting = "" if row.waiting is None else str(row.waiting)
    return *names, size(row.memory_bytes), *times, str(row.moves), waiting, output, status


def kind(row: AtomRow) -> str:
    """Whether it runs by itself, or when a message comes; nothing where its node does not say."""
    return {True: "reactive", False: "daemon", None: ""}[row.reactive]


def atom_state(row: AtomRow) -> str:
    """Its state; one that runs and has nothing to do rests."""
    return "[dim]resting[/]" if row.resting and row.state is AtomState.RUNNING else state(row.state)


def names(rows: Iterable[NameRow]) -> Table:
    """Names and aliases."""
    return table(("name", "node", "aliases"), map(name, rows))


def name(row: NameRow) -> Cells:
    """One name, and what else its atom is called."""
    aliases = " ".join(f"{alias.scope}:{alias.alias}" for alias in row.aliases)
    return escape(row.atom), escape(row.node), escape(aliases)


def keys(rows: Iterable[KeyRow]) -> Table:
    """Keys and values."""
    return table(("key", "version>", "bytes>", "value"), map(key, rows))


def key(row: KeyRow) -> Cells:
    """One key; bytes that are no text are shown as Python shows them, long ones by their beginning."""
    return escape(content(row.key)), str(row.version), str(len(row.value)), escape(content(row.value))


def content(bytes_: bytes) -> str:
    """The beginning of a content, in one line."""
    start = bytes_[:SHOWN_BYTES]
    try:
        text = start.decode()
    except UnicodeDecodeError:
        text = ""
    text = text if text.isprintable() and (text or not start) else repr(start)[2:-1]
    return text + ("…" if len(bytes_) > SHOWN_BYTES else "")


def moves(rows: Iterable[MoveRow]) -> Table:
    """Moves."""
    columns = ("atom", "from", "to", "state", "downtime>", "total>", "rounds>", "bytes>", "cause")
    return table(columns, map(move, rows))


def move(row: MoveRow) -> Cells:
    """One move."""
    down = time(row.downtime_ns) if row.state is MoveState.DONE else "-"
    cause = row.cause if row.text is None else f"{row.cause}: {row.text}"
    names = (escape(row.atom), escape(row.source), escape(row.target), state(row.state))
    return *names, down, time(row.total_ns), str(row.rounds), size(row.bytes), escape(cause)


def images(rows: Iterable[ImageRow]) -> Table:
    """Images."""
    now = clock.time_ns()
    columns = ("id>", "node", "atom", "taken>", "size>", "cause")
    return table(columns, (image(row, now) for row in rows))


def image(row: ImageRow, now: int) -> Cells:
    """One image."""
    taken = f"{time(max(0, now - row.taken_at_ns))} ago"
    return str(row.id), escape(row.node), escape(row.atom), taken, size(row.bytes), escape(row.cause)


def settings(all_settings: Settings) -> Table:
    """Keys with their values and where those come from."""
    rows = (
        (name, escape(shown(secret.shown(name, setting.value))), escape(setting.source))
        for name, setting in all_settings.items()
    )
    return table(("key", "value", "from"), rows)


def shown(value: object) -> str:
    """A value of the configuration."""
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def state(value: AtomState | MoveState) -> str:
    """A state in its colour."""
    name = value.name.lower()
    return f"[{STYLES[name]}]{name}[/]" if name in STYLES else name
