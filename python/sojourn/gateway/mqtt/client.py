"""A client of a broker over a socket: connects, and again when the connection is lost, for as long as it runs.

    client = Client(broker_at("localhost"), Options(client="me", will=Will("gone", b"me")), listener)
    client.subscribe("sensors/#", qos=1)
    await client.run()                       # until it is cancelled, or `close` is called

A listener is told, in the loop's thread, of each message and must say `client.acknowledge(message)` when it has it
(QoS 1 and 2). Subscriptions are asked for again where the broker has forgotten them. What is published while the broker
is away waits, bounded (`outbox`); what it has not acknowledged is sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from sojourn.gateway.mqtt import limit
from sojourn.gateway.mqtt.backlog import Backlog, Drop
from sojourn.gateway.mqtt.error import Declined, Malformed, MqttError
from sojourn.gateway.mqtt.packet import NO_PROPERTIES, V5, V311, Publish, Subscription
from sojourn.gateway.mqtt.session import Connected, Delivered, Failed, Granted, Options, Session, TooLarge
from sojourn.gateway.mqtt.topic import check_filter, check_topic

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.broker import Broker
    from sojourn.gateway.mqtt.property import Properties

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what happens. None of these may raise."""

    def connected(self, happened: Connected) -> None:
        """The broker took the connection."""

    def lost(self, reason: str) -> None:
        """The connection is over, or there was none."""

    def message(self, message: Publish) -> None:
        """A message came; `Client.acknowledge` says that it was taken."""

    def delivered(self, happened: Delivered) -> None:
        """What was published with QoS is with the broker, or was refused."""

    def granted(self, happened: Granted) -> None:
        """The broker answered a subscription."""

    def room(self) -> None:
        """There may be room to publish again."""


class Deaf:
    """A listener that hears nothing: a start for those who want to hear some of it."""

    def connected(self, happened: Connected) -> None:
        """Nothing."""

    def lost(self, reason: str) -> None:
        """Nothing."""

    def message(self, message: Publish) -> None:
        """Nothing."""

    def delivered(self, happened: Delivered) -> None:
        """Nothing."""

    def granted(self, happened: Granted) -> None:
        """Nothing."""

    def room(self) -> None:
        """Nothing."""


