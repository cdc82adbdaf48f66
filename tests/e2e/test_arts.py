"""ARENA's runtimes and requesters at a real broker, on real nodes: nobody of them knows that it is not ARTS."""

import json
import os
import signal
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn.core.module import binary_of
from sojourn.gateway.mqtt.arts.record import node_name, our_uuid
from tests.arts.exchange import Ear, Player, exchanges
from tests.arts.live import PATIENCE_S, Live, until
from tests.arts.standin import CONTROL, DEBUG, BrowserRuntime, Requester, SimulatedRuntime
from tests.e2e.mosquitto import Mosquitto, mosquitto
from tests.e2e.process import SOJOURN, GuestPath

# Writes "done" and ends.
ENDS = b"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
  (data (i32.const 16) "done\\n")
  (func (export "_start") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


class Up:
    """A process of the command line that tells in one line of JSON that it is up."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None) -> None:
        self._command = [SOJOURN, *command, "--json"]
        self._environment = {**os.environ, "NO_COLOR": "1", **(environment or {})}
        self.told: dict[str, Any] = {}
        self.process: subprocess.Popen[str] | None = None

    def begin(self) -> dict[str, Any]:
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, env=self._environment)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"{self._command[1]} did not start"
        self.told = json.loads(line)
        return self.told

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


class Stage:
    """A realm of two nodes with its controller, a broker, and the door between them."""

    def __init__(self, folder: Path, broker: Mosquitto, modules: Path) -> None:
        self.broker = broker
        self.realm = f"arts-{os.getpid()}"
        self._folder = folder
        self.up = Up("up", "--nodes", "2", "--port", "0", "--folder", str(folder / "realm"), "--realm", self.realm)
        told = self.up.begin()
        self.address, self.controller = told["address"], told["controller"]
        joined = ("--address", self.address, "--controller", self.controller, "--realm", self.realm)
        self.joined = joined
        self.door = Up(
            *("arts", *joined, "--broker", broker.address, "--modules", str(modules), "--rest", "127.0.0.1:0"),
            *("--arts-folder", str(folder / "arts"), "--patience", "5s"),
            environment={"SOJOURN_LOG": "1"},
        )
        self.lives: list[Live] = []
        self.begin()
        self.asker = Requester()
        self.asker.filters.add(f"{DEBUG}/#")
        self.requester = self.live(self.asker)

    def begin(self) -> None:
        """The door begins, also again."""
        self.rest = self.door.begin()["arts-rest"]

    def live(self, standin: Any, begins: Any = list) -> Live:  # noqa: ANN401 -- any of them
        made = Live(standin, self.broker.address, begins)
        self.lives.append(made)
        return made

    def joins(self, runtime: SimulatedRuntime | BrowserRuntime) -> Live:
        """A runtime registers."""
        live = self.live(runtime, lambda: [] if runtime.is_registered else runtime.register())
        until(lambda: runtime.is_registered)
        return live

    def uuid(self, node: str) -> str:
        return our_uuid(self.realm, node)

    def asked(self, made: tuple[str, list[tuple[str, bytes]]]) -> dict[str, Any]:
        """The one answer to a request."""
        object_id, published = made
        self.requester.say(published)
        until(lambda: self.asker.answers[object_id])
        return self.asker.answers[object_id][0]

    def get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        address = path if path.startswith("http:") else f"http://{self.rest}{path}"
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:  # noqa: S310 -- http, as just made
            return json.load(answer)

    def cli(self, *command: str) -> Any:  # noqa: ANN401 -- JSON
        ran = subprocess.run([SOJOURN, *command, *self.joined, "--json"], check=True, capture_output=True)
        return json.loads(ran.stdout)

    def end(self) -> None:
        self.door.end()
        self.up.end()
        for live in self.lives:
            live.close()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, guest_path: GuestPath) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("arts")
    modules = folder / "modules"
    (modules / "user" / "prog").mkdir(parents=True)
    (modules / "user" / "prog" / "x.wasm").write_bytes(guest_path("pulse").read_bytes())
    (modules / "ends.wasm").write_bytes(binary_of(ENDS))
    (modules / "reads.wasm").write_bytes(guest_path("echo").read_bytes())
    with mosquitto(folder) as broker:
        made = Stage(folder, broker, modules)
        try:
            yield made
        finally:
            made.end()


def test_a_runtime_registers_and_is_seen(stage: Stage) -> None:
    runtime = SimulatedRuntime()
    live = stage.joins(runtime)
    name = node_name(runtime.uuid)
    until(lambda: [row for row in stage.cli("nodes") if row["name"] == name and row.get("kind") == "arts"])
    answer = stage.asked(stage.asker.create(uuid="py-1", filetype="PY", filename="x.py", env="K=V"))
    assert answer["result"] == "ok", answer
    rows = until(lambda: [row for row in stage.cli("ps") if row["atom"] == "arts/py-1"])
    assert rows == [{"atom": "arts/py-1", "node": name, "state": "running", "kind": "arts"}]
    told = stage.get(f"http://{stage.controller}/v1/atoms/arts/py-1/explanation")
    assert told["choice"]["node"] == name
    listed = {each["uuid"]: each for each in stage.get("/arts-api/v1/runtimes/")}
    assert listed[runtime.uuid]["children"][0]["uuid"] == "py-1"
    assert {each["name"] for each in listed.values()} >= {"node-1", "node-2", "py-runtime"}
    assert stage.asked(stage.asker.delete("py-1"))["result"] == "ok"
    assert runtime.modules == {}
    # Its will.
    live.kill()
    until(lambda: not [row for row in stage.cli("nodes") if row["name"] == name])


def test_a_module_runs_on_a_node_of_ours_moves_and_is_deleted(stage: Stage) -> None:
    created = stage.asked(stage.asker.create(uuid="wa-1", parent={"uuid": stage.uuid("node-1")}))
    assert created["result"] == "ok", created
    assert created["details"]["parent"] == {"uuid": stage.uuid("node-1")}
    until(lambda: [payload for topic, payload in stage.requester.log if topic == f"{DEBUG}/stdout/wa-1"])
    moved = stage.asked(stage.asker.delete("wa-1", send_to_runtime=stage.uuid("node-2")))
    assert moved["result"] == "ok", moved
    rows = [row for row in stage.cli("ps") if row["atom"] == "node-1/arts.wa-1"]
    assert [row["node"] for row in rows] == ["node-2"]
    assert [each["parent"] for each in stage.get("/arts-api/v1/modules/") if each["uuid"] == "wa-1"] == [
        {"uuid": stage.uuid("node-2")}
    ]
    deleted = stage.asked(stage.asker.delete("wa-1"))
    assert deleted["result"] == "ok", deleted
    assert stage.get("/arts-api/v1/modules/") == []
    again = stage.asked(stage.asker.create(uuid="wa-1"))
    assert again["result"] == "ok", again
    assert stage.asked(stage.asker.delete("wa-1"))["result"] == "ok"
    assert all(len(answers) == 1 for answers in stage.asker.answers.values())


class Socket:
    """Recorded exchanges at a real broker: what the door says comes when it comes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ear = Ear(name=f"ear-{uuid.uuid4()}", deaf_to=b"pulse\n")
        self._live = stage.live(self._ear)
        self.nodes = {"node1": stage.uuid("node-1"), "node2": stage.uuid("node-2")}

    def say(self, topic: str, payload: bytes) -> None:
        self._ear.said[topic, payload] += 1
        self._live.say([(topic, payload)])

    def heard(self) -> list[tuple[str, bytes]]:
        return self._ear.unheard

    def until(self, there: Any) -> Any:  # noqa: ANN401 -- as the protocol has it
        try:
            return until(there)
        except AssertionError:
            raise AssertionError(f"heard only {self._ear.unheard}") from None

    def wait(self, seconds: float) -> None:
        """The door waits by itself, and what it says then is waited for."""

    def silent(self) -> None:
        assert self._ear.unheard == []

    def restart(self) -> None:
        self._stage.door.end(signal.SIGKILL)
        self._stage.begin()

    def program(self, what: str, module: str, text: str) -> None:
        """Programs do what they do."""

    def close(self) -> None:
        self._live.close()
        self._stage.lives.remove(self._live)


@pytest.mark.parametrize("exchange", exchanges(), ids=lambda each: str(each["name"]))
def test_recorded_exchange(stage: Stage, exchange: dict[str, Any]) -> None:
    table = Socket(stage)
    try:
        Player(table).play(exchange)
    finally:
        table.close()


def test_config_says_where_the_broker_is(stage: Stage) -> None:
    told = stage.get("/config/")
    assert told["mqtt_server"] == {"host": "127.0.0.1", "port": stage.broker.port, "ws_port": 9001}
    assert {each["topic"] for each in told["subscribe_topics"]} >= {f"{CONTROL}/#"}
