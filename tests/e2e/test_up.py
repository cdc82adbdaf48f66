"""A realm on this machine, as a person has it."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import GuestPath, Ran, Runner, Starter

# A step of a test that takes longer has failed.
PATIENCE_S = 60.0


class Up:
    """`sojourn up`, and commands that talk to it."""

    def __init__(self, process: subprocess.Popen[bytes], sojourn: Runner) -> None:
        self.process = process
        assert process.stdout is not None
        told = b""
        while not told.endswith(b"\n"):
            part = process.stdout.read(65536)
            assert part, told.decode() + (process.stderr.read().decode() if process.stderr else "")
            told += part
        self.told: dict[str, Any] = json.loads(told)
        self.address: str = self.told["address"]
        self._sojourn = sojourn

    def run(self, command: str, *arguments: str | Path) -> Ran:
        return self._sojourn(command, "--address", self.address, *arguments)

    def json(self, command: str, *arguments: str) -> Any:  # noqa: ANN401 -- what the command prints
        ran = self.run(command, "--json", *arguments)
        assert ran.returncode == 0, ran.stderr.decode()
        return json.loads(ran.stdout)

    def members(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    return place


@pytest.fixture
def up(temporary: Path, begin: Starter, sojourn: Runner) -> Iterator[Callable[..., Up]]:
    """Starts realms; ends them."""
    assert temporary.is_dir()
    processes = []

    def start(*arguments: str | Path, **options: Any) -> Up:  # noqa: ANN401 -- subprocess's own
        process = begin("up", "--json", "--port", "0", "--no-controller", *arguments, **options)
        processes.append(process)
        return Up(process, sojourn)

    yield start
    for process in processes:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=PATIENCE_S)


def gone(process: int) -> bool:
    """Whether a process has ended, even if nobody has asked for its status."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_program_runs_moves_and_ends_with_its_output_whole(
    up: Callable[..., Up], guest_path: GuestPath, ticks: bytes
) -> None:
    realm = up("--nodes", "2")
    assert [row["name"] for row in realm.told["nodes"]] == ["node-1", "node-2"]
    assert [row["name"] for row in realm.json("nodes")] == ["node-1", "node-2"]

    started = realm.run("start", "--on", "node-2", guest_path("ticks"))
    assert started.returncode == 0, started.stderr.decode()
    name = started.stdout.decode().strip()
    assert name.startswith("node-2/ticks-")
    assert realm.run("logs", "-f", name).stdout == ticks
    assert realm.run("wait", name).returncode == 7
    assert [(row["atom"], row["node"], row["status"]) for row in realm.json("ps")] == [(name, "node-2", 7)]

    spinning = realm.run("start", guest_path("spin")).stdout.decode().strip()
    move = realm.json("migrate", "spin", "node-2")
    assert (move["state"], move["source"], move["target"]) == ("done", "node-1", "node-2")
    assert [row["node"] for row in realm.json("ps") if row["atom"] == spinning] == ["node-2"]
    assert b"spin" in realm.run("inspect", spinning).stdout

    assert realm.run("checkpoint", spinning).returncode == 0
    assert realm.run("stop", spinning).returncode == 0
    restored = realm.run("restore", spinning, "--on", "node-1")
    assert restored.returncode == 0, restored.stderr.decode()
    row = next(row for row in realm.json("ps") if row["atom"] == spinning and row["state"] == "running")
    assert row["node"] == "node-1"
    assert spinning.encode() in realm.run("top", "--once").stdout


