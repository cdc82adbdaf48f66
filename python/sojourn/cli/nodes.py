"""`sojourn nodes`: who belongs to the realm."""

from __future__ import annotations

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import JsonOption, in_realm, print_json


@configured(*CLIENT)
def nodes(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List the nodes of a realm."""
    rows = in_realm(settings, lambda realm: realm.nodes())
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.nodes(rows), "no nodes")