class Outgoing(NamedTuple):
    """A message that waits to be published."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: Properties
    token: object


class Client:
    """See above.

    Args:
        broker: Where it is.
        options: How the client introduces itself; user and password are the broker's where it has them.
        listener: Who is told.
        drop: What goes when too much waits to be published.

    Attributes:
        outbox: What waits to be published.
        too_large: Messages that came and were larger than may be.
        silent: Whether the broker said nothing to the last greeting.
    """

    def __init__(self, broker: Broker, options: Options, listener: Listener, drop: Drop = "oldest") -> None:
        self.broker = broker
        if broker.user is not None:
            options = replace(options, user=broker.user, password=broker.password)
        self.session = Session(options)
        self.outbox: Backlog[Outgoing] = Backlog(limit.OUTBOX, limit.OUTBOX_BYTES, drop)
        self.too_large = 0
        self._listener = listener
        self._filters: dict[str, Subscription] = {}
        self._known = False
        self._line: _Line | None = None
        self._flushing = False
        self._at_once = False
        self.silent = False
        self._version = options.version
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Whether the broker took the connection."""
        return self.session.up

    @property
    def room(self) -> int:
        """How many messages can be published now without waiting here."""
        line = self._line
        if line is None or line.stalled or self.outbox:
            return 0
        return self.session.room

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
        """Publishes, or lets it wait. With QoS `Listener.delivered` tells of it, with the token.

        Args:
            topic: Where to.
            payload: What.
            qos: 0, 1 or 2.
            retain: Whether the broker is to keep it for those who subscribe later.
            properties: Those of MQTT 5.
            token: Anything, by which the publisher knows it again.

        Raises:
            InvalidTopic: It is no topic.
            Malformed: The broker takes none so large.
        """
        check_topic(topic)
        if self.room:
            self.session.publish(topic, payload, qos, retain=retain, properties=properties, token=token)
            self._flush_soon()
            return
        item = Outgoing(topic, payload, qos, retain, properties, token)
        self.outbox.put(item, len(topic) + len(payload))

    def subscribe(self, pattern: str, qos: int = 0, number: int = 0) -> None:
        """Subscribes, also after each time that the broker forgot. The same filter again: anew, with the new QoS.

        Args:
            pattern: The filter.
            qos: The most that is asked for.
            number: Comes with what the filter brings, in MQTT 5; 0: none.

        Raises:
            InvalidTopic: It is no filter.
            Malformed: There are too many.
        """
        check_filter(pattern)
        if pattern not in self._filters and len(self._filters) >= limit.FILTERS:
            raise Malformed(f"a client has at most {limit.FILTERS} filters")
        self._filters[pattern] = subscription = Subscription(pattern, qos, number)
        self.session.subscribe(subscription)
        self._flush_soon()

    def unsubscribe(self, pattern: str) -> None:
        """Ends a subscription."""
        if self._filters.pop(pattern, None) is not None:
            self.session.unsubscribe(pattern)
            self._flush_soon()

    def acknowledge(self, message: Publish) -> None:
        """The broker may forget the message. For QoS 0, and a second time, nothing."""
        self.session.acknowledge(message)
        self._flush_soon()

    async def run(self) -> None:
        """Connects, and again, until it is cancelled or closed."""
        self._loop = loop = asyncio.get_running_loop()
        wait_s = limit.BACK_OFF_S
        while True:
            began = loop.time()
            reason = await self._once(loop)
            if self._ending.is_set():
                return
            self._listener.lost(reason)
            if loop.time() - began > limit.GOOD_S:
                wait_s = limit.BACK_OFF_S
            if self._at_once:
                self._at_once = False
                continue
            if self.silent and not self._known:
                # Old brokers say nothing to a greeting that they do not understand: the other version is tried.
                self.session.version = V311 if self.session.version == V5 else self._version
            # Many clients of one broker shall not all come back at once.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait_s * random.uniform(0.5, 1.0))  # noqa: S311 -- no secret
            wait_s = min(2 * wait_s, limit.MOST_BACK_OFF_S)

    async def _once(self, loop: asyncio.AbstractEventLoop) -> str:
        """One connection, from its beginning to its end; why it ended."""
        line = _Line(self, loop)
        self.silent = False
        try:
            async with asyncio.timeout(limit.CONNECT_S):
                await loop.create_connection(lambda: line, self.broker.host, self.broker.port, ssl=self.broker.tls)
        except TimeoutError:
            return f"{self.broker} does not answer"
        except (OSError, UnicodeError) as error:
            return f"{self.broker} cannot be reached: {error}"
        try:
            return await line.over
        finally:
            if not line.over.done():
                # It is this side that ends it: there shall be no will.
                self.session.disconnect()
                self._flush()
            line.end()
            self._line = None
            self.session.closed()

    async def close(self) -> None:
        """Says goodbye and ends `run`; the broker keeps the session."""
        self._ending.set()
        line = self._line
        if line is not None:
            self.session.disconnect()
            self._flush()
            line.end()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([line.over])

    # What the line tells.

    def opened(self, line: _Line, now: float) -> None:
        """There is a connection."""
        self._line = line
        self.session.opened(now)
        self._flush()

    def fed(self, data: bytes, now: float) -> MqttError | None:
        """Bytes came; why the connection is to be closed, if it is."""
        listener = self._listener
        failed: MqttError | None = None
        happened = self.session.fed(data, now)
        for each in happened:
            if type(each) is Publish:
                listener.message(each)
            elif isinstance(each, Failed):
                failed = each.error
            else:
                self._other(each)
        if isinstance(failed, Declined) and failed.version:
            # It speaks 3.1.1 alone.
            self.session.version = V311
            self._at_once = True
        elif failed is None and happened and self.session.room:
            self._drain()
        # Answers to what came go out, also where nobody was told of it.
        self._flush()
        return failed

    def _other(self, happened: object) -> None:
        match happened:
            case Connected():
                log.info("connected to %s, MQTT %s", self.broker, "5" if happened.version == V5 else "3.1.1")
                if not (happened.session_present and self._known):
                    for subscription in self._filters.values():
                        self.session.subscribe(subscription)
                self._known = True
                self._listener.connected(happened)
                self._drain()
            case Delivered():
                self._listener.delivered(happened)
            case Granted():
                if happened.reason >= 0x80:  # noqa: PLR2004 -- failures begin here
                    log.warning("%s refuses the filter %r: %#04x", self.broker, happened.pattern, happened.reason)
                self._listener.granted(happened)
            case TooLarge():
                self.too_large += 1
            case _:
                pass

    def _drain(self) -> None:
        """Publishes what waits, as far as there is room."""
        line = self._line
        while self.outbox and line is not None and not line.stalled and self.session.room:
            item = self.outbox.pop()
            try:
                self.session.publish(
                    item.topic,
                    item.payload,
                    item.qos,
                    retain=item.retain,
                    properties=item.properties,
                    token=item.token,
                )
            except MqttError as error:
                log.warning("a message to %r was not published: %s", item.topic, error)
                self._listener.delivered(Delivered(item.token, 0x95))
            if len(self.outbox) % 64 == 0:
                self._flush()
        if not self.outbox:
            self._listener.room()
        self._flush_soon()

    def resumed(self) -> None:
        """The socket takes bytes again."""
        self._drain()

    def _flush_soon(self) -> None:
        if not self._flushing and self._loop is not None and self._line is not None:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        line = self._line
        if line is not None and self.session.pending:
            line.write(self.session.output(line.now()))


