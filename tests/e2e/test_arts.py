"""ARENA's runtimes and requesters at a real broker, on real nodes: nobody of them knows that it is not ARTS."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn.core.module import binary_of
from sojourn.gateway.mqtt.arts.record import node_name
from tests.arts.exchange import Ear, Player, exchanges
from tests.arts.live import Live, parsed, until
from tests.arts.standin import CONTROL, BrowserRuntime, SimulatedRuntime
from tests.e2e.arts_stage import Door, Socket, Stage
from tests.e2e.mosquitto import Mosquitto, mosquitto
from tests.e2e.process import SOJOURN, GuestPath

pytestmark = pytest.mark.timeout(240)
# Writes "done" and ends.
ENDS = b"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
  (data (i32.const 16) "done\\n")
  (func (export "_start") (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""
LIGHT = Path(__file__).parents[2] / "build" / "guests" / "channels-unstable.wasm"
# What the door's memory may grow by under a storm, in KiB.
GROWTH_KIB = 96 << 10


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, guest_path: GuestPath) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("arts")
    modules = folder / "modules"
    (modules / "user" / "prog").mkdir(parents=True)
    (modules / "user" / "prog" / "x.wasm").write_bytes(guest_path("pulse").read_bytes())
    (modules / "ends.wasm").write_bytes(binary_of(ENDS))
    (modules / "reads.wasm").write_bytes(guest_path("copy").read_bytes())
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
    stage.done(stage.asker.create(uuid="py-1", filetype="PY", filename="x.py", env="K=V"))
    rows = until(lambda: [row for row in stage.cli("ps") if row["atom"] == "arts/py-1"])
    assert rows == [{"atom": "arts/py-1", "node": name, "state": "running", "kind": "arts"}]
    assert stage.controller.get("/atoms/arts/py-1/explanation")["choice"]["node"] == name
    listed = {each["uuid"]: each for each in stage.get("/arts-api/v1/runtimes/")}
    assert listed[runtime.uuid]["children"][0]["uuid"] == "py-1"
    assert {each["name"] for each in listed.values()} == {"node-1", "node-2", "py-runtime"}
    stage.done(stage.asker.delete("py-1"))
    assert runtime.modules == {}
    # Its will.
    live.kill()
    until(lambda: not [row for row in stage.cli("nodes") if row["name"] == name])


def test_a_module_runs_on_a_node_of_ours_moves_and_is_deleted(stage: Stage) -> None:
    created = stage.done(stage.asker.create(uuid="wa-1", parent={"uuid": stage.uuid("node-1")}))
    assert created["parent"] == {"uuid": stage.uuid("node-1")}
    until(lambda: stage.told("wa-1"))
    stage.done(stage.asker.delete("wa-1", send_to_runtime=stage.uuid("node-2")))
    rows = [row for row in stage.cli("ps") if row["atom"] == "node-1/arts.wa-1"]
    assert [row["node"] for row in rows] == ["node-2"]
    assert parent_of(stage, "wa-1") == stage.uuid("node-2")
    before = stage.told("wa-1")
    until(lambda: stage.told("wa-1") > before)
    stage.done(stage.asker.delete("wa-1"))
    assert stage.get("/arts-api/v1/modules/") == []
    # The same name again, as the browser asks for what is there once.
    stage.done(stage.asker.create(uuid="wa-1"))
    stage.done(stage.asker.delete("wa-1"))
    assert all(len(answers) == 1 for answers in stage.asker.answers.values())


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


def test_channels_are_topics_here_and_signals_end_a_program(stage: Stage) -> None:
    """ARENA's program, as preview 0 has it: it reads a topic, writes another, moves, and quits when it is told to."""
    shutil.copy(LIGHT, stage.modules / "light.wasm")
    channels = [
        {"path": "/ch/light", "type": "pubsub", "mode": "r", "params": {"topic": "kitchen/light"}},
        {"path": "/ch/state", "type": "pubsub", "mode": "w", "params": {"topic": "kitchen/state"}},
    ]
    made = {"uuid": "light", "filename": "light.wasm", "apis": "wasi:unstable", "channels": channels}
    stage.done(stage.asker.create(parent={"uuid": stage.uuid("node-1")}, **made))
    world = stage.live(Ear(name="world", filters={"kitchen/state"}))

    def answered() -> bool:
        world.say([("kitchen/light", b"first")])
        return bool(world.log)

    until(answered)
    for number, node in enumerate(("node-2", "node-1", "node-2")):
        stage.done(stage.asker.delete("light", send_to_runtime=stage.uuid(node)))
        world.say([("kitchen/light", b"light %d" % number)])
        until(lambda number=number: b'"light %d"' % number in world.log[-1][1])  # type: ignore[misc]
    stage.done(stage.asker.delete("light"))
    until(lambda: b'"quit"' in world.log[-1][1])
    counts = [parsed(payload)["count"] for _, payload in world.log]
    # It has gone on where it stood: it has counted each message once.
    assert counts == sorted(counts)
    assert counts[-1] == len(counts) - 1


