"""The server with real clients over real sockets: what is refused, how, and that others go on."""

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import websockets
from websockets.asyncio.client import connect

from sojourn.app.doors.reading import reading
from sojourn.app.doors.web_metrics import WebMetrics
from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.guard import Bearer
from sojourn.gateway.http.listener import Place
from sojourn.gateway.http.server import Tls
from sojourn.gateway.web.application import METRICS, Application
from sojourn.gateway.web.limit import LINE_BYTES, REQUEST_HEAD_BYTES
from sojourn.gateway.web.reception import Access, Reception
from sojourn.gateway.web.server import Serving, served
from sojourn.gateway.web.streams import Streams
from tests.fake_port import Hub
from tests.web_atom import WebAtom

PATIENCE_S = 30.0


@dataclass
class Door:
    """A door over a hub, and the atom behind it."""

    place: str
    hub: Hub
    atom: WebAtom
    streams: Streams

    async def raw(self, data: bytes) -> bytes:
        """What is answered to these bytes: head and body."""
        host, _, port = self.place.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(data)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            return head + await reader.readexactly(int(length[15:]))
        finally:
            writer.close()

    async def curl(self, path: str, *arguments: str, scheme: str = "http") -> tuple[int, bytes]:
        """Status and body that curl gets."""
        command = ["curl", "-sS", "-k", "-w", "\n%{http_code}", *arguments, f"{scheme}://{self.place}{path}"]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, _ = await process.communicate()
        body, _, status = out.rpartition(b"\n")
        return int(status), body


def bearer_of(text: str) -> Bearer | None:
    known = {"reach": frozenset({Scope.REACH}), "read": frozenset({Scope.READ}), "admin": frozenset({Scope.ADMIN})}
    return Bearer(text, known[text]) if text in known else None


@asynccontextmanager
async def door(
    access: Access = Access.LOCAL,
    *,
    idle_s: float = 60.0,
    body_bytes: int = 1 << 20,
    connections: int = 64,
    tls: Tls | None = None,
) -> AsyncIterator[Door]:
    hub = Hub()
    gate, atom = hub.port("gw/.http"), WebAtom(hub.port("n1/web"))
    streams = Streams(gate, "g-", 5.0)
    reception = Reception(gate, bearer_of, access, body_bytes)
    metrics = WebMetrics(streams.__len__, log=True)
    app = Application(streams, reception, metrics, {METRICS: metrics.page}, idle_s)
    serving = Serving(Place("127.0.0.1", 0), tls, None, connections, idle_s)
    with closing(gate), closing(atom.port), reading(gate, streams.take), reading(atom.port, atom.take):
        async with served(app, serving) as told:
            yield Door(told["http"], hub, atom, streams)


def run(scene: Callable[[], Awaitable[None]]) -> None:
    """A scene in a loop of its own."""

    async def played() -> None:
        async with asyncio.timeout(PATIENCE_S * 2):
            await scene()

    asyncio.run(played())


async def until(holds: Callable[[], bool]) -> None:
    """Waits, with others at work."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0)


def problem(answer: bytes) -> tuple[int, str]:
    """Status and name of an error as it came over the wire."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, answer
    told = json.loads(body)
    assert told["status"] == int(head.split()[1])
    return told["status"], told["name"]


