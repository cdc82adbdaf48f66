"""The server over the loopback: streams, HTTP/2, TLS, slow and hostile clients, its end."""

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from sojourn.app.rest_client import RestClient
from sojourn.gateway.http import limit, reading, stream
from sojourn.gateway.http.answer import Health
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import Guard
from sojourn.gateway.http.listener import Listener, Place, place_of
from sojourn.gateway.http.server import Tls, serving
from sojourn.model.errors import ConfigError, ControllerError
from sojourn.model.node_errors import Address
from tests.unit.fake_controller import LUA, FakeController
from tests.unit.gateway.conftest import bearer_of

T = TypeVar("T")
PATIENCE_S = 60.0
FREE = Place("127.0.0.1", 0)


@asynccontextmanager
async def served(controller: FakeController) -> AsyncIterator[Place]:
    """A server that needs no token."""
    async with serving(Application(controller, Guard(bearer_of, open=True)), FREE) as bound:
        yield bound


def ran(work: Callable[[FakeController, Place], Awaitable[T]]) -> T:
    """Runs something against a server."""

    async def run() -> T:
        controller = FakeController()
        async with served(controller) as bound:
            return await asyncio.wait_for(work(controller, bound), PATIENCE_S)

    return asyncio.run(run())


async def raw(bound: Place, request: bytes) -> bytes:
    """All that is answered until the server ends the connection."""
    reader, writer = await asyncio.open_connection(bound.host, bound.port)
    writer.write(request)
    await writer.drain()
    try:
        return await reader.read()
    finally:
        writer.close()


async def events_of(reader: asyncio.StreamReader, wanted: int) -> list[dict[str, str]]:
    """The next events of a stream, field by field; comments and what only has an id are left out."""
    found: list[dict[str, str]] = []
    event: dict[str, str] = {}
    while len(found) < wanted:
        line = (await reader.readline()).decode().rstrip("\r\n")
        name, _, value = line.partition(": ")
        if name in {"id", "event", "data"}:
            event[name] = value
        elif not line and "data" in event:
            found.append(event)
            event = {}
    return found


