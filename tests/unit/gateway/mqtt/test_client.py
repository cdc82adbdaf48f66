"""A client over a socket, and brokers that are none, vanish in the middle, or send what no broker sends."""

import asyncio
import functools
import random
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from typing import ParamSpec

import pytest

from sojourn.gateway.mqtt import limit
from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt.broker import broker_at
from sojourn.gateway.mqtt.client import Client, Deaf
from sojourn.gateway.mqtt.packet import Publish, Will
from sojourn.gateway.mqtt.session import Connected, Delivered, Options
from sojourn.model.errors import ConfigError
from tests.unit.gateway.mqtt.world import ModelBroker

PATIENCE_S = 30.0
CONNACK = b"\x20\x03\0\0\0"


Given = ParamSpec("Given")


def looped(test: Callable[Given, Coroutine[object, object, None]]) -> Callable[Given, None]:
    """A test that awaits."""

    @functools.wraps(test)
    def run(*given: Given.args, **named: Given.kwargs) -> None:
        asyncio.run(test(*given, **named))

    return run


class Ear(Deaf):
    """Hears all, and wakes whoever waits for something."""

    def __init__(self) -> None:
        self.up: list[Connected] = []
        self.reasons: list[str] = []
        self.messages: list[Publish] = []
        self.done: list[Delivered] = []
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def connected(self, happened: Connected) -> None:
        self.up.append(happened)
        self._changed.set()

    def lost(self, reason: str) -> None:
        self.reasons.append(reason)
        self._changed.set()

    def message(self, message: Publish) -> None:
        self.messages.append(message)
        self._changed.set()

    def delivered(self, happened: Delivered) -> None:
        self.done.append(happened)
        self._changed.set()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tries again at once."""
    monkeypatch.setattr(limit, "BACK_OFF_S", 0.005)
    monkeypatch.setattr(limit, "MOST_BACK_OFF_S", 0.02)
    return iter(())


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def running(serve: Serve, **options: object) -> AsyncIterator[tuple[Client, Ear]]:
    """A client of a server that does whatever it does."""
    writers: list[asyncio.StreamWriter] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    ear = Ear()
    client = Client(broker_at(f"127.0.0.1:{port}"), Options(client="c", **options), ear)  # type: ignore[arg-type]
    task = asyncio.create_task(client.run())
    try:
        yield client, ear
    finally:
        task.cancel()
        await asyncio.wait([task])
        for writer in writers:
            writer.transport.abort()
        server.close()
        await server.wait_closed()


def serving(broker: ModelBroker) -> Serve:
    """A broker that does as it should."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broker.cut()
        while data := await reader.read(65_536):
            writer.write(broker.fed(data))
            await writer.drain()

    return serve


@pytest.mark.parametrize("version", [wire.V311, wire.V5])
@looped
async def test_what_is_published_while_the_broker_is_away_comes_when_it_is_there(version: int) -> None:
    broker = ModelBroker(version)
    async with running(serving(broker), version=version) as (client, ear):
        client.subscribe("in/#", 1)
        for number in range(50):
            client.publish("out", b"%d" % number, 1, token=number)
        await ear.until(lambda: len(ear.done) == 50)
        assert [message.payload for message in broker.heard] == [b"%d" % number for number in range(50)]
        assert broker.subscribed == {"in/#": 1}


@looped
async def test_goodbye_is_said_so_that_there_is_no_will() -> None:
    said = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said.extend(await reader.read(65_536))
        writer.write(CONNACK)
        while data := await reader.read(65_536):
            said.extend(data)

    async with running(serve, will=Will("gone", b"me", 1, retain=True)) as (client, ear):
        await ear.until(lambda: bool(ear.up))
        await client.close()
    assert said.endswith(wire.disconnect(wire.V5))
    assert b"\0\x04gone\0\x02me" in said


@looped
async def test_a_broker_of_the_old_version_is_spoken_to_in_it() -> None:
    broker = ModelBroker(wire.V311)
    refused = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        hello = await reader.read(65_536)
        if hello[8] == wire.V5:
            refused += 1
            writer.write(b"\x20\x02\0\x01")
            return
        broker.cut()
        writer.write(broker.fed(hello))
        while data := await reader.read(65_536):
            writer.write(broker.fed(data))

    async with running(serve) as (client, ear):
        await ear.until(lambda: bool(ear.up))
        assert ear.up == [Connected(session_present=False, version=4)]
        client.publish("t", b"x", 2, token=1)
        await ear.until(lambda: bool(ear.done))
    assert refused == 1


@looped
async def test_a_broker_that_does_not_understand_the_new_version_is_spoken_to_in_the_old_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limit, "CONNECT_S", 0.2)
    broker = ModelBroker(wire.V311)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.read(65_536)
        if hello[8] == wire.V5:
            await reader.read()
            return
        broker.cut()
        writer.write(broker.fed(hello))
        while data := await reader.read(65_536):
            writer.write(broker.fed(data))

    async with running(serve) as (client, ear):
        await ear.until(lambda: bool(ear.up))
        assert client.session.version == wire.V311
        assert "does not answer as a broker" in ear.reasons[0]


