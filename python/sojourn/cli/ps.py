"""`sojourn ps`: what runs where."""

from __future__ import annotations

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import JsonOption, in_realm, print_json


@configured(*CLIENT)
def ps(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List the atoms of a realm: where each is, and how it does."""
    rows = in_realm(settings, lambda realm: realm.atoms())
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.atoms(rows), "no atoms; `sojourn start FILE.wasm` starts one")
