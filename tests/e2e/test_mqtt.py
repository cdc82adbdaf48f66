"""Topics of a real Mosquitto bound to atoms: each QoS, both versions, and everything that can be killed killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

import sojourn
from sojourn.app.connection import Connecting
from sojourn.core.annotation import annotated
from sojourn.gateway.mqtt.broker import broker_at
from sojourn.gateway.mqtt.client import Client, Deaf
from sojourn.gateway.mqtt.packet import Publish
from sojourn.gateway.mqtt.session import Granted, Options
from sojourn.model.node_errors import AlreadyRuns
from tests.debian import found, need
from tests.e2e.mosquitto import Mosquitto, mosquitto
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met
from tests.e2e.process import SOJOURN, Runner, Starter

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
ONE, TWO = NAMES = ("one", "two")


@pytest.fixture(scope="session")
def relay() -> Path:
    """An atom that publishes under `out` what comes under `in`."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(ROOT / "tests/guests/relay.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values())))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """One that keeps what it has over a restart."""
    need("mosquitto-clients", found("mosquitto_pub"))
    place = tmp_path / "broker"
    place.mkdir()
    with mosquitto(place, persistent=True) as one:
        yield one


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """Bindings and caches of the test's own."""
    return {
        **os.environ,
        "NO_COLOR": "1",
        "COLUMNS": "120",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }


class Gate:
    """A gateway's process, which a test can kill and begin again."""

    def __init__(self, node: Process, broker: Mosquitto, environment: Mapping[str, str], *options: str) -> None:
        self._command = [SOJOURN, "gateway", "--address", node.address, "--realm", node.realm, "--json"]
        self._command += ["--gateway-name", "gate", "--mqtt", broker.address, *options]
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.begin()

    def begin(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, env=self._environment)
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["mqtt"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE_S)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@pytest.fixture
def gate(environment: Mapping[str, str]) -> Iterator[Callable[..., Gate]]:
    """Begins gateways; ends them."""
    begun: list[Gate] = []

    def begin(node: Process, broker: Mosquitto, *options: str) -> Gate:
        begun.append(Gate(node, broker, environment, *options))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


class Ear(Deaf):
    """A client of the broker that publishes numbers, and notes what comes."""

    def __init__(self, address: str, version: int = 5) -> None:
        self.client = Client(broker_at(address), Options(client="ear", version=version), self)
        self.came: list[int] = []
        self.filters: set[str] = set()

    def message(self, message: Publish) -> None:
        self.came.append(int(message.payload))
        self.client.acknowledge(message)

    def granted(self, happened: Granted) -> None:
        self.filters.add(happened.pattern)


@asynccontextmanager
async def listening(address: str, pattern: str, version: int = 5) -> AsyncIterator[Ear]:
    """A client that has subscribed."""
    ear = Ear(address, version)
    ear.client.subscribe(pattern, 1)
    task = asyncio.create_task(ear.client.run())

    async def subscribed() -> bool:
        return pattern in ear.filters

    try:
        await eventually(subscribed, bool)
        yield ear
    finally:
        task.cancel()
        await asyncio.wait([task])


async def bound(realm: sojourn.Realm, count: int) -> None:
    """Waits until the gateway has so many bindings, and a broker."""

    async def status() -> dict[str, object]:
        for row in await realm.find("mqtt", "door"):
            with suppress(sojourn.NodeError):
                return dict(json.loads((await realm.call(row.atom, type="mqtt.status", timeout=5)).data))
        return {"connected": False}

    def holds(told: dict[str, object]) -> bool:
        bindings = told.get("bindings")
        return bool(told["connected"]) and isinstance(bindings, list) and len(bindings) >= count

    await eventually(status, holds)


async def all_came(ear: Ear, numbers: range) -> None:
    """Waits until each number came."""

    async def missing() -> int:
        return len(set(numbers) - set(ear.came))

    await eventually(missing, lambda left: left == 0)


def connect(node: Process) -> Connecting:
    return sojourn.connect(node.address, realm=node.realm, timeout=PATIENCE_S)


def client(program: str, broker: Mosquitto, version: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    """One of Mosquitto's own clients, to its end."""
    command = [program, "-h", "127.0.0.1", "-p", str(broker.port), "-V", version, *options]
    return subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)


