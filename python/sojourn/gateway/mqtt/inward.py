"""From topics to atoms: each message goes to those that are bound, at once or as soon as they take it, in its order.

A message with QoS is acknowledged to the broker when each atom that gets it has it: the port's kernel took it, or,
where the binding says `reply`, the atom answered. Until then the broker holds back what is more than its window, which
is how a slow atom slows its senders down. An atom that takes nothing for `patience_s` is away: of what waits for it the
broker is told that it was taken, so that other atoms' messages go on; it waits on here, bounded (not where the binding
says `reply`: those wait at the broker for as long as it takes).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.gateway.mqtt import property as prop
from sojourn.gateway.mqtt.backlog import Backlog
from sojourn.gateway.mqtt.limit import (
    AGAIN_S,
    ANSWER_S,
    CALLS,
    CALLS_OF_ONE,
    KEEP_BYTES,
    LIMBO,
    LIMBO_BYTES,
    LINGER_S,
    PATIENCE_S,
)
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.gateway.mqtt.binding import Binding
    from sojourn.gateway.mqtt.counters import Counters
    from sojourn.gateway.mqtt.interface import Broker
    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.table import Table
    from sojourn.gateway.port import Port, PortEvent

MESSAGE, RETAINED = "mqtt", "mqtt.retained"


@dataclass(slots=True)
class Delivery:
    """A message on its way to one or more atoms."""

    message: Publish
    open: int


@dataclass(slots=True)
class Waits:
    """A message that waits for one atom; `released`: nobody waits any more for that atom to have it."""

    delivery: Delivery
    released: bool = False


class Way:
    """One binding and one atom of it: what waits for it.

    Args:
        binding: The binding.
        to: Name of the atom.
        now: The time, in seconds.
    """

    def __init__(self, binding: Binding, to: str, now: float) -> None:
        self.binding = binding
        self.to = to
        self.pattern = binding.pattern
        self.group = binding.group
        self.qos = binding.qos
        self.waiting: Backlog[Waits] = Backlog(binding.keep, KEEP_BYTES, binding.drop)
        self.calls = 0
        self.again_at = 0.0
        self.moved_at = now
        self.away = False


@dataclass(slots=True)
class Asked:
    """A call that an atom has not answered."""

    way: Way
    delivery: Delivery
    response: str
    correlation: bytes | None


class Inward:
    """See above.

    Args:
        port: Takes messages for atoms.
        broker: Where they come from.
        table: Who gets what.
        counters: What is counted.
        respond: Publishes an answer: topic, data, content type, correlation, QoS, and an error or nothing.
        now: The time, in seconds.
        patience_s: See above.
    """

    def __init__(  # noqa: PLR0913 -- what it stands between
        self,
        port: Port,
        broker: Broker,
        table: Table[Way],
        counters: Counters,
        respond: Callable[[Asked, PortEvent | None, str], None],
        *,
        now: float,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._port = port
        self._broker = broker
        self._table = table
        self._counters = counters
        self._respond = respond
        self._patience_s = patience_s
        self._until = now + LINGER_S
        self._waiting: dict[Way, None] = {}
        self._calls: dict[int, Asked] = {}
        self._limbo: Backlog[Delivery] = Backlog(LIMBO, LIMBO_BYTES)

    def message(self, message: Publish, now: float) -> None:
        """A message came."""
        self._counters.received += 1
        if self._route(message, now):
            return
        if message.packet and now < self._until:
            # Its atom may not have been seen yet: all may have begun at once.
            for gone in self._limbo.put(Delivery(message, 1), len(message.payload)):
                self._unwanted(gone)
        else:
            self._unwanted(Delivery(message, 1))

    def _unwanted(self, delivery: Delivery) -> None:
        self._counters.unrouted += 1
        self._broker.acknowledge(delivery.message)

    def _route(self, message: Publish, now: float) -> bool:
        """Gives it to all that want it; whether there are any."""
        numbers = message.properties.get(prop.SUBSCRIPTION, ())
        given = [number for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else ()
        ways = self._table.who(message.topic, given, retained=message.retain)
        if any(way.group for way in ways):
            ways = one_of_each_group(ways, message.topic)
        if not ways:
            return False
        delivery = Delivery(message, len(ways))
        for way in ways:
            self._offer(way, delivery, now)
        return True

    def _offer(self, way: Way, delivery: Delivery, now: float) -> None:
        waits = Waits(delivery)
        if not way.waiting and self._hand(way, waits, now):
            return
        if way not in self._waiting:
            self._waiting[way] = None
            way.moved_at = now
        if way.away:
            self._early(way, waits)
        self._put(way, waits)

    def _put(self, way: Way, waits: Waits) -> None:
        message = waits.delivery.message
        for gone in way.waiting.put(waits, len(message.topic) + len(message.payload)):
            self._counters.dropped_in += 1
            self._release(gone)

    def _hand(self, way: Way, waits: Waits, now: float) -> bool:
        """Hands it over, or says that it has to wait."""
        delivery = waits.delivery
        message = delivery.message
        kind = RETAINED if message.retain else MESSAGE
        media = prop.text_of(message.properties, prop.CONTENT_TYPE) if message.properties else ""
        response = prop.text_of(message.properties, prop.RESPONSE_TOPIC) if message.properties else ""
        asks = bool(response) or way.binding.reply
        if asks and (way.calls >= CALLS_OF_ONE or len(self._calls) >= CALLS or now < way.again_at):
            return False
        try:
            if asks:
                number = self._port.call(
                    way.to, message.payload, type=kind, subject=message.topic, content_type=media, expires_s=ANSWER_S
                )
            else:
                self._port.send(way.to, message.payload, type=kind, subject=message.topic, content_type=media)
        except TooLarge:
            self._counters.dropped_in += 1
            self._release(waits)
            return True
        except NodeError:
            return False
        way.moved_at = now
        way.away = False
        self._counters.handed += 1
        if asks:
            way.calls += 1
            correlation = prop.bytes_of(message.properties, prop.CORRELATION)
            self._calls[number] = Asked(way, delivery, response, correlation)
        if not way.binding.reply:
            self._release(waits)
        return True

    def _release(self, waits: Waits) -> None:
        """That atom has it, or nobody waits any more for it to have it."""
        if not waits.released:
            waits.released = True
            self._done(waits.delivery)

    def _done(self, delivery: Delivery) -> None:
        delivery.open -= 1
        if not delivery.open:
            self._broker.acknowledge(delivery.message)

    def _early(self, way: Way, waits: Waits) -> None:
        if not way.binding.reply and not waits.released:
            self._counters.early += bool(waits.delivery.message.packet)
            self._release(waits)

    def answered(self, event: PortEvent, *, failed: bool, now: float) -> bool:
        """An answer or a failure came; whether it is to a call of this side."""
        asked = self._calls.pop(event.call, None)
        if asked is None:
            return False
        way = asked.way
        way.calls -= 1
        if not failed:
            way.moved_at = now
            if asked.response:
                self._respond(asked, event, "")
            if way.binding.reply:
                self._done(asked.delivery)
            return True
        self._counters.failed += 1
        if way.binding.reply:
            way.again_at = now + AGAIN_S
            self._waiting[way] = None
            self._put(way, Waits(asked.delivery))
        elif asked.response:
            self._respond(asked, None, f"error {event.code}")
        return True

    def pump(self, now: float) -> None:
        """Tries what waits; of what waits for those that are away the broker is told."""
        for way in list(self._waiting):
            while way.waiting and self._hand(way, way.waiting.first(), now):
                way.waiting.pop()
            if not way.waiting:
                del self._waiting[way]
            elif not way.away and now - way.moved_at > self._patience_s:
                way.away = True
                for waits in way.waiting:
                    self._early(way, waits)
        if self._limbo and now >= self._until:
            while self._limbo:
                self._unwanted(self._limbo.pop())

    def changed(self, now: float) -> None:
        """There are other bindings: what nobody wanted may be wanted now."""
        for _ in range(len(self._limbo)):
            delivery = self._limbo.pop()
            if not self._route(delivery.message, now):
                self._limbo.put(delivery, len(delivery.message.payload))

    def ended(self, way: Way) -> None:
        """A way is no more: what waited for it is gone."""
        self._waiting.pop(way, None)
        while way.waiting:
            self._counters.unrouted += 1
            self._release(way.waiting.pop())

    @property
    def waiting(self) -> int:
        """How many messages wait for atoms."""
        return len(self._limbo) + sum(len(way.waiting) for way in self._waiting)

    @property
    def calls(self) -> int:
        """How many calls are not answered."""
        return len(self._calls)


def one_of_each_group(ways: list[Way], topic: str) -> list[Way]:
    """Of the ways of one group and filter only one: the same for a topic while it is there, so that order is kept."""
    chosen: dict[tuple[str, str], Way] = {}
    all_ = [way for way in ways if not way.group]
    for way in ways:
        if way.group:
            key = way.group, way.pattern
            known = chosen.get(key)
            if known is None or weight(way.to, topic) > weight(known.to, topic):
                chosen[key] = way
    return [*all_, *chosen.values()]


def weight(atom: str, topic: str) -> int:
    """How much an atom is the one for a topic: the highest has it, and keeps it when others come or go."""
    return zlib.crc32(f"{topic}\0{atom}".encode())