def test_what_is_not_there_is_told(stage: Stage) -> None:
    told = stage.asked(stage.asker.create(filename="none.wasm"))
    assert told["result"] == "error"
    assert "there is no file none.wasm" in told["details"]


def test_mosquittos_own_programs(stage: Stage) -> None:
    """A requester that is no stand-in: `mosquitto_rr` asks, and the answer is on the same topic."""
    program = shutil.which("mosquitto_pub")
    if program is None:
        pytest.skip("needs mosquitto-clients")
    listener = shutil.which("mosquitto_sub") or ""
    where = ("-h", "127.0.0.1", "-p", str(stage.broker.port), "-t", CONTROL)
    heard = subprocess.Popen([listener, *where, "-C", "2", "-W", "60"], stdout=subprocess.PIPE, text=True)
    message = '{"object_id":"mosquitto","action":"delete","type":"arts_req","data":{"type":"module","uuid":"nobody"}}'

    def answered() -> bool:
        subprocess.run([program, *where, "-m", message], check=True)
        return heard.poll() is not None

    until(answered)
    assert heard.stdout is not None
    told = heard.stdout.read()
    heard.stdout.close()
    assert '"there is no module nobody"' in told


def test_a_storm_of_nonsense_does_not_grow_it_and_others_are_served(stage: Stage) -> None:
    """Thousands of messages that are none, and as many registrations as fit nowhere."""
    assert stage.door.process is not None
    before = resident_kib(stage.door.process.pid)
    storm = [(CONTROL, b'{"object_id":"x","data":[' + b"[" * 200 + os.urandom(200)) for _ in range(4000)]
    wrong = b'{"object_id":"%d","type":"arts_req","action":"create","data":{}}'
    storm += [(CONTROL, wrong % each) for each in range(2000)]
    stage.requester.say(storm)
    runtime = SimulatedRuntime()
    live = stage.joins(runtime)
    stage.done(stage.asker.create(uuid="calm", filetype="PY", filename="x.py"))
    stage.done(stage.asker.delete("calm"))
    live.kill()
    assert resident_kib(stage.door.process.pid) - before < GROWTH_KIB


