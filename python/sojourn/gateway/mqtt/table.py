"""Which bindings there are, what is subscribed to for them, and who gets a message.

With MQTT 5 each subscription has a number, which comes with what it brings: a message that two filters fit comes twice
or once, and goes to each binding once. A filter that gets one more binding is subscribed to again with another number,
so that what the broker has kept goes to the new one alone. Brokers of 3.1.1 have no numbers: there a message goes to
all whom it fits, as often as the broker sends it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sojourn.gateway.mqtt.trie import Trie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.mqtt.interface import Broker


class Bound(Protocol):
    """Whatever a filter is bound to; known by its identity."""

    pattern: str
    group: str
    qos: int


B = TypeVar("B", bound=Bound)
# Numbers of one subscription under which messages may still come.
OLD_NUMBERS = 8


@dataclass(slots=True)
class _Subscription(Generic[B]):
    """One filter at the broker, and who gets what it brings."""

    number: int
    qos: int = 0
    bound: dict[B, None] = field(default_factory=dict)
    # Who hears what the broker has kept: those that came with a number.
    joined: dict[int, tuple[B, ...]] = field(default_factory=dict)


class Table(Generic[B]):
    """See above.

    Args:
        broker: Where it subscribes.
        share: Group of gateways that share what comes for bindings without a group; empty: none.
        first: The first number. A broker may still have messages with those of an earlier process: begin elsewhere.
    """

    def __init__(self, broker: Broker, share: str = "", first: int = 1) -> None:
        self._broker = broker
        self._share = share
        self._subscriptions: dict[str, _Subscription[B]] = {}
        self._numbers: dict[int, _Subscription[B]] = {}
        self._trie: Trie[B] = Trie()
        self._next = itertools.count(first)

    def change(self, gone: Iterable[B], new: Iterable[B]) -> None:
        """Some go, some come."""
        touched: dict[str, list[B]] = {}
        for bound in gone:
            self._trie.remove(bound.pattern, bound)
            shown = self.subscribed(bound)
            if shown in self._subscriptions:
                self._subscriptions[shown].bound.pop(bound, None)
                touched.setdefault(shown, [])
        for bound in new:
            self._trie.add(bound.pattern, bound)
            touched.setdefault(self.subscribed(bound), []).append(bound)
        for shown, joined in touched.items():
            self._settle(shown, joined)

    def _settle(self, shown: str, joined: list[B]) -> None:
        subscription = self._subscriptions.get(shown)
        if subscription is None:
            subscription = self._subscriptions[shown] = _Subscription(0)
        subscription.bound.update(dict.fromkeys(joined))
        if not subscription.bound:
            del self._subscriptions[shown]
            for number in subscription.joined:
                self._numbers.pop(number, None)
            self._broker.unsubscribe(shown)
            return
        qos = max(bound.qos for bound in subscription.bound)
        if not joined and qos == subscription.qos:
            return
        subscription.qos = qos
        subscription.number = next(self._next)
        subscription.joined[subscription.number] = tuple(joined)
        if len(subscription.joined) > OLD_NUMBERS:
            oldest = next(iter(subscription.joined))
            del subscription.joined[oldest], self._numbers[oldest]
        self._numbers[subscription.number] = subscription
        self._broker.subscribe(shown, qos, subscription.number)

    def connected(self, *, forgotten: bool) -> None:
        """There is a broker again; where it forgot the subscriptions, all hear what it has kept."""
        if forgotten:
            for subscription in self._subscriptions.values():
                for number in subscription.joined:
                    if number != subscription.number:
                        self._numbers.pop(number, None)
                subscription.joined = {subscription.number: tuple(subscription.bound)}

    def subscribed(self, bound: B) -> str:
        """The filter as the broker gets it."""
        group = bound.group or self._share
        return f"$share/{group}/{bound.pattern}" if group else bound.pattern

    def who(self, topic: str, numbers: Iterable[int], *, retained: bool) -> list[B]:
        """Who gets a message.

        Args:
            topic: Its topic.
            numbers: Those of the subscriptions that brought it; none: the broker has no numbers.
            retained: Whether the broker had kept it.
        """
        known = [(number, self._numbers[number]) for number in numbers if number in self._numbers]
        if not known:
            return self._trie.match(topic)
        if len(known) == 1:
            number, subscription = known[0]
            return [*(subscription.joined.get(number, ()) if retained else subscription.bound)]
        found: dict[B, None] = {}
        for number, subscription in known:
            found.update(dict.fromkeys(subscription.joined.get(number, ()) if retained else subscription.bound))
        return list(found)

    def __len__(self) -> int:
        return len(self._subscriptions)
