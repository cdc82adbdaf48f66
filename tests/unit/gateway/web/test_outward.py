"""Requests that atoms make: what was granted, whole and in pieces, and everything that can go wrong with them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

import httpcore
import pytest

from sojourn.app.doors.reading import reading
from sojourn.gateway.port import PortEvent
from sojourn.gateway.web.dialling import Looking, pool
from sojourn.gateway.web.outward import Bounds, Outward
from tests.fake_port import FakeEvent, FakePort, Hub

ATOM, GATE = "n1/asker", "gw/.out"


@dataclass
class Asker:
    """An atom that asks, and what it got."""

    port: FakePort
    heard: list[FakeEvent] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    def take(self, events: Sequence[PortEvent]) -> None:
        self.heard += [event for event in events if isinstance(event, FakeEvent)]
        self.more.set()

    def ask(self, line: str, body: bytes = b"", *, type_: str = "http.request", fields: str = "") -> str:
        """Asks; the stream's id."""
        self.count += 1
        data = f"{line} HTTP/1.1\r\n{fields}\r\n".encode() + body
        self.port.call(GATE, data, type=type_, subject=f"~{self.count}", content_type="message/http")
        return f"~{self.count}"

    async def next(self, number: str) -> FakeEvent:
        """The next event of a stream."""
        async with asyncio.timeout(30):
            while True:
                for event in self.heard:
                    if event.subject == number:
                        self.heard.remove(event)
                        return event
                self.more.clear()
                await self.more.wait()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server out there: `/hello`, `/long?N`, `/moved`, `/echo`, `/never`."""
    head = await reader.readuntil(b"\r\n\r\n")
    target = head.split()[1].decode()
    if target == "/hello":
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-host: "
            + head.split(b"ost: ")[1].split(b"\r")[0]
            + b"\r\n\r\nhello"
        )
    elif target.startswith("/long"):
        size = int(target.partition("?")[2])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + bytes(range(256)) * (size // 256))
    elif target == "/moved":
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
    elif target == "/echo":
        body = b""
        while not body.endswith(b"0\r\n\r\n"):
            body += await reader.read(65_536)
        size = sum(int(each, 16) for each in body.split(b"\r\n")[0:-3:2])
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%d" % (len(str(size)), size))
    elif target == "/never":
        await reader.read()
    writer.close()


@asynccontextmanager
async def outside(*grants: str, answer_s: float = 20.0, body_bytes: int = 1 << 22) -> AsyncIterator[tuple[Asker, str]]:
    """An asker with these grants, `HERE` standing for the server's place, and that place."""
    hub = Hub()
    gate, asker = hub.port(GATE), Asker(hub.port(ATOM))
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def granted(atom: str) -> list[str]:
        assert atom == ATOM
        return [grant.replace("HERE", place) for grant in grants]

    made = Outward(gate, granted, pool(), Bounds(body_bytes, answer_s, 20.0))
    async with server:
        with closing(gate), closing(asker.port), reading(gate, made.take), reading(asker.port, asker.take):
            try:
                yield asker, place
            finally:
                await made.close()


def run(scene: Callable[[], object]) -> None:
    asyncio.run(scene())  # type: ignore[arg-type]


def test_a_request_is_made() -> None:
    async def scene() -> None:
        async with outside("HERE") as (asker, place):
            answer = await asker.next(asker.ask(f"GET http://{place}/hello", fields="host: other.example\r\n"))
            assert answer.type == "http.response"
            assert answer.data.startswith(b"HTTP/1.1 200 OK\r\n")
            assert answer.data.endswith(b"\r\n\r\nhello")
            # The host is the one that was looked at, whatever the atom says.
            assert f"x-host: {place}".encode() in answer.data
            moved = await asker.next(asker.ask(f"GET http://{place}/moved"))
            assert moved.data.startswith(b"HTTP/1.1 302 ")

    run(scene)


@pytest.mark.parametrize("grant", ["", "*", "*:*", "127.0.0.1:1", "localhost:*", "example.org:80"])
def test_what_was_not_granted_is_not_made(grant: str) -> None:
    async def scene() -> None:
        async with outside(*[grant] * bool(grant)) as (asker, place):
            answer = await asker.next(asker.ask(f"GET http://{place}/hello"))
            assert (answer.type, answer.data) == ("http.failed", f"not granted: {place}".encode())

    run(scene)


def test_a_long_answer_comes_in_pieces_within_the_window() -> None:
    async def scene() -> None:
        async with outside("HERE") as (asker, place):
            number = asker.ask(f"GET http://{place}/long?1048576")
            assert (await asker.next(number)).type == "http.open"
            came = b""
            while (event := await asker.next(number)).type == "http.data":
                assert event.content_type == str(len(came))
                assert len(event.data) <= 65_536
                came += event.data
                if len(came) == 262_144:
                    # The window is shut: nothing more comes before it is opened.
                    assert not asker.heard
                    asker.port.send(GATE, b"1000000", type="http.credit", subject=number)
            assert event.type == "http.end"
            assert came == bytes(range(256)) * 4096
            whole = await asker.next(asker.ask(f"GET http://{place}/long?524288", fields="x-sojourn-whole: 600000\r\n"))
            assert (whole.type, len(whole.data.partition(b"\r\n\r\n")[2])) == ("http.response", 524_288)
            large = await asker.next(asker.ask(f"GET http://{place}/long?524288", fields="x-sojourn-whole: 1000\r\n"))
            assert (large.type, large.data) == ("http.failed", b"too large")

    run(scene)


def test_a_body_in_pieces() -> None:
    async def scene() -> None:
        async with outside("HERE") as (asker, place):
            number = asker.ask(
                f"POST http://{place}/echo", b"x" * 10, type_="http.open", fields="transfer-encoding: chunked\r\n"
            )
            asker.port.send(GATE, b"y" * 60_000, type="http.data", subject=number, content_type="10")
            asker.port.send(GATE, b"z" * 60_000, type="http.data", subject=number, content_type="60010")
            asker.port.send(GATE, b"!", type="http.end", subject=number, content_type="120010")
            events = [await asker.next(number)]
            while events[-1].type == "http.credit":
                events.append(await asker.next(number))
            assert events[-1].data.endswith(b"\r\n\r\n120011")

    run(scene)


def test_what_goes_wrong_is_said() -> None:
    async def scene() -> None:
        async with outside("HERE", "127.0.0.1:1", "no-such-host.invalid:80", answer_s=0.5) as (asker, place):
            for line, begins in [
                ("GET http://127.0.0.1:1/", "cannot connect"),
                ("GET http://no-such-host.invalid/", "cannot connect"),
                (f"GET http://{place}/never", "timed out"),
                (f"GET http://{place}/nothing", "cannot connect"),
                ("GET /path", "not a request"),
                ("GET ftp://x/", "not a request"),
                ("nonsense", "not a request"),
            ]:
                answer = await asker.next(asker.ask(line))
                assert answer.type == "http.failed", line
                assert answer.data.decode().startswith(begins), (line, answer.data)

    run(scene)


def test_a_name_that_leads_home_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async def leads(*_: object, **__: object) -> list[object]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", leads)
        with pytest.raises(httpcore.ConnectError, match="leads to this machine"):
            await Looking().connect_tcp("rebound.example", 80)

    run(scene)
