"""Atoms over HTTP, with curl, a WebSocket library and a browser, while atoms move and processes are killed."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as dial

import sojourn
from sojourn import Realm
from tests.debian import found, need
from tests.e2e.gateways import Gateway, curl, moving
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met
from tests.e2e.process import Runner

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
NAMES = ("one", "two", "three")
MIB = 1 << 20
LONG_BYTES = 100_000_000


def connect(place: str, **options: Any) -> dial:  # noqa: ANN401 -- the library's own
    """A WebSocket; the machine may be busy."""
    return dial(place, **{"open_timeout": PATIENCE_S, "close_timeout": PATIENCE_S, "ping_timeout": None, **options})


@pytest.fixture(scope="session")
def web() -> Path:
    """An atom that serves HTTP in all ways that there are."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(ROOT / "sdk/conformance/c/web.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values())))


@pytest.fixture
def house(nodes: Nodes) -> list[Process]:
    """Three nodes."""
    return nodes(*NAMES)


@pytest.fixture
def gateways(house: list[Process]) -> Iterator[Callable[..., Gateway]]:
    """Starts gateways, and ends them."""
    begun: list[Gateway] = []

    def begin(*options: str) -> Gateway:
        begun.append(Gateway(house[0].realm, house[0].address, *options))
        # A node that has not met the gateway knows none of its names: an atom that comes there takes it for ended.
        deadline = time.monotonic() + PATIENCE_S
        while json.loads(curl(f"{begun[-1].url}/-/health"))["nodes"] < len(house):
            assert time.monotonic() < deadline, "the gateway has not met all nodes"
        return begun[-1]

    yield begin
    for gateway in begun:
        gateway.end()


@asynccontextmanager
async def joined(house: list[Process], module: Path) -> AsyncIterator[Realm]:
    """The realm, with the atom at its first node."""
    async with sojourn.connect(house[0].address, realm=house[0].realm, timeout=30) as realm:
        await met(realm, set(NAMES))
        await realm.start(module, node="one")
        yield realm


async def streams(realm: Realm) -> tuple[int, int]:
    """How many streams the atom has, and how many went away."""
    answer = await realm.call("one/web", type="streams", timeout=PATIENCE_S)
    there, gone = answer.data.split()
    return int(there), int(gone)


def test_curl_reaches_an_atom_by_each_of_its_names(
    house: list[Process], gateways: Callable[..., Gateway], web: Path
) -> None:
    gateway = gateways()

    async def run() -> None:
        async with joined(house, web):
            for name in ("web", "one%2Fweb", "sdk:web", "we%5Bb%5D", "sdk:w.%2B"):
                said = await asyncio.to_thread(curl, f"{gateway.url}/a/{name}/hello/bob?greeting=hi")
                assert said == b"hi, bob\n"
            version2 = await asyncio.to_thread(curl, "--http2-prior-knowledge", f"{gateway.url}/a/web/hello/bob")
            assert version2 == b"hello, bob\n"
            echoed = await asyncio.to_thread(curl, "-d", "what", f"{gateway.url}/a/web/echo")
            assert echoed == b"what"
            assert await asyncio.to_thread(curl, "-I", f"{gateway.url}/a/web/hello/bob")
            missing = await asyncio.to_thread(lambda: curl(f"{gateway.url}/a/nobody/", status=404))
            assert json.loads(missing)["name"] == "NoSuchAtom"
            too_large = await asyncio.to_thread(lambda: curl("-d", "x" * 17, f"{gateway.url}/a/web/small", status=413))
            assert too_large
            assert b"sojourn_gateway_requests_total" in await asyncio.to_thread(curl, f"{gateway.url}/-/metrics")

    asyncio.run(run())


def test_long_bodies_are_whole_whatever_moves(
    house: list[Process], gateways: Callable[..., Gateway], web: Path, tmp_path: Path
) -> None:
    gateway = gateways()
    # As the atom makes it: byte n is n * 31 % 251.
    expected = (np.arange(LONG_BYTES, dtype=np.int64) * 31 % 251).astype(np.uint8)
    up, down = tmp_path / "up", tmp_path / "down"
    expected.tofile(up)

    async def run() -> None:
        async with joined(house, web) as realm:
            still = await asyncio.to_thread(curl, "-T", up, "-X", "POST", f"{gateway.url}/a/web/upload")
            over = asyncio.Event()
            roaming = asyncio.ensure_future(moving(realm, "one/web", NAMES, over))
            moved, _ = await asyncio.gather(
                asyncio.to_thread(curl, "-T", up, "-X", "POST", f"{gateway.url}/a/web/upload"),
                asyncio.to_thread(curl, "-o", down, f"{gateway.url}/a/web/download/{LONG_BYTES}"),
            )
            over.set()
            assert await roaming > 1
            assert moved == still
            assert moved.startswith(str(LONG_BYTES).encode())
            assert np.array_equal(np.fromfile(down, np.uint8), expected)

    asyncio.run(run())


