"""`sojourn ps`: what runs where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.config.resolve import Settings
from sojourn.app.rows import as_json
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.controller import CONTROLLER, controller
from sojourn.cli.realm import JsonOption, in_realm, print_json
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from sojourn.model.record import AtomRecord


@configured(*dict.fromkeys((*CLIENT, *CONTROLLER)))
def ps(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List the atoms of a realm: where each is, and how it does; and what runs at foreign nodes."""
    rows = in_realm(settings, lambda realm: realm.atoms())
    others = foreign(settings)
    if json_asked:
        plain = as_json(rows)
        assert isinstance(plain, list)  # noqa: S101 -- rows are a tuple
        told = [{"atom": each.name, "node": each.node, "state": each.state, "kind": each.kind} for each in others]
        print_json([*plain, *told])
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    shown = tables.atoms(rows)
    for each in others:
        shown.add_row(each.name, each.node, each.state, each.kind)
    tables.show(shown, "no atoms; `sojourn start FILE.wasm` starts one")


def foreign(settings: Settings) -> list[AtomRecord]:
    """What runs at foreign nodes; nothing is known of them where no controller answers."""
    from sojourn.gateway.http.answer import AtomPart  # noqa: PLC0415 -- takes a while to load

    try:
        parts = list(controller(settings).all("/v1/atoms", AtomPart, {"foreign": True}))
    except SojournError:
        return []
    return [record for part in parts for record in part.items]
