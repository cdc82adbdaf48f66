"""Stand-ins over a socket: each is a client of a real broker, and keeps its own record of what it saw."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sojourn.gateway.mqtt.broker import broker_at
from sojourn.gateway.mqtt.client import Client, Deaf
from sojourn.gateway.mqtt.packet import V311, Will
from sojourn.gateway.mqtt.session import Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.session import Connected, Granted

T = TypeVar("T")
PATIENCE_S = 60.0
POLL_S = 0.02


class StandIn(Protocol):
    """Who is connected."""

    filters: set[str]

    @property
    def name(self) -> str:
        """By which the broker knows it."""

    @property
    def will(self) -> tuple[str, bytes] | None:
        """What is published when it is gone."""

    def feed(self, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        """A message came; what is published then."""


class Live(Deaf):
    """A stand-in at a broker, in a thread of its own.

    Args:
        standin: Who.
        address: The broker's.
        begins: What it publishes whenever it is connected.
    """

    def __init__(self, standin: StandIn, address: str, begins: Callable[[], list[tuple[str, bytes]]] = list) -> None:
        self.standin = standin
        self.log: list[tuple[str, bytes]] = []
        self.failed: list[BaseException] = []
        self._begins = begins
        self._ready = threading.Event()
        will = standin.will
        options = Options(
            client=standin.name,
            version=V311,
            clean=True,
            packet_bytes=64 << 20,
            will=None if will is None else Will(*will),
        )
        self._client = Client(broker_at(address), options, self)
        self._loop = asyncio.new_event_loop()
        self._asked: set[str] = set()
        self._ending: asyncio.Task[None] | None = None
        self._listen()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE_S), "the broker did not grant what was asked"

    def _listen(self) -> None:
        for pattern in self.standin.filters - self._asked:
            self._client.subscribe(pattern)
        for pattern in self._asked - self.standin.filters:
            self._client.unsubscribe(pattern)
        self._asked = set(self.standin.filters)

    def connected(self, happened: Connected) -> None:
        del happened
        self._publish(self._begins())
        if not self._asked:
            self._ready.set()

    def granted(self, happened: Granted) -> None:
        del happened
        self._ready.set()

    def message(self, message: Publish) -> None:
        self.log.append((message.topic, message.payload))
        try:
            self._publish(self.standin.feed(message.topic, message.payload))
        except (KeyError, ValueError) as error:
            self.failed.append(error)
        self._client.acknowledge(message)
        self._listen()

    def _publish(self, published: list[tuple[str, bytes]]) -> None:
        for topic, payload in published:
            self._client.publish(topic, payload)

    def say(self, published: list[tuple[str, bytes]]) -> None:
        """Publishes from outside its thread."""
        self._loop.call_soon_threadsafe(self._publish, published)

    def kill(self) -> None:
        """Ends it without a word: the broker publishes its will."""
        self._stop(clean=False)

    def close(self) -> None:
        """Ends it in order."""
        self._stop(clean=True)

    def _stop(self, *, clean: bool) -> None:
        def stop() -> None:
            if clean:
                self._ending = self._loop.create_task(self._client.close())
                return
            line = self._client._line
            self._client._ending.set()
            if line is not None and line._transport is not None:
                line._transport.abort()

        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(stop)
            self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        await self._client.run()
        if self._ending is not None:
            await self._ending

    def _work(self) -> None:
        self._loop.run_until_complete(self._run())
        self._loop.close()


def until(ask: Callable[[], T], holds: Callable[[T], Any] = bool) -> T:
    """Asks until the answer is right."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = ask()
        if holds(answer):
            return answer
        assert time.monotonic() < deadline, f"still {answer!r}"
        time.sleep(POLL_S)


def parsed(payload: bytes) -> dict[str, Any]:
    """A message as a value."""
    made = json.loads(payload)
    assert isinstance(made, dict)
    return made