class Talker:
    """A client that says numbers and expects each back, once and in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.said = self.heard = 0

    async def talk(self, over: asyncio.Event) -> None:
        """Until it is over; then what is under way still comes."""
        while not over.is_set():
            await self.say(5)

    async def say(self, count: int) -> None:
        """Says some, and hears them."""
        for _ in range(count):
            await self.socket.send(str(self.said))
            self.said += 1
        while self.heard < self.said:
            assert await asyncio.wait_for(self.socket.recv(), PATIENCE_S) == str(self.heard)
            self.heard += 1


@asynccontextmanager
async def talkers(gateway: Gateway, count: int) -> AsyncIterator[list[Talker]]:
    """Clients that are connected."""
    place = f"ws://{gateway.place}/a/web/ws/echo"
    sockets = await asyncio.gather(*(connect(place, subprotocols=["echo"]) for _ in range(count)))
    try:
        yield [Talker(socket) for socket in sockets]
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


def test_sockets_and_events_go_on_through_moves(
    house: list[Process], gateways: Callable[..., Gateway], web: Path
) -> None:
    gateway = gateways()

    async def run() -> None:
        async with joined(house, web) as realm, talkers(gateway, 30) as all_of_them:
            assert {talker.socket.subprotocol for talker in all_of_them} == {"echo"}
            command = ["curl", "-sSN", f"{gateway.url}/a/web/ticks"]
            events = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: ASYNC220 -- it is read in a thread
            await eventually(lambda: streams(realm), lambda there: there[0] == 31)
            over = asyncio.Event()
            talking = asyncio.gather(*(talker.talk(over) for talker in all_of_them))
            atom = await realm.atom("one/web")
            for number in range(12):
                await realm.send("one/web", str(number), type="tick")
                await atom.migrate(NAMES[(number + 1) % 3])
            over.set()
            await talking
            await realm.send("one/web", b"", type="stop")
            output, _ = await asyncio.to_thread(lambda: events.communicate(timeout=PATIENCE_S))
            assert [line[6:] for line in output.decode().splitlines() if line.startswith("data: ")] == [
                str(number) for number in range(12)
            ]
            assert all(talker.heard == talker.said > 0 for talker in all_of_them)
            assert await streams(realm) == (30, 0)

    asyncio.run(run())


def test_sockets_of_a_durable_atom_survive_the_death_of_its_node(
    house: list[Process], gateways: Callable[..., Gateway], web: Path, sojourn: Runner, tmp_path: Path
) -> None:
    durable = tmp_path / "web.wasm"
    said = sojourn("annotate", web, "--set", "durable=true", "--out", durable)
    assert said.returncode == 0, said.stderr
    gateway = gateways("--answer", "60s")

    async def run() -> None:
        async with joined(house, durable) as realm:
            await (await realm.atom("one/web")).migrate("two")
            async with talkers(gateway, 10) as all_of_them:
                for talker in all_of_them:
                    await talker.say(3)
                await (await realm.atom("one/web")).checkpoint()
                for talker in all_of_them:
                    await talker.say(3)
                house[1].kill()
                # What is said meanwhile waits for it.
                talking = [asyncio.ensure_future(talker.say(5)) for talker in all_of_them]
                house[1].begin(join=house[0].address)
                await eventually(lambda: restored(realm), bool)
                await asyncio.gather(*talking)
                assert all(talker.heard == 11 for talker in all_of_them)
                assert all(talker.socket.close_code is None for talker in all_of_them)

    asyncio.run(run())


async def restored(realm: Realm) -> bool:
    """Whether the atom goes on where its node is back."""
    try:
        await realm.restore("one/web", node="two")
    except sojourn.NodeError as error:
        return type(error).__name__ == "AlreadyRuns"
    return True


def test_gateways_are_no_matter_of_each_other(
    house: list[Process], gateways: Callable[..., Gateway], web: Path
) -> None:
    first, second, third = gateways(), gateways(), gateways()

    async def run() -> None:
        async with joined(house, web) as realm:
            place = "ws://{}/a/web/ws/echo"
            sockets = [await connect(place.format(each.place)) for each in (first, second, third)]
            kept = Talker(sockets[2])
            await kept.say(10)
            assert (await streams(realm))[0] == 3
            # Killed: the client sees its connection end, and the atom is told.
            first.kill()
            with pytest.raises(websockets.ConnectionClosedError):
                await asyncio.wait_for(sockets[0].recv(), PATIENCE_S)
            await eventually(lambda: streams(realm), lambda there: there[0] == 2)
            # Ended: both are told so.
            assert await asyncio.to_thread(second.end) == 0
            with pytest.raises(websockets.ConnectionClosed) as caught:
                await asyncio.wait_for(sockets[1].recv(), PATIENCE_S)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
            await eventually(lambda: streams(realm), lambda there: there == (1, 2))
            await kept.say(10)
            await sockets[2].close()

    asyncio.run(run())


def test_the_end_of_an_atom_is_told(house: list[Process], gateways: Callable[..., Gateway], web: Path) -> None:
    gateway = gateways()

    async def run() -> None:
        async with joined(house, web) as realm:
            socket = await connect(f"ws://{gateway.place}/a/web/ws/echo")
            waiting = asyncio.ensure_future(asyncio.to_thread(lambda: curl(f"{gateway.url}/a/web/later", status=502)))
            await eventually(lambda: streams(realm), lambda there: there[0] == 2)
            await (await realm.atom("one/web")).stop()
            with pytest.raises(websockets.ConnectionClosed) as caught:
                await asyncio.wait_for(socket.recv(), PATIENCE_S)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1011
            assert json.loads(await waiting)["status"] == 502

    asyncio.run(run())


PAGE = """<!doctype html><title>page</title><body><script>
const said = [];
const told = text => { said.push(text); document.body.textContent = said.join(" "); };
const socket = new WebSocket(`ws://${location.host}/a/web/ws/echo`);
socket.onopen = () => { for (let n = 0; n < 5; n++) socket.send(`w${n}`); };
socket.onmessage = event => told(event.data);
socket.onclose = event => told(`closed-${event.code}`);
const events = new EventSource("/a/web/ticks");
events.addEventListener("tick", event => told(`e${event.data}`));
</script>"""


# The browser may have to be installed first.
@pytest.mark.timeout(600)
def test_a_browser_has_sockets_and_events(
    house: list[Process], gateways: Callable[..., Gateway], web: Path, tmp_path: Path
) -> None:
    need("chromium", found("chromium"))
    chromium = found("chromium")
    assert chromium is not None
    gateway = gateways()

    async def run() -> None:
        async with joined(house, web) as realm:
            browser = await Browser.open(str(chromium), tmp_path)
            try:
                await browser.go(f"{gateway.url}/-/health")
                await browser.run(f"document.open(); document.write({json.dumps(PAGE)}); document.close();")
                await eventually(lambda: streams(realm), lambda there: there[0] == 2)
                atom = await realm.atom("one/web")
                for number in range(6):
                    await realm.send("one/web", str(number), type="tick")
                    await atom.migrate(NAMES[(number + 1) % 3])
                wanted = {*(f"w{n}" for n in range(5)), *(f"e{n}" for n in range(6))}
                heard = await eventually(browser.text, lambda text: wanted <= set(text.split()))
                assert [each for each in heard.split() if each[0] == "e"] == [f"e{n}" for n in range(6)]
                assert len(heard.split()) == 11
            finally:
                await browser.close()

    asyncio.run(run())


class Browser:
    """Chromium without a screen, driven by its DevTools protocol."""

    def __init__(self, process: asyncio.subprocess.Process, socket: ClientConnection) -> None:
        self._process = process
        self._socket = socket
        self._count = 0

    @classmethod
    async def open(cls, program: str, folder: Path) -> "Browser":
        """Starts it."""
        process = await asyncio.create_subprocess_exec(
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
            "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={folder / 'browser'}", "about:blank",
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stderr is not None
        line = b""
        async with asyncio.timeout(PATIENCE_S):
            while b"DevTools listening on " not in line:
                line = await process.stderr.readline()
                assert line, "the browser did not start"
        place = line.split()[-1].decode().split("/")[2]
        pages = json.loads(await asyncio.to_thread(curl, f"http://{place}/json/list"))
        page = next(each for each in pages if each["type"] == "page")
        return cls(process, await connect(page["webSocketDebuggerUrl"], max_size=None))

    async def _ask(self, method: str, **parameters: object) -> dict[str, object]:
        self._count += 1
        await self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = json.loads(await self._socket.recv())
                if answer.get("id") == self._count:
                    assert "error" not in answer, answer
                    return dict(answer["result"])

    async def go(self, url: str) -> None:
        """Opens a page."""
        await self._ask("Page.navigate", url=url)
        await eventually(lambda: self.run("location.href"), lambda there: there == url)

    async def run(self, script: str) -> str:
        """Runs a script; its value as text."""
        answer = await self._ask("Runtime.evaluate", expression=script)
        result = answer["result"]
        assert isinstance(result, dict)
        return str(result.get("value", ""))

    async def text(self) -> str:
        """What the page says."""
        return await self.run("document.body ? document.body.textContent : ''")

    async def close(self) -> None:
        """Ends it."""
        await self._socket.close()
        self._process.terminate()
        await self._process.wait()
