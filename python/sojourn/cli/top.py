"""`sojourn top`: the realm, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.options import duration
from sojourn.cli.realm import JsonOption, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import AtomRow, MoveRow, NodeRow

# A terminal shows so many of the last moves.
MOVES = 5
EVERY_S = 1.0


@configured(*CLIENT)
def top(
    *,
    once: Annotated[bool, typer.Option("--once", help="Show it once, and end.")] = False,
    every: Annotated[
        float | None, typer.Option(metavar="TIME", parser=duration, help="Look so often; else each second.")
    ] = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Show nodes, atoms and the last moves, live. Ctrl-C ends it."""
    if json_asked:
        nodes, atoms, moves = in_realm(settings, look)
        print_json({"nodes": nodes, "atoms": atoms, "moves": moves})
        return
    try:
        in_realm(settings, lambda realm: watch(realm, every or EVERY_S, once=once))
    except KeyboardInterrupt:
        raise typer.Exit from None


async def look(realm: Realm) -> tuple[tuple[NodeRow, ...], tuple[AtomRow, ...], tuple[MoveRow, ...]]:
    """What there is now."""
    import asyncio  # noqa: PLC0415 -- takes a while to load

    nodes, atoms, moves = await asyncio.gather(realm.nodes(), realm.atoms(), realm.moves())
    return nodes, atoms, moves[-MOVES:]


async def watch(realm: Realm, every_s: float, *, once: bool) -> None:
    """Draws it, again and again."""
    import asyncio  # noqa: PLC0415 -- takes a while to load

    from rich.console import Group  # noqa: PLC0415 -- Rich takes a tenth of a second to load
    from rich.live import Live  # noqa: PLC0415 -- the same

    from sojourn.cli import tables  # noqa: PLC0415 -- the same

    async def drawn() -> Group:
        nodes, atoms, moves = await look(realm)
        return Group(tables.nodes(nodes), "", tables.atoms(atoms), "", tables.moves(moves))

    console = tables.console()
    if once:
        console.print(await drawn())
        return
    with Live(await drawn(), console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(every_s)
            live.update(await drawn(), refresh=True)