@contextmanager
def hearing(broker: Mosquitto, version: str, pattern: str) -> Iterator[Callable[[int], list[str]]]:
    """A subscription that the broker keeps; so many of its messages, when they have come."""
    session = ["-i", "hearer", "-c", "-q", "2", "-t", pattern]
    client("mosquitto_sub", broker, version, *session, "-E", *(["-x", "60"] if version == "mqttv5" else []))

    def heard(count: int) -> list[str]:
        told = client("mosquitto_sub", broker, version, *session, "-C", str(count), "-W", "30", "-F", "%q %t %p")
        return told.stdout.decode().splitlines()

    yield heard


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquittos_own_clients_reach_an_atom_and_hear_it(
    nodes: Nodes, relay: Path, broker: Mosquitto, gate: Callable[..., Gate], version: str
) -> None:
    one, _ = nodes(*NAMES)
    client("mosquitto_pub", broker, version, "-t", "in/1/kept", "-m", "kept", "-q", "1", "-r")

    async def run() -> None:
        async with connect(one) as realm:
            await met(realm, set(NAMES))
            await realm.start(relay, node=ONE)
            gate(one, broker, "--mqtt-version", "5" if version == "mqttv5" else "3.1.1")
            await bound(realm, 4)

    asyncio.run(run())
    # What the broker had kept came when the atom was bound, and the atom had it kept: it is there, and stays.
    keeping = ["-t", "out/1/kept", "-C", "1", "-W", "30", "-F", "%r %q %p", "-q", "2"]
    assert client("mosquitto_sub", broker, version, *keeping).stdout.endswith(b" 1 kept\n")
    assert client("mosquitto_sub", broker, version, *keeping).stdout == b"1 1 kept\n"
    with hearing(broker, version, "out/+/x") as heard:
        for qos in "12":
            client("mosquitto_pub", broker, version, "-t", f"in/{qos}/x", "-m", f"hello {qos}", "-q", qos)
        assert sorted(heard(2)) == ["1 out/1/x hello 1", "2 out/2/x hello 2"]
    if version == "mqttv5" and found("mosquitto_rr"):
        asked = ["-t", "in/1/ask", "-e", "answers/1", "-m", "?", "-q", "1", "-W", "30"]
        assert client("mosquitto_rr", broker, version, *asked).stdout.strip().isdigit()


def test_bindings_are_made_shown_and_taken_away_by_command(  # noqa: PLR0913, PLR0917 -- what it stands between
    nodes: Nodes,
    relay: Path,
    broker: Mosquitto,
    gate: Callable[..., Gate],
    sojourn: Runner,
    environment: Mapping[str, str],
) -> None:
    (one,) = nodes(ONE)
    here = ("--realm", one.realm)
    to = ("--address", one.address, *here)
    gate(one, broker)

    def run(*arguments: str | Path) -> str:
        ran = sojourn(*arguments, env=environment)
        assert ran.returncode == 0, ran.stderr.decode()
        return (ran.stdout + ran.stderr).decode()

    run("start", *to, relay)
    assert "extra/#;qos=1 is bound to relay" in run("mqtt", "bind", "extra/#", "relay", "--qos", "1", *here)

    async def bindings() -> int:
        told = json.loads(sojourn("mqtt", "list", *to, "--json", env=environment).stdout)
        assert [row["binding"] for row in told["commands"]] == ["extra/#;qos=1"]
        return max((len(status.get("bindings", [])) for status in told["gateways"].values()), default=0)

    asyncio.run(eventually(bindings, lambda count: count == 5))
    with hearing(broker, "mqttv5", "out/1/#") as heard:
        client("mosquitto_pub", broker, "mqttv5", "-t", "extra/1/x", "-m", "by command", "-q", "1")
        assert heard(1) == ["1 out/1/x by command"]
    assert "extra/#;qos=1" in run("mqtt", "list", *to)
    run("mqtt", "unbind", "extra/#", "relay", *here)
    again = sojourn("mqtt", "unbind", "extra/#", "relay", *here, env=environment)
    assert again.returncode == 1
    assert b"not bound" in again.stderr


def test_nothing_is_lost_or_repeated_while_the_atom_moves_under_load(
    nodes: Nodes, relay: Path, broker: Mosquitto, gate: Callable[..., Gate]
) -> None:
    one, _ = nodes(*NAMES)
    gate(one, broker)

    async def run() -> None:
        async with connect(one) as realm, listening(broker.address, "out/1/load") as ear:
            await met(realm, set(NAMES))
            atom = await realm.start(relay, node=ONE)
            await bound(realm, 4)
            sent = 0
            for hop in range(10):
                moving = asyncio.create_task(atom.migrate((TWO, ONE)[hop % 2]))
                while not moving.done():
                    if sent - len(ear.came) < 500:
                        ear.client.publish("in/1/load", b"%d" % sent, 1)
                        sent += 1
                    await asyncio.sleep(0)
                await moving
            await all_came(ear, range(sent))
            assert sent > 100
            assert ear.came == list(range(sent)), "repeated, or out of order"

    asyncio.run(run())