class _Line(asyncio.Protocol):
    """One connection to the broker."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self.over: asyncio.Future[str] = loop.create_future()
        self.stalled = False
        self.now = loop.time
        self._came_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream, whatever the loop calls it: uvloop's is no subclass of asyncio's.
        self._transport = stream = cast("asyncio.Transport", transport)
        stream.set_write_buffer_limits(limit.WRITE_BYTES)
        self._client.opened(self, self.now())
        self._ticking = self._loop.call_later(limit.CONNECT_S, self._answered)

    def data_received(self, data: bytes) -> None:
        now = self.now()
        error = self._client.fed(data, now)
        if error is not None:
            self._fail(error)
        elif now - self._came_at < limit.CLOSE_S:
            # Brokers send each message by itself. When they come thick and fast, many are taken at once.
            self._pause()
        self._came_at = now

    def _pause(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
            self._loop.call_later(limit.GATHER_S, self._resume)

    def _resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _answered(self) -> None:
        """The time in which a broker has to answer CONNECT is over; from now on it is asked whether it is there."""
        if not self._client.session.up:
            self._client.silent = True
            self._over(f"{self._client.broker} does not answer as a broker")
        else:
            self._tick()

    def _tick(self) -> None:
        try:
            self._client.session.tick(self.now())
        except MqttError as error:
            self._fail(error)
            return
        self._client._flush()  # noqa: SLF001 -- its own line
        self._ticking = self._loop.call_later(1.0, self._tick)

    def _fail(self, error: MqttError) -> None:
        if isinstance(error, Malformed) and error.reason and self._client.session.up:
            self._client.session.disconnect(error.reason)
            self._client._flush()  # noqa: SLF001 -- its own line
        self._over(str(error))

    def _over(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_result(reason)
        self.end()

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause_writing(self) -> None:
        self.stalled = True

    def resume_writing(self) -> None:
        self.stalled = False
        self._client.resumed()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(f"{self._client.broker} closed the connection" + (f": {exc}" if exc else ""))
        self.end()

    def end(self) -> None:
        """Closes it."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        if self._transport is not None:
            # What waits to be sent goes, unless the broker takes none of it.
            if self.stalled:
                self._transport.abort()
            else:
                self._transport.close()
