"""A controller in a process of its own: what `up` and `controller` come to.

Its order, a line of JSON, comes through a pipe, as that of a node; see `sojourn.app.member`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.connection import accepts, nobody
from sojourn.app.controller.followers import Followers
from sojourn.app.controller.link import Link
from sojourn.app.controller.modules import Modules
from sojourn.app.controller.runner import Runner
from sojourn.app.controller.service.service import Service
from sojourn.app.ending import heed
from sojourn.app.member import STDIN, failed, read_order, tell
from sojourn.app.observe import logs
from sojourn.app.observe.traces import open_traces
from sojourn.app.policies import installed_policies
from sojourn.core.node import Node
from sojourn.core.version import VERSION
from sojourn.dashboard.files import Page
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import guard_of
from sojourn.gateway.http.listener import Place
from sojourn.gateway.http.origins import origins_of
from sojourn.gateway.http.server import Tls, is_loopback, serving
from sojourn.model.errors import ConfigError, SojournError, StorageError
from sojourn.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.model.config import Value

# Whether it is ready is looked at so often, in seconds.
READY_S = 0.01
# Where it keeps things, in its folder.
STORE, MODULES, TOKENS = "controller.sqlite", "modules", "tokens.json"


async def control(settings: Mapping[str, Value], *, as_json: bool, lifeline: int | None) -> None:
    """Runs a controller until SIGTERM or SIGINT comes, or the lifeline is closed.

    Args:
        settings: The configuration, with `controller.folder`.
        as_json: How it tells that it is ready.
        lifeline: A pipe that is held open by whoever it must not outlive.

    Raises:
        SojournError: It could not join, listen, or open its store.
    """
    folder = Path(str(settings["controller.folder"]))
    await asyncio.to_thread(make, folder)
    ended = asyncio.Event()
    heed(ended, lifeline)
    realm = str(settings["realm.name"])
    traces = open_traces(text_of(settings, "controller.traces"), os.environ, realm, VERSION)
    trace_address = trace_address_of(settings)
    origins = origins_of(text_of(settings, "controller.origins"))
    page = Page().answer if settings["controller.page"] else None
    place, tls = place_of(str(settings["controller.address"])), tls_of(settings)
    # Who leads is told by where it is reached, if that is known before.
    holder = f"{'https' if tls else 'http'}://{place.host}:{place.port}" if place.port else ""
    kept = text_of(settings, "controller.store") or str(folder / STORE)
    store = await asyncio.to_thread(open_store, kept, holder)
    try:
        link = Link(await asyncio.to_thread(open_gateway, settings))
        try:
            modules, followers = Modules(folder / MODULES, time.time), Followers()
            runner = Runner(
                link,
                store,
                modules=modules,
                followers=followers,
                traces=traces,
                clock=time.time,
                policies=installed_policies(),
            )
            always = bool(settings["controller.token_always"])
            tokens = TokenFile(Path(text_of(settings, "controller.token_file") or folder / TOKENS))
            guard = guard_of(tokens, loopback=is_loopback(place), always=always, origins=origins)
            service = Service(runner, modules, followers, realm, trace_address)
            async with serving(Application(service, guard, page), place, tls) as bound:
                told = f"{bound.host}:{bound.port}"
                line = json.dumps({"controller": told}) if as_json else f"controller {told}"
                await until_ended(runner, ended, lambda: tell(sys.stdout, line))
        finally:
            await link.close()
    finally:
        await asyncio.to_thread(store.close)
        await asyncio.to_thread(traces.close)


async def until_ended(runner: Runner, ended: asyncio.Event, ready: Callable[[], None]) -> None:
    """Runs until it is to end, or cannot go on.

    Args:
        runner: The controller's loop.
        ended: Whether it is to end.
        ready: Told when it has read what is kept, so that whoever asks is answered.
    """
    running, stop = asyncio.create_task(runner.run()), asyncio.create_task(ended.wait())
    while not (runner.ready or running.done() or ended.is_set()):  # noqa: ASYNC110 -- it is read in a thread
        await asyncio.sleep(READY_S)
    if runner.ready:
        ready()
    done, _ = await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
    if running in done:
        stop.cancel()
        running.result()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def text_of(settings: Mapping[str, Value], name: str) -> str:
    """A setting as text; empty where there is none."""
    return str(settings[name] or "")


def make(folder: Path) -> None:
    """Makes the controller's folder.

    Raises:
        StorageError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the folder {folder}: {error.strerror or error}") from error


def open_gateway(settings: Mapping[str, Value]) -> Node:
    """Joins the realm."""
    address = str(settings["client.address"])
    if not accepts(address):
        raise nobody(address)
    own = {name: value for name, value in settings.items() if not name.startswith(("node.", "gateway.", "mqtt."))}
    name = f"controller-{secrets.token_hex(3)}"
    return Node({**own, "node.join": (address,), "node.name": name}, "gateway")


def place_of(address: str) -> Place:
    """Where REST is served.

    Raises:
        ConfigError: It is no address.
    """
    host, found, port = address.rpartition(":")
    if not found or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 -- the last port
        raise ConfigError(f"controller.address is {address!r}, and should be HOST:PORT, as 127.0.0.1:7480")
    return Place(host.strip("[]"), int(port))


def tls_of(settings: Mapping[str, Value]) -> Tls | None:
    """Certificates, where there are some.

    Raises:
        ConfigError: One is there without the other.
    """
    certificate, key = text_of(settings, "controller.certificate"), text_of(settings, "controller.key")
    if bool(certificate) != bool(key):
        raise ConfigError("controller.certificate and controller.key belong together: give both or none")
    return Tls(Path(certificate), Path(key)) if certificate else None


def trace_address_of(settings: Mapping[str, Value]) -> str:
    """Where a trace can be looked at. It becomes a link of the page, which leads to nothing but a page.

    Raises:
        ConfigError: It is no such address.
    """
    address = text_of(settings, "controller.trace_address")
    if address and not (address.startswith(("http://", "https://")) and "{trace}" in address):
        raise ConfigError(
            f"controller.trace_address is to be an address as http://HOST:16686/trace/{{trace}}, not {address!r}"
        )
    return address


def main(arguments: list[str]) -> int:
    """Runs the controller; the exit status of this process."""
    alone = len(arguments) > 1
    order = read_order(int(arguments[1]) if alone else STDIN, close=alone)
    as_json = order["json"]
    logs.set_up(level=logging.INFO if os.environ.get("SOJOURN_LOG") else logging.WARNING)
    try:
        asyncio.run(control(order["settings"], as_json=as_json, lifeline=None if alone else STDIN))
    except SojournError as error:
        failed(error, as_json=as_json and not alone)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
