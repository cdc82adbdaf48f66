"""A gateway in a process of its own: it joins a realm as a node without atoms, opens its doors, and runs until ended.

Its order and what it tells are as those of a node (`app/member`).
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import secrets
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from sojourn.app.connection import accepts, nobody
from sojourn.app.doors.meeting import meet
from sojourn.app.doors.table import DOORS
from sojourn.app.ending import heed
from sojourn.app.member import STDIN, failed, read_order, tell
from sojourn.app.observe import logs
from sojourn.core.node import Node
from sojourn.core.port import open_port
from sojourn.model.errors import ConfigError, SojournError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from sojourn.app.doors.door import Settings
    from sojourn.gateway.port import Port

# Objects that are made before the youngest are looked through.
GARBAGE = 20_000
# Tables of keys that the embedded node does not read.
NOT_ITS = ("node.", "controller.", "gateway.", "mqtt.", "arts.")


class House:
    """The process that doors hang in.

    Args:
        node: It.
        settings: The configuration.
    """

    def __init__(self, node: Node, settings: Settings) -> None:
        self.node = node
        self.settings = settings
        self.ended = asyncio.Event()
        self.error: Exception | None = None
        self._ports: list[Port] = []

    def open_port(self, name: str, aliases: Iterable[tuple[str, str]] = ()) -> Port:
        """A port of a door's own."""
        port = open_port(self.node, name, aliases)
        self._ports.append(port)
        return port

    def fail(self, error: Exception) -> None:
        """Ends the process, for a door cannot go on."""
        self.error = self.error or error
        self.ended.set()

    def close(self) -> None:
        """Closes all ports, and leaves the realm."""
        for port in self._ports:
            port.close()
        self.node.close()


async def run_doors(settings: Settings, *, as_json: bool, lifeline: int | None) -> None:
    """Runs a gateway until SIGTERM or SIGINT comes, or the lifeline is closed.

    Args:
        settings: The configuration.
        as_json: How it tells that it is ready.
        lifeline: A pipe that is held open by whoever it must not outlive.

    Raises:
        SojournError: It could not join, or a door could not be opened or cannot go on.
    """
    wanted = [door for door in DOORS if door.wanted(settings)]
    if not wanted:
        raise ConfigError("a gateway without a door", "give --http 127.0.0.1:7481, or another door")
    house = House(await asyncio.to_thread(join, settings), settings)
    heed(house.ended, lifeline)
    try:
        await meet(house.node)
        async with AsyncExitStack() as stack:
            told = {"name": house.node.name}
            for door in wanted:
                told.update(await stack.enter_async_context(door.opened(house)))
            # What is there now stays: what comes and goes with each message is what is looked through for garbage.
            gc.collect()
            gc.freeze()
            gc.set_threshold(GARBAGE)
            tell(sys.stdout, json.dumps(told) if as_json else line_of(told))
            await house.ended.wait()
    finally:
        await asyncio.to_thread(house.close)
    if house.error is not None:
        raise house.error


def line_of(told: dict[str, str]) -> str:
    """What is told, for people."""
    return " ".join([told["name"], *(f"{door}={where}" for door, where in told.items() if door != "name")])


def join(settings: Settings) -> Node:
    """Joins the realm as a node without atoms.

    Raises:
        NodeError: Nobody answers at the address.
    """
    address = str(settings["client.address"])
    if not accepts(address):
        raise nobody(address)
    own = {name: value for name, value in settings.items() if not name.startswith(NOT_ITS)}
    name = str(settings["gateway.name"] or "") or f"gateway-{secrets.token_hex(3)}"
    return Node({**own, "node.name": name, "node.join": (address,), "node.hosts": False}, "node")


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs it in the fastest event loop that there is: uvloop, where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 -- an extra
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def main(arguments: list[str]) -> int:
    """Runs the gateway; the exit status of this process."""
    alone = len(arguments) > 1
    order = read_order(int(arguments[1]) if alone else STDIN, close=alone)
    as_json = order["json"]
    logs.set_up(level=logging.INFO if os.environ.get("SOJOURN_LOG") else logging.WARNING)
    try:
        run(run_doors(order["settings"], as_json=as_json, lifeline=None if alone else STDIN))
    except SojournError as error:
        failed(error, as_json=as_json and not alone)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