UPGRADE = b"GET /a/web/ws HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
BAD = [
    (b"GET /a/web/hello HTTP/1.1\r\n\r\n", (400, "BadRequest")),
    (b"nonsense\r\n\r\n", (400, "BadRequest")),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100) + b"\r\n\r\n", (400, "BadRequest")),
    (b"GET /a/web/ HTTP/1.1\r\nhost: x\r\nbad header: x\r\n\r\n", (400, "BadRequest")),
    (b"GET /a/web/ HTTP/1.1\r\nhost: localhost\r\nx: " + b"y" * REQUEST_HEAD_BYTES, (431, "HeadTooLarge")),
    (b"GET /a/web/" + b"y" * LINE_BYTES + b" HTTP/1.1\r\nhost: localhost\r\n\r\n", (414, "LineTooLong")),
    (b"GET /a/web/ HTTP/1.1\r\nhost: localhost\r\n" + b"a: b\r\n" * 200 + b"\r\n", (431, "HeadTooLarge")),
    (b"GET /a/%ff/ HTTP/1.1\r\nhost: localhost\r\n\r\n", (400, "BadRequest")),
    (b"GET /b HTTP/1.1\r\nhost: localhost\r\n\r\n", (404, "NoSuchPath")),
    (b"GET /a/nobody HTTP/1.1\r\nhost: localhost\r\n\r\n", (404, "NoSuchAtom")),
    (b"GET /a/web/hello HTTP/1.1\r\nhost: evil.example\r\n\r\n", (403, "OutOfScope")),
    (b"GET /a/web/hello HTTP/1.1\r\nhost: localhost\r\norigin: http://evil.example\r\n\r\n", (403, "OutOfScope")),
    (b"POST /a/web/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2000000\r\n\r\n", (413, "BodyTooLarge")),
    (b"POST /a/web/echo HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", (400, "BadRequest")),
    (
        UPGRADE + b"sec-websocket-version: 12\r\n\r\n",
        (400, "BadRequest"),
    ),
    (
        UPGRADE + b"sec-websocket-version: 13\r\nsec-websocket-key: short\r\n\r\n",
        (400, "BadRequest"),
    ),
]


def test_what_is_wrong_is_refused_and_others_go_on() -> None:
    async def scene() -> None:
        async with door() as there:
            wrong = await asyncio.gather(*(there.raw(data) for data, _ in BAD))
            for (data, expected), answer in zip(BAD, wrong, strict=True):
                assert problem(answer) == expected, data
            assert await there.curl("/a/web/hello") == (200, b"hello\n")
            assert len(there.streams) == 0

    run(scene)


def test_atoms_that_fail_are_told_apart() -> None:
    async def scene() -> None:
        async with door() as there:
            status, body = await there.curl("/a/web/nonsense")
            assert (status, json.loads(body)["name"]) == (502, "BrokenAnswer")
            there.hub.full.add("n1/web")
            status, body = await there.curl("/a/web/hello", "-D", "-")
            assert status == 503
            assert b"retry-after: 1" in body
            there.hub.free("n1/web")
            slow = asyncio.ensure_future(there.curl("/a/web/silent"))
            await until(lambda: bool(there.streams))
            there.streams.tick(float("inf"))
            assert (await slow)[0] == 504

    run(scene)


def test_who_may() -> None:
    async def scene() -> None:
        async with door(Access.TOKEN) as there:
            asked = [(), ("-H", "authorization: Bearer nobody"), ("-H", "authorization: Bearer read")]
            assert [(await there.curl("/a/web/hello", *each))[0] for each in asked] == [401, 401, 403]
            # The gateway's token is not the atom's business; the atom's own is, where the gateway has another field.
            _, head = await there.curl("/a/web/head", "-H", "authorization: Bearer reach")
            assert b"reach" not in head
            mine = ("-H", "authorization: Basic mine", "-H", "x-sojourn-token: reach")
            status, head = await there.curl("/a/web/head", *mine)
            assert status == 200
            assert b"authorization: Basic mine" in head
            assert b"x-sojourn-token" not in head
            assert (await there.curl("/a/web/hello", "-H", "authorization: Bearer admin"))[0] == 200

    run(scene)


def test_what_the_client_says_of_itself_is_not_believed() -> None:
    async def scene() -> None:
        async with door() as there:
            said = ("-H", "x-forwarded-for: 1.2.3.4", "-H", "x-request-id: mine-1", "-H", "te: trailers")
            _, head = await there.curl("/a/web/head?a=%20b", *said)
            lines = head.split(b"\r\n")
            assert lines[0] == b"GET /head?a=%20b HTTP/1.1"
            assert b"x-forwarded-for: 127.0.0.1" in lines
            assert b"x-request-id: mine-1" in lines
            assert b"x-forwarded-prefix: /a/web" in lines
            assert not [line for line in lines if line.startswith((b"te:", b"connection:"))]

    run(scene)


