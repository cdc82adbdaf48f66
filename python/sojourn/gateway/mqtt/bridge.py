"""The centre of the door: what happens at the broker, at the port and among names, and what follows. No clock, no I/O.

It is driven by `door`, and in tests by worlds of their own.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.binding import Binding
from sojourn.gateway.mqtt.counters import Counters
from sojourn.gateway.mqtt.inward import Inward, Way
from sojourn.gateway.mqtt.limit import KEEP, LINGER_S, PATIENCE_S
from sojourn.gateway.mqtt.outward import PUBLISH, REFUSED, RETAIN, Gate, Outward
from sojourn.gateway.mqtt.reason import text_of
from sojourn.gateway.mqtt.table import Table
from sojourn.model.errors import NodeError
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.mqtt.backlog import Backlog
    from sojourn.gateway.mqtt.interface import Broker
    from sojourn.gateway.mqtt.inward import Waits
    from sojourn.gateway.mqtt.names import Wanted
    from sojourn.gateway.mqtt.outward import Letter
    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.session import Connected, Delivered, Granted
    from sojourn.gateway.port import Port, PortEvent

log = logging.getLogger(__name__)

STATUS = "mqtt.status"
MESSAGE, INTERRUPT, REPLY, FAILED = (
    EventKind.MESSAGE.value,
    EventKind.INTERRUPT.value,
    EventKind.REPLY.value,
    EventKind.FAILED.value,
)


class Bridge:
    """See above.

    Args:
        port: To atoms.
        broker: To topics.
        now: The time, in seconds, of any clock that never goes back.
        share: Group of gateways; see `Table`.
        first: First number of a subscription; see `Table`.
        responses: Filter of the topics to which answers to requests may go; empty: to none.
        patience_s: See `inward`.

    Attributes:
        counters: What was counted.
    """

    def __init__(  # noqa: PLR0913 -- what is configured
        self,
        port: Port,
        broker: Broker,
        now: float,
        *,
        share: str = "",
        first: int = 1,
        responses: str = "#",
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.counters = Counters()
        self._port = port
        self._broker = broker
        self._table: Table[Way] = Table(broker, share, first)
        self._ways: dict[tuple[Binding, str], Way] = {}
        self._missing: dict[Way, float] = {}
        self._gates: dict[tuple[Binding, str], Gate] = {}
        self._unseen: dict[tuple[Binding, str], float] = {}
        self._commands: frozenset[Binding] = frozenset()
        self._wrong: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._connected = False
        self._why = "not yet connected"
        answers = Gate(Binding("out", "#", "answers", keep=KEEP))
        self._out = Outward(port, broker, self.counters, responses, answers)
        self._in = Inward(port, broker, self._table, self.counters, self._out.respond, now=now, patience_s=patience_s)

    # Who is bound.

    def bind(self, wanted: Wanted, now: float) -> None:
        """From now on these are bound. Who is not any more stays for a while, unless it was by command."""
        for what, why in wanted.wrong.items():
            if what not in self._wrong:
                log.warning("no binding: %s: %s", what, why)
        self._wrong = wanted.wrong
        undone = self._commands - wanted.commands
        self._commands = wanted.commands
        new = [self._way(key, now) for key in wanted.ways if key not in self._ways]
        gone: list[Way] = []
        for key, way in self._ways.items():
            if key in wanted.ways:
                self._missing.pop(way, None)
            elif key[0] in undone or now - self._missing.setdefault(way, now) > LINGER_S:
                gone.append(way)
        for way in gone:
            del self._ways[way.binding, way.to]
            self._missing.pop(way, None)
            self._in.ended(way)
        self._table.change(gone, new)
        if new:
            self._in.changed(now)
        self._open(wanted, undone, now)

    def _way(self, key: tuple[Binding, str], now: float) -> Way:
        way = self._ways[key] = Way(*key, now)
        return way

    def _open(self, wanted: Wanted, undone: frozenset[Binding], now: float) -> None:
        """Gates of an atom that is not seen stay, as ways do: what it says as soon as it is restored goes through."""
        keys = {(binding, atom): None for atom, bindings in wanted.gates.items() for binding in bindings}
        for key in list(self._gates):
            if key in keys:
                self._unseen.pop(key, None)
            elif key[0] not in undone and now - self._unseen.setdefault(key, now) <= LINGER_S:
                keys[key] = None
            else:
                self._unseen.pop(key, None)
                self._out.ended([self._gates.pop(key)])
        gates: dict[str, tuple[Gate, ...]] = {}
        for key in keys:
            gate = self._gates.setdefault(key, Gate(key[0]))
            gates[key[1]] = (*gates.get(key[1], ()), gate)
        self._out.bind(gates, now)

    @property
    def is_asking(self) -> bool:
        """Whether names are to be read soon."""
        return self._out.is_asking

    # What the broker says; a `client.Listener`.

    def connected(self, happened: Connected) -> None:
        """The broker took the connection."""
        self._connected, self._why = True, ""
        self._table.connected(forgotten=not happened.session_present)

    def lost(self, reason: str) -> None:
        """The broker is away."""
        self.counters.lost += 1
        if self._connected or reason != self._why:
            log.warning("no broker: %s", reason)
        self._connected, self._why = False, reason

    def granted(self, happened: Granted) -> None:
        """The broker answered a subscription."""
        if happened.reason >= 0x80:  # noqa: PLR2004 -- failures begin here
            self._refused[happened.pattern] = text_of(happened.reason)
        else:
            self._refused.pop(happened.pattern, None)

    def delivered(self, happened: Delivered) -> None:
        """The broker has what was published, or refused it."""
        self._out.delivered(happened.token if isinstance(happened.token, int) else 0, happened.reason)

    def room(self) -> None:
        """There may be room at the broker."""
        self._out.pump()

    def arrived(self, message: Publish, now: float) -> None:
        """A message came from the broker."""
        self._in.message(message, now)

    # What the port says, and time.

    def take(self, events: Iterable[PortEvent], now: float) -> None:
        """What came to the port."""
        for event in events:
            kind = event.kind
            if kind in (MESSAGE, INTERRUPT):
                if event.type in (PUBLISH, RETAIN):
                    self._out.letter(event, now)
                else:
                    self._asked(event)
            elif kind in (REPLY, FAILED):
                self._in.answered(event, failed=kind == FAILED, now=now)

    def pump(self, now: float) -> None:
        """Tries what waits."""
        self._in.pump(now)
        self._out.pump()

    def _asked(self, event: PortEvent) -> None:
        if not event.call:
            log.warning("%s sent a message of type %r, which the door does not know", event.source, event.type)
            return
        known = event.type == STATUS
        data = json.dumps(self.status()).encode() if known else f"there is no type {event.type!r}".encode()
        try:
            self._port.reply(
                event.call,
                data,
                type=STATUS if known else REFUSED,
                content_type="application/json" if known else "text/plain",
            )
        except NodeError as error:
            log.warning("no answer to %s: %s", event.source, error)

    def status(self) -> dict[str, object]:
        """What there is, as JSON: the broker, bindings, what waits, what was counted."""
        ways = [
            {"direction": "in", "binding": str(way.binding), "atom": way.to, **waits(way.waiting, away=way.away)}
            for way in self._ways.values()
        ]
        gates = [
            {"direction": "out", "binding": str(binding), "atom": atom, **waits(gate.waiting)}
            for (binding, atom), gate in self._gates.items()
        ]
        return {
            "connected": self._connected,
            "why": self._why,
            "bindings": [*ways, *gates],
            "wrong": self._wrong,
            "refused_filters": self._refused,
            "waiting_in": self._in.waiting,
            "waiting_out": self._out.waiting,
            "calls": self._in.calls,
            **asdict(self.counters),
        }


def waits(backlog: Backlog[Letter] | Backlog[Waits], *, away: bool = False) -> dict[str, object]:
    """What waits of a binding, as JSON."""
    return {"waiting": len(backlog), "dropped": backlog.dropped, "away": away}