async def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds; `ran` bounds it."""
    while not holds():  # noqa: ASYNC110 -- what is waited for tells nobody
        await asyncio.sleep(0.005)


@asynccontextmanager
async def streaming(bound: Place, query: str = "", headers: str = "") -> AsyncIterator[asyncio.StreamReader]:
    """A stream of events, read by hand."""
    reader, writer = await asyncio.open_connection(bound.host, bound.port, limit=1 << 20)
    writer.write(f"GET /v1/events{query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n".encode())
    await writer.drain()
    yield reader
    writer.close()


def test_a_stream_goes_on_with_what_happens_and_can_be_resumed() -> None:
    async def work(controller: FakeController, bound: Place) -> None:
        async with streaming(bound, "?kind=node.") as reader:
            await asyncio.to_thread(httpx.put, f"http://{bound}/v1/nodes/node-1/cordon")
            (event,) = await events_of(reader, 1)
            assert (event["id"], event["event"]) == ("4", "node.cordoned")
            assert json.loads(event["data"])["subject"] == "node-1"
        controller.tell("node.lost", "node-2", "it is lost")
        async with streaming(bound, headers="Last-Event-ID: 4\r\n") as reader:
            assert [each["event"] for each in await events_of(reader, 1)] == ["node.lost"]

    ran(work)


def test_what_is_gone_is_told() -> None:
    async def work(controller: FakeController, bound: Place) -> None:
        controller.pruned = 2
        async with streaming(bound) as reader:
            gap, event = await events_of(reader, 2)
            assert (gap["event"], gap["id"], event["id"]) == ("gap", "2", "3")
            told = json.loads(gap["data"])
            assert (told["first"], told["last"]) == (1, 2)
        async with streaming(bound, "?after=99") as reader:
            gap, again, event = await events_of(reader, 3)
            assert json.loads(gap["data"])["reason"] == "event numbers began anew"
            assert (again["event"], event["id"]) == ("gap", "3")

    ran(work)


def test_a_quiet_stream_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)

    async def work(_: FakeController, bound: Place) -> None:
        async with streaming(bound, "?after=-1") as reader:
            await reader.readuntil(b": still here\n\n")

    ran(work)


def test_a_reader_that_stalls_is_dropped_and_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SLOW_S", 0.2)
    monkeypatch.setattr(stream, "SEND_S", 0.2)

    async def work(controller: FakeController, bound: Place) -> None:
        # More than the system's buffers hold.
        for number in range(3000):
            controller.tell("atom.noisy", "node-1/lua", f"{number} " + "x" * 5000)
        async with streaming(bound) as reader:
            await until(lambda: controller.reading > 0)
            await until(lambda: controller.reading == 0)
            told = await reader.read(-1)
        last = told.decode().split("\n\n")[-2].splitlines()
        assert "event: dropped" in last
        after = json.loads(next(line for line in last if line.startswith("data: "))[6:])["after"]
        assert f"\nid: {after}\n" in told.decode()
        assert 3 < after < 3003

    ran(work)


def test_streams_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "STREAMS", 1)

    async def work(controller: FakeController, bound: Place) -> None:
        async with streaming(bound) as reader:
            await events_of(reader, 1)
            refused = await asyncio.to_thread(httpx.get, f"http://{bound}/v1/events")
            assert (refused.status_code, refused.json()["name"]) == (429, "TooMany")
            assert refused.headers["retry-after"] == "1"
        await until(lambda: controller.reading == 0)
        again = await asyncio.to_thread(httpx.get, f"http://{bound}/v1/events?follow=false")
        assert again.status_code == 200

    ran(work)


def test_the_end_of_the_server_ends_streams() -> None:
    async def run() -> bytes:
        controller = FakeController()
        async with served(controller) as bound:
            reader, writer = await asyncio.open_connection(bound.host, bound.port)
            writer.write(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await events_of(reader, 3)
        told = await asyncio.wait_for(reader.read(), PATIENCE_S)
        writer.close()
        return told

    assert b"event: dropped\ndata: " in asyncio.run(run())


def test_a_port_in_use_is_said_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = Place("127.0.0.1", taken.getsockname()[1])

        async def run() -> None:
            async with serving(Application(FakeController(), Guard(bearer_of)), place):
                pass

        with pytest.raises(Address, match=f"cannot listen on {place}: it is in use by another program"):
            asyncio.run(run())


@pytest.mark.parametrize("text", ["7480", "localhost", "127.0.0.1:99999", "127.0.0.1:x", ":80", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Address, match="is not an address to listen on"):
        place_of(text)
    assert place_of("tcp/[::1]:80") == Place("::1", 80)


def test_wrong_certificates_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("nothing")

    async def run() -> None:
        tls = Tls(tmp_path / "a.pem", tmp_path / "a.pem")
        async with serving(Application(FakeController(), Guard(bearer_of)), FREE, tls):
            pass

    with pytest.raises(ConfigError, match="cannot use certificate"):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET /v1/health HTTP/1.1\r\n\r\n", b"400"),
        (b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * (limit.HEADER_BYTES + 10), b"431"),
        (b"POST /v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999\r\n\r\n", b"413"),
        (b"POST /v1/plan HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
    ],
)
def test_hostile_requests_are_ended(request_: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.gateway.http.server.IDLE_S", 0.5)

    async def work(_: FakeController, bound: Place) -> None:
        answer = await raw(bound, request_)
        assert answer.split(b" ")[1:2] == ([status] if status else [])
        assert (await asyncio.to_thread(httpx.get, f"http://{bound}/v1/health")).status_code == 200

    ran(work)


def test_slow_clients_hold_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.gateway.http.server.IDLE_S", 1.0)
    monkeypatch.setattr(reading, "BODY_S", 1.0)

    async def work(_: FakeController, bound: Place) -> None:
        head = raw(bound, b"GET /v1/nodes HTTP/1.1\r\nHost: loc")
        body = raw(
            bound,
            b"POST /v1/plan HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
        )
        slow = asyncio.gather(head, body)
        assert (await asyncio.to_thread(httpx.get, f"http://{bound}/v1/nodes")).status_code == 200
        cut, late = await slow
        assert cut == b""
        assert late.startswith(b"HTTP/1.1 408 ")
        assert b'"name":"BodyTimeout"' in late

    ran(work)


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.gateway.http.server.IDLE_S", 0.2)
    monkeypatch.setattr(Listener, "most", 2)

    async def work(_: FakeController, bound: Place) -> None:
        kept = [await asyncio.open_connection(bound.host, bound.port) for _ in range(2)]
        # The third is closed at once.
        reader, writer = await asyncio.open_connection(bound.host, bound.port)
        assert await reader.read() == b""
        writer.close()
        for _reader, open_ in kept:
            open_.close()

        def answers() -> bool:
            try:
                return httpx.get(f"http://{bound}/v1/health").status_code == 200
            except httpx.TransportError:
                return False

        while not await asyncio.to_thread(answers):
            pass

    ran(work)


def test_http_2_without_tls_by_prior_knowledge() -> None:
    h2_connection = pytest.importorskip("h2.connection")

    async def work(_: FakeController, bound: Place) -> None:
        reader, writer = await asyncio.open_connection(bound.host, bound.port)
        connection = h2_connection.H2Connection()
        connection.initiate_connection()
        headers = [(":method", "GET"), (":path", "/v1/health"), (":scheme", "http"), (":authority", "localhost")]
        connection.send_headers(1, headers, end_stream=True)
        writer.write(connection.data_to_send())
        status = None
        while status is None:
            for event in connection.receive_data(await reader.read(65536)):
                status = status or dict(getattr(event, "headers", None) or []).get(b":status")
        assert status == b"200"
        writer.close()

    ran(work)


def certificates(folder: Path) -> Tls:
    """A certificate for this machine that is its own authority."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return Tls(certificate, key)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_with_http_1_and_2(tmp_path: Path) -> None:
    tls = certificates(tmp_path)

    def ask(bound: Place) -> list[str]:
        client = RestClient(f"https://{bound}", "all", tls.certificate)
        assert client.ask("GET", "/v1/health", Health).nodes == 3
        with pytest.raises(ControllerError, match="cannot be trusted"):
            RestClient(f"https://{bound}", "all").ask("GET", "/v1/health", Health)
        with pytest.raises(ControllerError, match="is no controller") as raised:
            RestClient(f"http://{bound}", "all").ask("GET", "/v1/health", Health)
        assert raised.value.hint == f"--controller https://{bound}, where it has a certificate"
        context = ssl.create_default_context(cafile=tls.certificate)
        with httpx.Client(http2=True, verify=context, headers={"authorization": "Bearer all"}) as http:
            # Several requests of one connection, as HTTP/2 has them.
            return [http.get(f"https://{bound}/v1/nodes").http_version for _ in range(3)]

    async def run() -> list[str]:
        async with serving(Application(FakeController(), Guard(bearer_of)), FREE, tls) as bound:
            return await asyncio.to_thread(ask, bound)

    assert asyncio.run(run()) == ["HTTP/2"] * 3


def test_a_stream_ends_when_its_token_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.01)
    valid = {"all"}

    async def run() -> bytes:
        guard = Guard(lambda text: bearer_of(text) if text in valid else None)
        header = "Authorization: Bearer all\r\n"
        app = Application(FakeController(), guard)
        async with serving(app, FREE) as bound, streaming(bound, headers=header) as reader:
            await events_of(reader, 3)
            valid.clear()
            return await asyncio.wait_for(reader.read(), PATIENCE_S)

    assert b"the token is not valid any more" in asyncio.run(run())


def test_what_is_being_done_when_the_server_ends_is_done() -> None:
    async def run() -> tuple[int, int]:
        controller = FakeController()
        controller.delay = asyncio.Event()
        async with served(controller) as bound:
            url, body = f"http://{bound}/v1/atoms", {"module": LUA}
            asked = asyncio.ensure_future(asyncio.to_thread(httpx.post, url, json=body, timeout=PATIENCE_S))
            await until(lambda: controller.waiting)
            asyncio.get_running_loop().call_later(0.1, controller.delay.set)
        return (await asked).status_code, controller.starts

    assert asyncio.run(run()) == (201, 1)