HOSTILE = {
    "nothing": b"",
    "no MQTT": b"HTTP/1.1 200 OK\r\n\r\n",
    "a length without end": b"\x20\xff\xff\xff\xff\xff",
    "a message before the answer": b"\x30\x04\0\x01tx",
    "an answer with flags": b"\x20\x03\xff\0\0",
    "refused": b"\x20\x03\0\x87\0",
    "a message that is cut": CONNACK + b"\x32\x03\0\x09t",
    "a topic that is no text": CONNACK + b"\x30\x05\0\x02\xff\xfe\0",
    "a topic with a wildcard": CONNACK + b"\x30\x04\0\x01#\0",
    "QoS 3": CONNACK + b"\x36\x06\0\x01t\0\x01\0",
    "a packet for brokers": CONNACK + b"\x82\x06\0\x01\0\x01a\0",
    "a packet that there is not": CONNACK + b"\xf0\0",
    "an answer that is huge": b"\x20\xff\xff\xff\x7f" + bytes(300_000),
    "a property twice": b"\x20\x0d\0\0\x0a\x21\0\x05\x21\0\x05\x21\0\x05\0",
    "goodbye": CONNACK + b"\xe0\x01\x8b",
}


@pytest.mark.parametrize("name", HOSTILE)
@looped
async def test_what_no_broker_says_ends_the_connection_and_not_the_client(name: str) -> None:
    broker = ModelBroker(wire.V5)
    good = serving(broker)
    turns = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turns
        turns += 1
        if turns > 3:
            await good(reader, writer)
            return
        await reader.read(65_536)
        writer.write(HOSTILE[name])
        await writer.drain()

    async with running(serve) as (client, ear):
        client.publish("t", b"x", 1, token=1)
        await ear.until(lambda: bool(ear.done))
    assert len(ear.reasons) >= 3
    assert all(ear.reasons)
    assert [message.payload for message in broker.heard] == [b"x"]


@looped
async def test_random_bytes_of_a_broker_take_no_memory_and_end_nothing() -> None:
    chance = random.Random(1)  # noqa: S311 -- no secret
    turns = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal turns
        turns += 1
        await reader.read(65_536)
        good = CONNACK + wire.publish(wire.V5, "t", bytes(50), 1, packet_id=turns) * 3
        noise = bytearray(good + chance.randbytes(20_000))
        for _ in range(chance.randint(0, 3)):
            noise[chance.randrange(len(good))] = chance.randrange(256)
        writer.write(noise)
        # A claim of 256 MB, and a good part of it.
        writer.write(b"\x32\xff\xff\xff\x7f" + bytes(500_000))
        await writer.drain()

    tracemalloc.start()
    try:
        async with running(serve, packet_bytes=100_000) as (client, ear):
            await ear.until(lambda: turns > 200)
            assert client.session.version == wire.V5
            assert len(ear.reasons) >= 150
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


@looped
async def test_a_broker_that_vanishes_in_the_middle_gets_what_it_did_not_have() -> None:
    broker = ModelBroker(wire.V5)
    chance = random.Random(7)  # noqa: S311 -- no secret

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broker.cut()
        left = chance.randint(1, 4000)
        while data := await reader.read(chance.randint(1, 200)):
            part = data[:left]
            answer = broker.fed(part)
            left -= len(part)
            writer.write(answer[: chance.randint(0, len(answer))] if left <= 0 else answer)
            await writer.drain()
            if left <= 0:
                return

    async with running(serve) as (client, ear):
        for number in range(400):
            client.publish(f"t/{number % 3}", b"%d" % number, 1 + number % 2, token=number)
        await ear.until(lambda: len(ear.done) == 400)
    heard = [int(message.payload) for message in broker.heard]
    assert set(heard) == set(range(400))
    assert broker.connects > 3
    exact = [number for number in heard if number % 2]
    assert len(exact) == len(set(exact))


@looped
async def test_a_broker_that_reads_nothing_fills_no_memory() -> None:
    connected = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(CONNACK)
        connected.set()
        await asyncio.Event().wait()

    async with running(serve) as (client, ear):
        await ear.until(lambda: bool(ear.up))
        for _ in range(20_000):
            client.publish("t", bytes(4096))
            await asyncio.sleep(0)
        assert client.outbox.dropped > 1000
        assert client.outbox.bytes <= limit.OUTBOX_BYTES
    assert connected.is_set()


@pytest.mark.parametrize(
    ("text", "shown", "user", "password"),
    [
        ("localhost", "mqtt://localhost:1883", None, None),
        ("localhost:1884", "mqtt://localhost:1884", None, None),
        ("mqtt://me@[::1]:1", "mqtt://::1:1", "me", b"file"),
        ("mqtts://me:p%40ss@host", "mqtts://host:8883", "me", b"p@ss"),
    ],
)
def test_a_broker_is_where_its_address_says(text: str, shown: str, user: str | None, password: bytes | None) -> None:
    broker = broker_at(text, password=b"file" if user else None)
    assert (str(broker), broker.user, broker.password) == (shown, user, password)


@pytest.mark.parametrize("text", ["", ":1883", "http://host", "host:port", "host:99999", "host/path", "mqtt://"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        broker_at(text)
