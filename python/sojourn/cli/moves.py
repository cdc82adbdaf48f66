"""`sojourn moves`: who moved when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import MoveRow


@configured(*CLIENT)
def moves(
    atom: Annotated[str | None, typer.Argument(metavar="ATOM", help="Only those of this one.")] = None,
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List the last moves of a realm with downtime, rounds, bytes and cause, the oldest first."""

    async def work(realm: Realm) -> tuple[MoveRow, ...]:
        name = None if atom is None else (await atom_of(realm, atom)).name
        return await realm.moves(name)

    rows = in_realm(settings, work)
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.moves(rows), "no moves; `sojourn migrate ATOM NODE` makes one")
