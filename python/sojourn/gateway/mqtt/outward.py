"""From atoms to topics: what an atom sends to the door is published, where a binding lets it.

An atom sends (or calls) the alias `door:mqtt` with the type `mqtt.publish`, or `mqtt.retain` for what the broker is to
keep; the subject is the topic. A call is answered with `mqtt.published` once the broker has it (QoS 1 and 2: when it
has acknowledged; 0: when it was written), or with `mqtt.refused` and why. What waits for the broker is bounded, for
each binding.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from sojourn.gateway.mqtt import property as prop
from sojourn.gateway.mqtt.backlog import Backlog
from sojourn.gateway.mqtt.error import InvalidTopic, MqttError
from sojourn.gateway.mqtt.limit import KEEP_BYTES, LIMBO, LIMBO_BYTES, LIMBO_S
from sojourn.gateway.mqtt.packet import FAILURE
from sojourn.gateway.mqtt.reason import text_of
from sojourn.gateway.mqtt.topic import check_topic, fits
from sojourn.model.errors import NodeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.mqtt.binding import Binding
    from sojourn.gateway.mqtt.counters import Counters
    from sojourn.gateway.mqtt.interface import Broker
    from sojourn.gateway.mqtt.inward import Asked
    from sojourn.gateway.port import Port, PortEvent

log = logging.getLogger(__name__)

PUBLISH, RETAIN = "mqtt.publish", "mqtt.retain"
PUBLISHED, REFUSED = "mqtt.published", "mqtt.refused"
# Most answers that wait for room in the port.
ANSWERS = 4096


class Letter(NamedTuple):
    """A message that is to be published.

    Attributes:
        call: The call that is to be answered then; 0: none.
        looked: Whether names were read since it came.
    """

    topic: str
    data: bytes
    qos: int
    retain: bool
    properties: prop.Properties
    call: int


class Gate:
    """A binding by which an atom may publish, and what of it waits for the broker.

    Args:
        binding: The binding.
    """

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.waiting: Backlog[Letter] = Backlog(binding.keep, KEEP_BYTES, binding.drop)


class Outward:
    """See above.

    Args:
        port: Where atoms' messages come.
        broker: Where they go.
        counters: What is counted.
        responses: Filter of the topics to which answers of atoms to requests may go; empty: to none.
        keep: How many answers to requests may wait for the broker.
    """

    def __init__(self, port: Port, broker: Broker, counters: Counters, responses: str, answers: Gate) -> None:
        self._port = port
        self._broker = broker
        self._counters = counters
        self._responses = responses
        self._answers = answers
        self._gates: dict[str, tuple[Gate, ...]] = {}
        self._waiting: dict[Gate, None] = {}
        self._limbo: Backlog[tuple[PortEvent, float]] = Backlog(LIMBO, LIMBO_BYTES)
        self._late: Backlog[tuple[int, str, str]] = Backlog(ANSWERS, LIMBO_BYTES)

    def bind(self, gates: dict[str, tuple[Gate, ...]], now: float) -> None:
        """From now on these atoms, by global name, may publish by these gates."""
        self._gates = gates
        for _ in range(len(self._limbo)):
            event, since = self._limbo.pop()
            self._letter(event, since, now)

    def letter(self, event: PortEvent, now: float) -> None:
        """An atom wants something to be published."""
        self._letter(event, now, now)

    def _letter(self, event: PortEvent, since: float, now: float) -> None:
        gates = self._gates.get(event.source)
        if gates is None and now - since < LIMBO_S:
            # It may be younger than the names that were read last.
            for gone, _ in self._limbo.put((event, since), len(event.data)):
                self._refuse(gone.call, gone.source, "too many atoms that are not known publish at once")
            return
        try:
            topic = check_topic(event.subject)
        except InvalidTopic as error:
            self._refuse(event.call, event.source, str(error))
            return
        gate = next((gate for gate in gates or () if fits(gate.binding.pattern, topic)), None)
        if gate is None:
            self._refuse(
                event.call, event.source, f"{event.source} has no binding by which it may publish to {topic!r}"
            )
            return
        properties: prop.Properties = {prop.CONTENT_TYPE: event.content_type} if event.content_type else {}
        letter = Letter(topic, event.data, gate.binding.qos, event.type == RETAIN, properties, event.call)
        self._post(gate, letter)

    def respond(self, asked: Asked, event: PortEvent | None, error: str) -> None:
        """Publishes the answer of an atom to a request."""
        topic = asked.response
        try:
            check_topic(topic)
            allowed = bool(self._responses) and fits(self._responses, topic) and not topic.startswith("$")
        except InvalidTopic:
            allowed = False
        if not allowed:
            self._refuse(0, asked.way.to, f"answers may not be published to {topic!r}")
            return
        properties: prop.Properties = {}
        if asked.correlation is not None:
            properties[prop.CORRELATION] = asked.correlation
        if event is not None and event.content_type:
            properties[prop.CONTENT_TYPE] = event.content_type
        if error:
            properties[prop.USER] = [("error", error)]
        data = b"" if event is None else event.data
        self._post(self._answers, Letter(topic, data, asked.delivery.message.qos, False, properties, 0))

    def _post(self, gate: Gate, letter: Letter) -> None:
        if not gate.waiting and self._broker.room:
            self._publish(letter)
            return
        self._waiting[gate] = None
        for gone in gate.waiting.put(letter, len(letter.topic) + len(letter.data)):
            self._counters.dropped_out += 1
            if gone.call:
                self._answer(gone.call, REFUSED, "too much waits for the broker")

    def _publish(self, letter: Letter) -> None:
        try:
            self._broker.publish(
                letter.topic,
                letter.data,
                letter.qos,
                retain=letter.retain,
                properties=letter.properties,
                token=letter.call,
            )
        except MqttError as error:
            self._refuse(letter.call, letter.topic, str(error))
            return
        self._counters.published += 1
        if letter.call and not letter.qos:
            self._answer(letter.call, PUBLISHED, "")

    def delivered(self, call: int, reason: int) -> None:
        """The broker acknowledged, or refused, what was published with QoS."""
        if reason >= FAILURE:
            self._refuse(call, "a message", f"the broker refuses it: {text_of(reason)}")
        elif call:
            self._answer(call, PUBLISHED, "")

    def pump(self) -> None:
        """Publishes what waits as far as there is room, of each gate in its turn."""
        while self._late and self._answered(*self._late.first()):
            self._late.pop()
        while self._waiting and self._broker.room:
            for gate in list(self._waiting):
                if not self._broker.room:
                    return
                if gate.waiting:
                    self._publish(gate.waiting.pop())
                if not gate.waiting:
                    del self._waiting[gate]

    def ended(self, gates: Iterable[Gate]) -> None:
        """Gates are no more; what waits there is published all the same."""
        for gate in gates:
            if not gate.waiting:
                self._waiting.pop(gate, None)

    def _refuse(self, call: int, who: str, why: str) -> None:
        self._counters.refused += 1
        log.warning("not published for %s: %s", who, why)
        if call:
            self._answer(call, REFUSED, why)

    def _answer(self, call: int, kind: str, text: str) -> None:
        if self._late or not self._answered(call, kind, text):
            self._late.put((call, kind, text), len(text))

    def _answered(self, call: int, kind: str, text: str) -> bool:
        """Answers a call of an atom; whether there was room for that. Of one that is gone nobody waits for it."""
        try:
            self._port.reply(call, text.encode(), type=kind)
        except NodeError as error:
            return error.code != BUSY
        return True

    @property
    def waiting(self) -> int:
        """How many messages wait for the broker."""
        return len(self._limbo) + sum(len(gate.waiting) for gate in self._waiting)

    @property
    def is_asking(self) -> bool:
        """Whether an atom that is not known wants to publish: names are to be read."""
        return len(self._limbo) > 0


BUSY = 4
