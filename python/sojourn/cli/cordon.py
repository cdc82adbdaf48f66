"""`sojourn cordon`, `uncordon`, `drain`: which nodes take atoms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, NodeNamed, controller, print_record
from sojourn.cli.message import hint, say
from sojourn.cli.realm import JsonOption

if TYPE_CHECKING:
    from sojourn.model.record import NodeRecord


@configured(*CONTROLLER)
def cordon(node: NodeNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Let a node take no further atoms; those that it has stay."""
    record = changed(settings, node, "PUT", "cordon")
    if json_asked:
        print_record(record)
        return
    say(f"cordoned: {record.key} takes no further atoms")
    hint(f"sojourn uncordon {record.key}")


@configured(*CONTROLLER)
def uncordon(node: NodeNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Let a node take atoms again, and end its draining."""
    record = changed(settings, node, "DELETE", "cordon")
    if json_asked:
        print_record(record)
        return
    say(f"{record.key} takes atoms again")


@configured(*CONTROLLER)
def drain(node: NodeNamed, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Let a node take no further atoms, and move those that it has away."""
    record = changed(settings, node, "PUT", "drain")
    if json_asked:
        print_record(record)
        return
    say(f"draining: {record.facts.atoms} atoms of {record.key} are moved away")
    hint(f"sojourn events -f shows them go; sojourn uncordon {record.key} ends it")


def changed(settings: Settings, node: str, method: str, what: str) -> NodeRecord:
    """A node after a change."""
    from sojourn.model.record import NodeRecord  # noqa: PLC0415 -- takes a while to load

    client = controller(settings)
    return client.ask(method, f"/v1/nodes/{client.node_name(node)}/{what}", NodeRecord)
