"""What the centre of the door needs of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sojourn.gateway.mqtt.packet import NO_PROPERTIES

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.property import Properties


class Broker(Protocol):
    """A broker, as `client.Client` is one."""

    @property
    def room(self) -> int:
        """How many messages can be published now."""

    def publish(  # noqa: PLR0913 -- the fields of a message
        self,
        topic: str,
        payload: bytes,
        qos: int = 0,
        *,
        retain: bool = False,
        properties: Properties = NO_PROPERTIES,
        token: object = None,
    ) -> None:
        """Publishes."""

    def subscribe(self, pattern: str, qos: int = 0, number: int = 0) -> None:
        """Subscribes."""

    def unsubscribe(self, pattern: str) -> None:
        """Ends a subscription."""

    def acknowledge(self, message: Publish) -> None:
        """The broker may forget the message."""