def test_a_client_that_sends_nothing_of_its_body_is_told_so() -> None:
    async def scene() -> None:
        async with door(idle_s=0.2) as there:
            data = b"POST /a/web/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n12"
            host, _, port = there.place.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(data)
            assert (await reader.readline()).startswith(b"HTTP/1.1 408")
            writer.close()
            # Nobody but the gateway has heard of it.
            assert not there.atom.port.sent  # type: ignore[attr-defined]

    run(scene)


def test_one_connection_too_many_is_none() -> None:
    async def scene() -> None:
        async with door(connections=3) as there:
            host, _, port = there.place.rpartition(":")
            held = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
            for _, writer in held:
                writer.write(b"GET /a/web/hello HTTP/1.1\r\nhost: localhost\r\n\r\n")
            for reader, _ in held:
                assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            reader, writer = await asyncio.open_connection(host, int(port))
            with suppress(ConnectionResetError):
                assert not await reader.read()
            writer.close()
            for _, other in held:
                other.close()

    run(scene)


def test_half_an_answer_is_seen_to_be_half() -> None:
    async def scene() -> None:
        async with door() as there:
            for version in ("--http1.1", "--http2-prior-knowledge"):
                command = ["curl", "-sS", version, f"http://{there.place}/a/web/half"]
                process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1)
                out, _ = await process.communicate()
                assert process.returncode, version
                assert out in {b"", b"12345"}

    run(scene)


def test_events_end_with_their_client() -> None:
    async def scene() -> None:
        async with door() as there:
            command = ["curl", "-sSN", f"http://{there.place}/a/web/events"]
            process = await asyncio.create_subprocess_exec(*command, stdout=-1)
            assert process.stdout is not None
            await until(lambda: bool(there.atom.streams))
            there.atom.event("one")
            assert await process.stdout.readline() == b"data: one\n"
            process.terminate()
            await process.wait()
            await until(lambda: not there.atom.streams and not there.streams)
            assert there.atom.ended == ["the client went"]

    run(scene)


def test_sockets_that_break_the_rules() -> None:
    async def scene() -> None:
        async with door() as there:
            url = f"ws://{there.place}/a/web/ws"
            async with connect(url) as good:
                for data, code in [
                    (b"\x81\x02hi", 1002),
                    (b"\x81\x81\0\0\0\0\xff", 1007),
                    (b"\x82\xff" + b"\xff" * 8, 1009),
                ]:
                    async with connect(url) as bad:
                        transport = bad.transport
                        transport.write(data)
                        with pytest.raises(websockets.ConnectionClosed) as caught:
                            await bad.recv()
                        assert caught.value.rcvd is not None
                        assert caught.value.rcvd.code == code
                await good.send("still here")
                assert await good.recv() == "still here"
            assert [text.split()[0] for text in there.atom.ended] == ["1002", "1007", "1009", "1000"]

    run(scene)


def test_tls_offers_both_versions(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)

    async def scene() -> None:
        async with door(tls=Tls(certificate, key)) as there:
            assert await there.curl("/a/web/hello", "--http2", scheme="https") == (200, b"hello\n")
            assert await there.curl("/a/web/hello", "--http1.1", scheme="https") == (200, b"hello\n")

    run(scene)


def test_a_gateway_that_ends_says_so() -> None:
    async def scene() -> None:
        async with door() as there:
            socket_ = await connect(f"ws://{there.place}/a/web/ws")
            place = there.place
        with pytest.raises(websockets.ConnectionClosed) as caught:
            await socket_.recv()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1001
        host, _, port = place.rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=1).close()

    run(scene)
