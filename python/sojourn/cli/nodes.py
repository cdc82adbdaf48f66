"""`sojourn nodes`: who belongs to the realm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.app.rows import as_json
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.controller import CONTROLLER, controller, print_record
from sojourn.cli.realm import JsonOption, in_realm, print_json
from sojourn.model.errors import NoController

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.model.record import NodeRecord


@configured(*dict.fromkeys((*CLIENT, *CONTROLLER)))
def nodes(
    *,
    facts: Annotated[
        bool,
        typer.Option("--facts", help="As the controller holds them: load, energy, engines, tags; also lost ones."),
    ] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List the nodes of a realm, and where there is a controller, what it holds of each."""
    if facts:
        show_facts(held(settings), json_asked=json_asked)
        return
    rows = in_realm(settings, lambda realm: realm.nodes())
    try:
        records = {record.key: record for record in held(settings)}
    except NoController:
        records = {}
    if json_asked:
        told = [{**dict_of(row), "controller": plain(records.get(row.name))} for row in rows]
        told += [{"name": each.key, "kind": each.facts.kind, "controller": plain(each)} for each in foreign(records)]
        print_json(told)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    shown = tables.nodes(rows, {name: state(record) for name, record in records.items()})
    for record in foreign(records):
        shown.add_row(record.key, f"{state(record)}, {record.facts.kind}")
    tables.show(shown, "no nodes")


def held(settings: Settings) -> list[NodeRecord]:
    """What the controller holds of all nodes."""
    from sojourn.gateway.http.answer import NodePart  # noqa: PLC0415 -- takes a while to load

    return [record for part in controller(settings).all("/v1/nodes", NodePart) for record in part.items]


def show_facts(records: list[NodeRecord], *, json_asked: bool) -> None:
    """Facts of nodes."""
    if json_asked:
        print_record(records)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.nodes(records), "no nodes")


def foreign(records: Mapping[str, NodeRecord]) -> list[NodeRecord]:
    """Nodes that are not the realm's own: no node of the realm tells of them."""
    return [record for record in records.values() if record.facts.kind]


def dict_of(row: object) -> dict[str, object]:
    """A row as JSON's types."""
    made = as_json(row)
    assert isinstance(made, dict)  # noqa: S101 -- rows are records
    return made


def plain(record: NodeRecord | None) -> object:
    """A record as JSON's types."""
    import msgspec  # noqa: PLC0415 -- takes a while to load

    return msgspec.to_builtins(record)


def state(record: NodeRecord) -> str:
    """What the controller holds of a node, in a word."""
    return "draining" if record.draining else "cordoned" if record.cordoned else str(record.state)