def test_what_is_wrong_is_one_line_and_what_to_do(up: Callable[..., Up], guest_path: GuestPath, folder: Path) -> None:
    realm = up("--nodes", "1")
    for arguments, text in [
        (("migrate", "nobody", "node-1"), "there is no atom 'nobody'"),
        (("start", "--on", "node-9", guest_path("ticks")), "there is no node 'node-9'"),
        (("start", "none.wasm"), "none.wasm"),
    ]:
        command, *rest = arguments
        ran = realm.run(str(command), *rest)
        lines = ran.stderr.decode().splitlines()
        assert ran.returncode == 1
        assert lines[0].startswith("error: ")
        assert text in lines[0]
        assert len(lines) <= 2
    (folder / "bad.wasm").write_bytes(b"no module")
    bad = realm.run("start", "bad.wasm")
    assert (bad.returncode, bad.stdout) == (1, b"")
    assert realm.json("ps") == []


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_leaves_nothing(up: Callable[..., Up], temporary: Path, ending: signal.Signals) -> None:
    realm = up("--nodes", "2")
    members = realm.members()
    assert len(members) == 2
    assert list(temporary.iterdir())
    realm.process.send_signal(ending)
    assert realm.process.wait(PATIENCE_S) == 0
    assert all(gone(member) for member in members)
    assert list(temporary.iterdir()) == []


def test_nodes_end_with_a_parent_that_is_killed(up: Callable[..., Up], temporary: Path) -> None:
    realm = up("--nodes", "2")
    members = realm.members()
    realm.process.kill()
    realm.process.wait(PATIENCE_S)
    eventually(lambda: all(gone(member) for member in members))
    eventually(lambda: not list(temporary.iterdir()))


def test_a_folder_that_is_given_stays(up: Callable[..., Up], tmp_path: Path) -> None:
    realm = up("--nodes", "1", "--folder", tmp_path / "kept")
    realm.process.terminate()
    assert realm.process.wait(PATIENCE_S) == 0
    assert (tmp_path / "kept" / "node-1").is_dir()


def test_a_port_in_use_is_one_line(sojourn: Runner) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = sojourn("up", "--port", str(port))
    lines = ran.stderr.decode().splitlines()
    assert ran.returncode == 1
    assert lines[0] == f"error: port {port} of 127.0.0.1 is in use"
    assert lines[1].startswith("hint: ")
    assert len(lines) == 2


def test_a_node_joins_from_its_own_command(up: Callable[..., Up], begin: Starter) -> None:
    realm = up("--nodes", "1")
    node = begin("node", "--json", "--name", "guest", "--join", realm.address, "--folder", "guest-folder")
    try:
        assert node.stdout is not None
        assert b'"guest"' in node.stdout.read(4096)
        eventually(lambda: [row["name"] for row in realm.json("nodes")] == ["guest", "node-1"])
    finally:
        node.terminate()
        node.communicate(timeout=PATIENCE_S)
    assert node.returncode == 0


# Writes a line, and then nothing more for ever.
SILENT = """
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "begun\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 8))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))
    (loop $rest (br $rest))))
"""


def test_whoever_follows_output_is_free_at_once(up: Callable[..., Up], begin: Starter, folder: Path) -> None:
    realm = up("--nodes", "1")
    (folder / "silent.wat").write_text(SILENT)
    assert realm.run("start", "silent.wat").returncode == 0
    follower = begin("logs", "--address", realm.address, "-f", "silent")
    assert follower.stdout is not None
    assert follower.stdout.read(64) == b"begun\n"
    begun = time.monotonic()
    follower.send_signal(signal.SIGINT)
    follower.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - begun < 5
    assert follower.returncode == 130


def test_who_has_not_the_realms_key_is_told_what_to_do(begin: Starter, sojourn: Runner, folder: Path) -> None:
    (folder / "realm.key").write_text("a secret of the test's own")
    key = ["--realm-key-file", "realm.key"]
    node = begin("node", "--name", "first", "--listen", "127.0.0.1:0", "--folder", "first", *key)
    try:
        assert node.stdout is not None
        name, address = node.stdout.read(4096).decode().split()
        assert name == "first"
        assert sojourn("nodes", "--address", address, *key).returncode == 0
        for command in (("nodes", "--address"), ("node", "--name", "second", "--folder", "second", "--join")):
            ran = sojourn(*command, address)
            lines = ran.stderr.decode().splitlines()
            assert (ran.returncode, ran.stdout, len(lines)) == (1, b"", 2)
            assert "the node has no right to join the realm" in lines[0]
            assert lines[1] == "hint: give the realm's key with --realm-key-file"
    finally:
        node.terminate()
        node.communicate(timeout=PATIENCE_S)
    assert node.returncode == 0
