"""`sojourn mqtt`: topics bound to atoms, and what goes through gateways."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sojourn.app.config.resolve import Settings, values
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, in_realm, print_json
from sojourn.model.errors import NodeError

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.gateway.mqtt.binding_file import BindingFile

KEYS = ("mqtt.bindings", "realm.name")
# By which gateways are found, and what they are asked.
SCOPE, ALIAS, STATUS = "door", "mqtt", "mqtt.status"
COLUMNS = ("direction", "filter", "atom", "gateway", "waiting>", "dropped>", "")

mqtt = typer.Typer(help="Bind topics of MQTT to atoms; see what goes through.", no_args_is_help=True)

Filter = Annotated[str, typer.Argument(metavar="FILTER", help="A filter of topics: `sensors/+/temp`, `site/#`.")]
Atom = Annotated[str, typer.Argument(metavar="ATOM", help="Its name, `scope:alias`, or a pattern of names.")]
Out = Annotated[bool, typer.Option("--out", help="The atom may publish there; else it gets what comes.")]


@mqtt.command()
@configured(*KEYS)
def bind(  # noqa: PLR0913 -- options, by keyword
    pattern: Filter,
    atom: Atom,
    *,
    out: Out = False,
    qos: Annotated[int, typer.Option(min=0, max=2, help="Quality of service.")] = 0,
    shared: Annotated[
        str, typer.Option(metavar="GROUP", help="Atoms of one group share what comes: each message goes to one.")
    ] = "",
    drop: Annotated[str, typer.Option(metavar="oldest|newest", help="What goes when too much waits.")] = "oldest",
    keep: Annotated[int, typer.Option(min=0, help="How many messages may wait.")] = 10_000,
    reply: Annotated[
        bool, typer.Option("--reply", help="The broker is told that a message was taken when the atom has answered it.")
    ] = False,
    settings: Settings,
) -> None:
    """Bind a filter to an atom, or to all atoms of an alias or pattern.

    Gateways of this machine's realm see it within a second; it stays until `sojourn mqtt unbind`.
    """
    from sojourn.gateway.mqtt.binding import Binding, checked  # noqa: PLC0415 -- only here

    if drop not in {"oldest", "newest"}:
        raise typer.BadParameter(f"{drop!r} is neither `oldest` nor `newest`")
    chosen: Literal["oldest", "newest"] = "oldest" if drop == "oldest" else "newest"
    made = checked(Binding("out" if out else "in", pattern, atom, qos, shared, chosen, keep, reply))
    file = file_of(settings)
    again = file.add(made)
    say(f"{made} is bound to {atom}{', as it is now' if again else ''}; {file.path} has it")


@mqtt.command()
@configured(*KEYS)
def unbind(pattern: Filter, atom: Atom, *, out: Out = False, settings: Settings) -> None:
    """Take away a binding that `sojourn mqtt bind` made."""
    file_of(settings).remove("out" if out else "in", pattern, atom)
    say(f"{pattern} is not bound to {atom} any more")


@mqtt.command("list")
@configured(*CLIENT, "mqtt.bindings")
def list_bindings(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List bindings, by command and those that atoms bring, and what waits and was dropped at each gateway."""
    commands = [
        {"direction": each.direction, "binding": str(each), "atom": each.atom} for each in file_of(settings).all()
    ]
    gateways = in_realm(settings, told)
    if json_asked:
        print_json({"commands": commands, "gateways": gateways})
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    rows = [cells(row, name) for name, status in gateways.items() for row in status.get("bindings", [])]
    seen = {(row["direction"], row["binding"]) for status in gateways.values() for row in status.get("bindings", [])}
    rows += [cells(row, "-") for row in commands if (row["direction"], row["binding"]) not in seen]
    tables.show(tables.table(COLUMNS, rows), "no bindings; `sojourn mqtt bind FILTER ATOM` makes one")
    for name, status in gateways.items():
        say(line_of(name, status))
    if not gateways:
        say("no gateway with MQTT is there; `sojourn gateway --mqtt BROKER` starts one")


async def told(realm: Realm) -> dict[str, dict[str, Any]]:
    """What each gateway tells of itself; of one that does not answer, why."""
    found: dict[str, dict[str, Any]] = {}
    for row in await realm.find(ALIAS, SCOPE):
        try:
            found[row.atom] = json.loads((await realm.call(row.atom, type=STATUS)).data)
        except (NodeError, ValueError) as error:
            found[row.atom] = {"connected": False, "why": str(error)}
    return found


def cells(row: dict[str, Any], gateway: str) -> tuple[str, ...]:
    """A row of the table."""
    counts = (str(row.get("waiting", "")), str(row.get("dropped", "")))
    return (row["direction"], row["binding"], row["atom"], gateway, *counts, "away" if row.get("away") else "")


def line_of(name: str, status: dict[str, Any]) -> str:
    """What a gateway tells, in a line."""
    if "received" not in status:
        return f"{name}: {status['why']}"
    state = "connected" if status["connected"] else f"no broker: {status['why']}"
    counted = ", ".join(
        f"{status[key]} {text}"
        for key, text in (
            ("received", "came"),
            ("handed", "handed to atoms"),
            ("published", "published"),
            ("dropped_in", "dropped before atoms"),
            ("dropped_out", "dropped before the broker"),
            ("refused", "refused"),
            ("lost", "times without broker"),
        )
        if status[key] or key in {"received", "published"}
    )
    return f"{name}: {state}; {counted}"


def file_of(settings: Settings) -> BindingFile:
    """Bindings by command on this machine."""
    from sojourn.app.doors.mqtt import binding_file  # noqa: PLC0415 -- takes a while to load
    from sojourn.gateway.mqtt.binding_file import BindingFile  # noqa: PLC0415 -- the same

    return BindingFile(binding_file(values(settings), os.environ))
