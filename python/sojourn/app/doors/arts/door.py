"""The door as its process sees it."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
import uuid
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.config.complete import realm_folder
from sojourn.app.doors.arts import files
from sojourn.app.doors.arts.hands import Hands, Orders
from sojourn.app.doors.arts.lists import Lists
from sojourn.app.doors.arts.modules import Source
from sojourn.app.doors.arts.shell import Shell
from sojourn.app.doors.arts.sight import Nodes, Sight
from sojourn.app.doors.arts.streams import Streams
from sojourn.app.doors.reading import reading
from sojourn.app.member import ASKED_FOR
from sojourn.app.rest_client import rest_client
from sojourn.gateway.http.listener import place_of
from sojourn.gateway.http.server import serving
from sojourn.gateway.mqtt.arts import limit
from sojourn.gateway.mqtt.arts.centre import Centre
from sojourn.gateway.mqtt.arts.keeping import Keeping
from sojourn.gateway.mqtt.arts.state import Options
from sojourn.gateway.mqtt.arts.topic import Topics
from sojourn.gateway.mqtt.broker import broker_at
from sojourn.gateway.mqtt.client import Client
from sojourn.gateway.mqtt.packet import V311
from sojourn.gateway.mqtt.session import Options as SessionOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sojourn.app.doors.door import House, Settings, Told
    from sojourn.gateway.mqtt.broker import Broker

# Its port; names that begin with a dot are found by nobody who does not know them.
PORT = ".arts"
WORD = "realm"
# How long the broker is waited for before the door tells that it is open.
BROKER_S = 5.0
STORE = "arts.sqlite"


@dataclass(frozen=True, slots=True)
class Setup:
    """What settings and files come to.

    Attributes:
        broker: Where the broker is, and who we are to it.
        word: The realm's word.
    """

    broker: Broker
    word: str


def setup_of(settings: Settings) -> Setup:
    """What settings and files come to: what is set wins over what a file says.

    Raises:
        ConfigError: A file is not what it should be, or an address is none.
    """
    mqtt = files.mqtt_file(Path(path)) if (path := text(settings, "arts.mqtt_file")) else files.MqttFile()
    address = text(settings, "arts.broker") or f"{mqtt.host or files.HOST}:{mqtt.port}"
    authority = text(settings, "arts.authority")
    broker = broker_at(address, authority=Path(authority) if authority else None)
    user, password = broker.user or text(settings, "arts.user") or files.USER, broker.password or b""
    if path := text(settings, "arts.credentials_file"):
        credentials = files.credentials_file(Path(path))
        user, password = credentials.username, credentials.password.encode()
    if path := text(settings, "arts.key_file"):
        password = files.key_file(Path(path)).key.encode()
    return Setup(replace(broker, user=user, password=password), text(settings, "arts.realm") or mqtt.realm or WORD)


class ArtsDoor:
    """See `sojourn.app.doors.door.Door`."""

    name = "arts"

    def wanted(self, settings: Settings) -> bool:
        """Whether the process was begun for it."""
        return bool(settings.get(ASKED_FOR))

    @asynccontextmanager
    async def opened(self, house: House) -> AsyncIterator[Told]:
        """Is open while the context is."""
        settings = house.settings
        setup = setup_of(settings)
        source = Source(text(settings, "arts.modules"))
        client = rest_client(settings)
        topics, policy = Topics(setup.word), text(settings, "arts.policy")
        options = Options(seconds(settings, "arts.answer"), seconds(settings, "arts.grace"), policy)
        centre = Centre(topics, options, lambda: str(uuid.uuid4()))
        keeping = await asyncio.to_thread(Keeping, folder(settings) / STORE)
        async with AsyncExitStack() as stack:
            stack.callback(keeping.close)
            centre.load(await asyncio.to_thread(keeping.load))
            port = house.open_port(PORT)
            orders = Orders(house.node.name, port.name, policy, seconds(settings, "arts.images_every"))
            hands = Hands(client, source, str(settings["realm.name"]), orders)
            shell = Shell(centre, keeping, hands, time.time, house.fail)
            stack.callback(shell.close)
            shell.client = mqtt = Client(setup.broker, session(setup), shell)

            def wrote(atom: str, file: str, data: bytes) -> None:
                centre.atom_sent(atom, file, data)
                shell.after()

            shell.streams = streams = Streams(port, wrote)
            stack.enter_context(reading(port, streams.take))
            sight = Sight(Nodes(house.node), hands, centre, shell.after)
            await shell.first_look()
            for pattern in topics.filters:
                mqtt.subscribe(pattern)
            shell.after()
            told = {"arts": str(setup.broker)}
            if address := text(settings, "arts.rest"):
                lists = Lists(centre.state, setup.broker, number(settings, "arts.ws_port"))
                bound = await stack.enter_async_context(serving(lists, place_of(address)))
                told["arts-rest"] = f"{bound.host}:{bound.port}"
            for work in (mqtt.run(), shell.run(), sight.run(), streams.run()):
                stack.push_async_callback(ended, asyncio.create_task(guarded(work, house)))
            # Whoever reads that it is up is heard from then on; where there is no broker, as soon as there is one.
            with suppress(TimeoutError):
                await asyncio.wait_for(shell.listening.wait(), BROKER_S)
            yield told


async def guarded(work: object, house: House) -> None:
    """Work without an end: when it fails, the process does."""
    try:
        await work  # type: ignore[misc]
    except Exception as error:
        house.fail(error)
        raise


async def ended(task: asyncio.Task[None]) -> None:
    """Ends a task."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task


def session(setup: Setup) -> SessionOptions:
    """How the door introduces itself: with a name of its own each time, and as the dialect has it, 3.1.1."""
    client = f"sojourn-arts-{secrets.token_hex(6)}"
    packet = limit.MIGRATION_BYTES + limit.MESSAGE_BYTES
    user, password = setup.broker.user, setup.broker.password
    return SessionOptions(client=client, version=V311, clean=True, packet_bytes=packet, user=user, password=password)


def folder(settings: Settings) -> Path:
    """Where it keeps things."""
    given = text(settings, "arts.folder")
    return Path(given) if given else realm_folder(str(settings["realm.name"]), os.environ)


def text(settings: Settings, name: str) -> str:
    """A setting as text; empty where there is none."""
    return str(settings[name] or "")


def number(settings: Settings, name: str) -> int:
    """A setting as a number."""
    value = settings[name]
    return value if isinstance(value, int) else 0


def seconds(settings: Settings, name: str) -> float:
    """A duration of the settings."""
    return number(settings, name) / 1000


ARTS = ArtsDoor()
