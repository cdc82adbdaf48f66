"""`sojourn keys`: what an atom keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import KeyRow


@configured(*CLIENT)
def keys(
    atom: AtomArgument,
    prefix: Annotated[
        str, typer.Argument(metavar="PREFIX", help="Only keys that begin so; else all.", show_default=False)
    ] = "",
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List the keys and values of an atom, in the order of the keys. With --json they are in hexadecimal."""

    async def work(realm: Realm) -> tuple[KeyRow, ...]:
        return await (await atom_of(realm, atom)).keys(prefix)

    rows = in_realm(settings, work)
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.keys(rows), "no keys")
