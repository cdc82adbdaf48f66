"""`sojourn up`: a realm on this machine."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.complete import complete
from sojourn.app.config.resolve import Settings, values
from sojourn.app.page_address import page_address
from sojourn.cli.configured import configured
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, in_realm, print_json_line
from sojourn.model.config import Setting
from sojourn.model.config_keys import KEYS
from sojourn.model.node_errors import Internal, Unreachable

if TYPE_CHECKING:
    from sojourn.app.local_realm import Member
    from sojourn.core.realm import Realm
    from sojourn.model.wire import NodeRow

HOST, PORT, ADDRESS = "127.0.0.1", 7447, "controller.address"
MOST_NODES = 64
# What differs from node to node is not for the configuration to say.
DIFFERENT = {"node.name", "node.listen", "node.join", "node.folder"}
COMMON = tuple(key.name for key in KEYS if not key.name.startswith("client.") and key.name not in DIFFERENT)
# Keys that ask for a gateway.
DOORS = ("gateway.http", "mqtt.broker")
# How long nodes may take until each has met all others.
MEET_S = 30.0


@configured(*COMMON)
def up(  # noqa: PLR0913 -- options, by keyword
    *,
    nodes: Annotated[int, typer.Option(min=1, max=MOST_NODES, help="How many.")] = 3,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the first; 0: any free one.")] = PORT,
    folder: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Folder for what they keep; else one that goes at the end.")
    ] = None,
    uncontrolled: Annotated[
        bool, typer.Option("--no-controller", help="Without a controller: atoms stay where they are put.")
    ] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Start a realm on this machine: node-1, node-2 and so on, each a process.

    It runs until Ctrl-C or SIGTERM, which end all of it.
    """
    from sojourn.app.local_realm import LocalRealm  # noqa: PLC0415 -- only here

    with LocalRealm(complete(values(settings), os.environ), nodes, port, folder) as realm:
        rows = in_realm(at(settings, realm.address), lambda client: met(client, set(realm.names)))
        controller = (
            realm.control({**values(settings), ADDRESS: rest_address(settings, port)}) if not uncontrolled else None
        )
        page = shown_page(controller, settings)
        doors = realm.gateway(values(settings)) if any(settings[key].value for key in DOORS) else {}
        # Whoever reads that it is up may end it at once.
        realm.heed()
        if json_asked:
            told = {"address": realm.address, "controller": controller, "page": page, "doors": doors, "nodes": rows}
            print_json_line(told)
        else:
            show(rows, realm.address)
            if controller is not None:
                say(f"controller: http://{controller}/v1")
            if page is not None:
                say(f"dashboard: {page}")
            for door, where in doors.items():
                say(f"{door}: {shown_door(door, where, settings)}")
        if not realm.watch(ended):
            raise Internal("all nodes ended", "what they wrote is above")


def at(settings: Settings, address: str) -> Settings:
    """The configuration of a client of this realm."""
    key = settings["client.address"].key
    return {**settings, key.name: Setting(key, address, "sojourn up")}


def rest_address(settings: Settings, port: int) -> str:
    """Where the controller is reached over HTTP: any free port where the nodes have any, if nobody says otherwise."""
    setting = settings[ADDRESS]
    return f"{HOST}:0" if port != PORT and setting.source == "default" else str(setting.value)


async def met(realm: Realm, names: set[str]) -> tuple[NodeRow, ...]:
    """Waits until each node has a session with all others."""
    import asyncio  # noqa: PLC0415 -- takes a while to load

    deadline = time.monotonic() + MEET_S
    while True:
        rows = [row for row in await realm.nodes() if row.name in names]
        if {row.name for row in rows} == names and all(names <= {row.name, *row.peers} for row in rows):
            return tuple(rows)
        if time.monotonic() > deadline:
            here = ", ".join(row.name for row in rows)
            raise Unreachable(f"after {MEET_S:.0f} s not all nodes have met; in the realm are {here}")
        await asyncio.sleep(0.02)


def show(rows: tuple[NodeRow, ...], address: str) -> None:
    """The table, and what to do next."""
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.nodes(rows), "no nodes")
    option = "" if address.endswith(f":{PORT}") else f" --address {address}"
    say(f"next:  sojourn start{option} FILE.wasm")
    say(f"       sojourn top{option}")
    say(f"       sojourn migrate{option} ATOM {rows[-1].name}")


def shown_page(controller: str | None, settings: Settings) -> str | None:
    """Where the controller's page is looked at; None: there is none."""
    if controller is None or not settings["controller.page"].value:
        return None
    return page_address(controller, secure=bool(settings["controller.certificate"].value))


def shown_door(door: str, where: str, settings: Settings) -> str:
    """Where a door is, for people."""
    if door not in {"http", "http3"}:
        return where
    secure = door == "http3" or settings["gateway.certificate"].value
    return f"{'https' if secure else 'http'}://{where}/a/NAME/"


def ended(member: Member, status: int) -> None:
    """A node is gone."""
    say(f"{member.name} ended with exit status {status}")
