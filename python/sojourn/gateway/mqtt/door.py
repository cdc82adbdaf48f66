"""The door itself: a port, a client of the broker and the clock, around `bridge`."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sojourn.gateway.mqtt.binding import IN, OUT
from sojourn.gateway.mqtt.bridge import Bridge
from sojourn.gateway.mqtt.client import Client
from sojourn.gateway.mqtt.limit import CLOSE_S, GATHER_S, LOOK_S, PATIENCE_S, TRY_S
from sojourn.gateway.mqtt.names import Alias, wanted
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sojourn.gateway.mqtt.binding import Binding
    from sojourn.gateway.mqtt.broker import Broker
    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.session import Connected, Delivered, Granted, Options
    from sojourn.gateway.port import Port
    from sojourn.model.wire import NameRow

log = logging.getLogger(__name__)

# Events of the port that are dealt with before the broker has its turn.
AT_ONCE = 256
# Numbers of subscriptions begin anywhere, so that those of an earlier process mean nothing.
NUMBERS = 1 << 27


class Names(Protocol):
    """Names as nodes know them; `core.realm.Realm` is one."""

    def find(self, pattern: str = "", scope: str | None = None) -> Awaitable[tuple[NameRow, ...]]:
        """Atoms by name or alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the door stands.

    Attributes:
        broker: The broker.
        options: How the client introduces itself.
        share: Group of gateways that share what comes; empty: none.
        responses: Filter of the topics to which answers to requests may go.
        patience_s: An atom that takes nothing for so long is away.
        commands: The bindings by command, as they are now.
    """

    broker: Broker
    options: Options
    share: str = ""
    responses: str = "#"
    patience_s: float = PATIENCE_S
    commands: Callable[[], Sequence[Binding]]


class Door:
    """See above. `run` runs until it is cancelled.

    Args:
        port: Of the door's own, with the alias `door:mqtt`.
        names: Who is asked for names.
        place: Where it stands.

    Attributes:
        client: The broker's client.
        bridge: The centre.
    """

    def __init__(self, port: Port, names: Names, place: Place) -> None:
        self._port = port
        self._names = names
        self._place = place
        self._loop = asyncio.get_running_loop()
        self.client = Client(place.broker, place.options, self)
        self.bridge = Bridge(
            port,
            self.client,
            self._loop.time(),
            share=place.share,
            first=random.randrange(1, NUMBERS),  # noqa: S311 -- no secret
            responses=place.responses,
            patience_s=place.patience_s,
        )
        self._look = asyncio.Event()
        self._open = True
        self._ready_at = 0.0

    async def run(self) -> None:
        """Looks for bindings, then connects; until it is cancelled."""
        await self._looked()
        self._loop.add_reader(self._port.fileno(), self._ready)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.client.run())
                tasks.create_task(self._looking())
                tasks.create_task(self._trying())
        finally:
            self._open = False
            self._loop.remove_reader(self._port.fileno())

    # What the client tells.

    def connected(self, happened: Connected) -> None:
        """The broker took the connection."""
        self.bridge.connected(happened)

    def lost(self, reason: str) -> None:
        """The broker is away."""
        self.bridge.lost(reason)

    def message(self, message: Publish) -> None:
        """A message came."""
        self.bridge.arrived(message, self._loop.time())

    def delivered(self, happened: Delivered) -> None:
        """The broker has what was published."""
        self.bridge.delivered(happened)

    def granted(self, happened: Granted) -> None:
        """The broker answered a subscription."""
        self.bridge.granted(happened)

    def room(self) -> None:
        """There may be room to publish."""
        self.bridge.room()

    # What the port tells, names, and time.

    def _ready(self) -> None:
        if not self._open:
            return
        events = self._port.take(AT_ONCE)
        now = self._loop.time()
        self.bridge.take(events, now)
        self.bridge.pump(now)
        if self.bridge.is_asking:
            self._look.set()
        if len(events) == AT_ONCE:
            self._loop.call_soon(self._ready)
        elif now - self._ready_at < CLOSE_S:
            # Under load many are taken at once.
            self._loop.remove_reader(self._port.fileno())
            self._loop.call_later(GATHER_S, self._again)
        self._ready_at = now

    def _again(self) -> None:
        if self._open:
            self._loop.add_reader(self._port.fileno(), self._ready)

    async def _looking(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), LOOK_S)
            self._look.clear()
            await self._looked()

    async def _looked(self) -> None:
        """Reads who is bound; where nobody answers all stays as it is."""
        try:
            rows = [(scope, row) for scope in (IN, OUT) for row in await self._names.find("", scope)]
        except SojournError as error:
            log.warning("names cannot be read: %s", error)
            return
        aliases = {
            Alias(row.atom, alias.scope, alias.alias)
            for scope, row in rows
            for alias in row.aliases
            if alias.scope == scope
        }
        commands = self._place.commands()
        self.bridge.bind(wanted(commands, sorted(aliases), self._port.find_all), self._loop.time())

    async def _trying(self) -> None:
        while True:
            await asyncio.sleep(TRY_S)
            self.bridge.pump(self._loop.time())
