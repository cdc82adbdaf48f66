"""`sojourn migrate`: an atom goes to another node."""

from __future__ import annotations

import sys
import time as clock
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.measure import size, time
from sojourn.cli.realm import AtomArgument, JsonOption, NodeArgument, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import MoveRow

# A move that is over before has no need of a bar.
LONG_S = 0.5
WIDTH = 24


@configured(*CLIENT)
def migrate(
    atom: AtomArgument,
    node: NodeArgument,
    *,
    cause: Annotated[str, typer.Option(help="Why, for whoever looks at `sojourn moves` later.")] = "asked for",
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Move an atom to another node while it runs."""
    bar = Bar()

    async def work(realm: Realm) -> MoveRow:
        target = await realm.node_name(node)
        chosen = await atom_of(realm, atom)
        try:
            return await chosen.migrate(target, cause=cause, progress=bar.show)
        finally:
            bar.clear()

    move = in_realm(settings, work)
    if json_asked:
        print_json(move)
        return
    typer.echo(
        f"{move.atom}: {move.source} -> {move.target}, downtime {time(move.downtime_ns)}, total {time(move.total_ns)},"
        f" {move.rounds} round{'' if move.rounds == 1 else 's'}, {size(move.bytes)}"
    )


class Bar:
    """How far a long move is, on one line of a terminal."""

    def __init__(self) -> None:
        self._since = clock.monotonic()
        self._shown = False

    def show(self, move: MoveRow) -> None:
        """Draws it."""
        if clock.monotonic() - self._since < LONG_S or not sys.stderr.isatty():
            return
        whole = move.bytes + move.pending_bytes
        done = WIDTH * move.bytes // whole if whole else 0
        line = f"{'#' * done}{'.' * (WIDTH - done)} {move.state.name.lower()}, round {move.rounds}, {size(move.bytes)}"
        sys.stderr.write(f"\r\x1b[K{line}, {size(move.pending_bytes)} left")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        """Takes it away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