def test_whatever_is_killed_the_rest_goes_on(stage: Stage) -> None:
    """Modules on both sides, moving, while broker, door, controller and a node are killed, one after the other."""
    simulated, browser = SimulatedRuntime(), BrowserRuntime()
    stage.joins(simulated)
    stage.joins(browser)
    here, there = stage.uuid("node-1"), stage.uuid("node-2")
    for name in ("ours-1", "ours-2"):
        stage.done(stage.asker.create(uuid=name, parent={"uuid": here}))
    stage.done(stage.asker.create(uuid="py", filetype="PY", filename="x.py", parent={"uuid": simulated.uuid}))
    stage.done(stage.asker.create(uuid="page", parent={"uuid": browser.uuid}))

    stage.broker.kill()
    stage.broker.start()
    before = stage.told("ours-1")
    until(lambda: stage.told("ours-1") > before)
    # The simulated runtime has not registered again.
    until(lambda: answers_of(stage, stage.asker.create(uuid="py-2", filetype="PY", filename="x.py")))
    stage.done(stage.asker.delete("ours-1", send_to_runtime=there))

    stage.door.end(signal.SIGKILL)
    stage.door.begin()
    assert {each["uuid"] for each in stage.get("/arts-api/v1/modules/")} >= {"ours-1", "ours-2", "py", "page"}
    stage.done(stage.asker.delete("ours-1", send_to_runtime=here))
    stage.done(stage.asker.delete("py"))

    stage.controller.kill()
    created = stage.asker.create(uuid="late", parent={"uuid": here})
    stage.requester.say(created[1])
    stage.controller.begin()
    until(lambda: stage.asker.answers[created[0]])
    assert stage.asker.answers[created[0]][0]["result"] == "ok"
    assert {node_name(simulated.uuid), node_name(browser.uuid)} <= {row["name"] for row in stage.cli("nodes")}

    stage.done(stage.asker.delete("ours-2", send_to_runtime=there))
    until(lambda: [row for row in images(stage, "node-1/arts.ours-2") if row["node"] == "node-1"])
    stage.nodes[1].kill()
    until(lambda: parent_of(stage, "ours-2") == here)
    before = stage.told("ours-2")
    until(lambda: stage.told("ours-2") > before)
    stage.nodes[1].begin(join=stage.nodes[0].address)

    for name in ("ours-1", "ours-2", "late"):
        stage.done(stage.asker.delete(name))
    assert all(len(answers) <= 1 for answers in stage.asker.answers.values())


def answers_of(stage: Stage, made: tuple[str, list[tuple[str, bytes]]]) -> bool:
    """Asks once more, for what was said while the broker was away is lost; whether it is done by now."""
    object_id, published = made
    stage.requester.say(published)
    until(lambda: stage.asker.answers[object_id])
    told = stage.asker.answers[object_id][0]
    return told["result"] == "ok" or "already" in told["details"]


def images(stage: Stage, atom: str) -> list[dict[str, Any]]:
    """Images of an atom."""
    rows: list[dict[str, Any]] = stage.controller.get(f"/atoms/{atom}/images")["items"]
    return rows


def parent_of(stage: Stage, module: str) -> str:
    """Where a module is."""
    rows = [row for row in stage.get("/arts-api/v1/modules/") if row["uuid"] == module]
    return str(rows[0]["parent"]["uuid"]) if rows else ""


def resident_kib(pid: int) -> int:
    """Memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def test_credentials_are_shown_to_the_broker_and_to_nobody_else(stage: Stage, tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, "arena", "hush-hush")
    (tmp_path / "good.json").write_text('{"username":"arena","password":"hush-hush"}')
    (tmp_path / "bad.json").write_text('{"username":"arena","password":["hush-hush"]}')
    (tmp_path / "mqtt.json").write_text(f'{{"realm":"hall","host":"127.0.0.1","port":{broker.port}}}')
    files = ("--mqtt-json", str(tmp_path / "mqtt.json"), "--arts-folder", str(tmp_path), "--gateway-name", "arts-2")
    door = Door(*stage.joined, *files, "--rest", "127.0.0.1:0", "--credentials-json", str(tmp_path / "good.json"))
    try:
        command = [SOJOURN, "arts", *stage.joined, *files, "--credentials-json", str(tmp_path / "bad.json")]
        bad = subprocess.run(command, check=False, capture_output=True, text=True)
        assert bad.returncode == 1
        assert "bad.json is not what it should be" in bad.stderr
        assert "hush-hush" not in bad.stdout + bad.stderr
        door.begin()
        runtime = SimulatedRuntime()
        register = [(topic.replace("realm", "hall"), payload) for topic, payload in runtime.register()]
        live = Live(Ear(filters={"hall/#"}), f"mqtt://arena:hush-hush@{broker.address}", lambda: register)
        until(lambda: [row for row in stage.cli("nodes") if row["name"] == node_name(runtime.uuid)])
        live.close()
    finally:
        door.end()
        broker.kill(signal.SIGTERM)
