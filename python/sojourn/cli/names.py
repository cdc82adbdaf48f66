"""`sojourn names`: who is called what, and where it is."""

from __future__ import annotations

from typing import Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import JsonOption, in_realm, print_json
from sojourn.model.names import nobody
from sojourn.model.node_errors import UnknownAlias


@configured(*CLIENT)
def names(
    pattern: Annotated[
        str,
        typer.Argument(metavar="PATTERN", help="A regular expression for all of a name; else all.", show_default=False),
    ] = "",
    *,
    scope: Annotated[
        str | None, typer.Option(metavar="SCOPE", help="Match aliases of this scope, such as topic; else names.")
    ] = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Find atoms that run by their names, or by their aliases: where each is, and what it is called.

    A pattern fits an atom by its name with the node of its birth, or by its name alone.
    """
    rows = in_realm(settings, lambda realm: realm.find(pattern, scope))
    if not rows and (pattern or scope is not None):
        raise UnknownAlias(nobody(pattern or ".*", scope))
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.names(rows), "no atoms; `sojourn start FILE.wasm` starts one")