def test_nothing_is_lost_while_the_broker_is_killed_and_comes_back(
    nodes: Nodes, relay: Path, broker: Mosquitto, gate: Callable[..., Gate]
) -> None:
    (one,) = nodes(ONE)
    gate(one, broker)

    async def run() -> None:
        async with connect(one) as realm, listening(broker.address, "out/1/load") as ear:
            await realm.start(relay, node=ONE)
            await bound(realm, 4)
            sent = 0
            for _ in range(3):
                for _ in range(300):
                    ear.client.publish("in/1/load", b"%d" % sent, 1)
                    sent += 1
                # In order: what it has acknowledged is on its disk then. What comes while it is away waits.
                await asyncio.to_thread(broker.kill, signal.SIGTERM)
                for _ in range(300):
                    ear.client.publish("in/1/load", b"%d" % sent, 1)
                    sent += 1
                await asyncio.to_thread(broker.start)
                await all_came(ear, range(sent - 300))
            await all_came(ear, range(sent))
            # QoS 1: what was on its way when the broker went may come twice.
            assert len(ear.came) < 2 * sent

    asyncio.run(run())


def test_nothing_is_lost_while_the_gateway_is_killed_where_the_atom_answers(  # noqa: PLR0913, PLR0917 -- the same
    nodes: Nodes,
    relay: Path,
    broker: Mosquitto,
    gate: Callable[..., Gate],
    sojourn: Runner,
    environment: Mapping[str, str],
) -> None:
    one, two = nodes(*NAMES)
    assert (
        sojourn(
            "mqtt", "bind", "strict/#", "relay", "--qos", "1", "--reply", "--realm", one.realm, env=environment
        ).returncode
        == 0
    )
    door = gate(one, broker)

    async def run() -> None:
        async with connect(one) as realm, listening(broker.address, "out/1/load") as ear:
            await met(realm, set(NAMES))
            await realm.start(relay, node=two.name)
            await bound(realm, 5)
            sent = 0
            for _ in range(2):
                for _ in range(200):
                    ear.client.publish("strict/1/load", b"%d" % sent, 1)
                    sent += 1
                await all_came(ear, range(sent - 150))
                await asyncio.to_thread(door.end, signal.SIGKILL)
                await asyncio.to_thread(door.begin)
            await all_came(ear, range(sent))
            # What was on its way comes again, and no more than that, also by what the atom tried again.
            assert len(ear.came) < 3 * sent

    asyncio.run(run())


def test_a_durable_atom_whose_node_is_killed_loses_nothing(
    nodes: Nodes, relay: Path, broker: Mosquitto, gate: Callable[..., Gate]
) -> None:
    one, two = nodes(*NAMES)
    gate(one, broker)
    module = annotated(relay.read_bytes(), [("durable", "true")])

    async def run() -> None:
        async with connect(one) as realm, listening(broker.address, "out/1/load") as ear:
            await met(realm, set(NAMES))
            atom = await realm.start(module, node=TWO)
            await bound(realm, 4)
            sent = 0
            for _ in range(2):
                for _ in range(200):
                    ear.client.publish("in/1/load", b"%d" % sent, 1)
                    sent += 1
                await all_came(ear, range(sent - 150))
                two.kill()
                two.begin(join=one.address)
                await met(realm, set(NAMES))

                async def restored() -> bool:
                    try:
                        await realm.restore(atom.name, node=TWO)
                    except AlreadyRuns:
                        return True
                    except sojourn.NodeError:
                        return False
                    return True

                await eventually(restored, bool)
            await all_came(ear, range(sent))
            assert list(dict.fromkeys(ear.came)) == list(range(sent)), "out of order"

    asyncio.run(run())


def test_up_brings_a_broker_of_its_own_for_a_first_try(
    begin: Starter, relay: Path, environment: Mapping[str, str]
) -> None:
    pytest.importorskip("amqtt")
    up = begin("up", "--nodes", "1", "--port", "0", "--no-controller", "--json", "--mqtt", "embedded", env=environment)
    try:
        assert up.stdout is not None
        told = json.loads(up.stdout.readline())
        broker = told["doors"]["mqtt"]

        async def run() -> None:
            async with sojourn.connect(told["address"]) as realm, listening(broker, "out/1/x", 4) as ear:
                await realm.start(relay)

                async def came() -> int:
                    ear.client.publish("in/1/x", b"7", 1)
                    return len(ear.came)

                await eventually(came, bool)
                assert set(ear.came) == {7}

        asyncio.run(run())
    finally:
        up.send_signal(signal.SIGTERM)
        up.communicate(timeout=PATIENCE_S)
