"""A broker in memory: topics, wills, and clients that come and go. QoS 0."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from sojourn.gateway.mqtt.topic import fits


class Client(Protocol):
    """Who is connected."""

    filters: set[str]

    @property
    def name(self) -> str:
        """By which it is known."""

    @property
    def will(self) -> tuple[str, bytes] | None:
        """What is published when it is gone."""

    def feed(self, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        """A message came; what is published then."""


@dataclass
class Broker:
    """The broker, and all that was published."""

    clients: dict[str, Client] = field(default_factory=dict)
    queue: deque[tuple[str, bytes]] = field(default_factory=deque)
    log: list[tuple[str, bytes]] = field(default_factory=list)

    def connect(self, client: Client) -> None:
        self.clients[client.name] = client

    def cut(self, name: str) -> None:
        """A client is gone without a word: its will is published."""
        client = self.clients.pop(name, None)
        if client is not None and client.will is not None:
            self.publish(*client.will)

    def publish(self, topic: str, payload: bytes) -> None:
        self.queue.append((topic, payload))

    def deliver(self) -> bool:
        """One message to all who listen; whether there was one."""
        if not self.queue:
            return False
        topic, payload = self.queue.popleft()
        self.log.append((topic, payload))
        for client in list(self.clients.values()):
            if any(fits(pattern, topic) for pattern in client.filters):
                self.queue.extend(client.feed(topic, payload))
        return True
