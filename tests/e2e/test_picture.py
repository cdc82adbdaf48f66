"""The page and the realm's picture, from a real realm: what a browser gets, and that it comes again."""

import http.client
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sojourn.model.picture import Change, Picture, applied
from sojourn.model.record import RealmEvent
from tests.e2e.process import Runner, Starter

PATIENCE_S = 60.0


class Stream:
    """Server-sent events of a controller, as they come."""

    def __init__(self, address: str, path: str, **headers: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self._connection = http.client.HTTPConnection(address, timeout=PATIENCE_S)
            self._connection.request("GET", path, headers=headers)
            self._answer = self._connection.getresponse()
            if self._answer.status == 200:
                break
            # A controller that has just begun reads what is kept.
            assert self._answer.status == 503, self._answer.read()
            assert time.monotonic() < deadline
            self._connection.close()
            time.sleep(0.05)
        self.number = ""
        self.picture: Picture | None = None

    def next(self) -> tuple[str, bytes]:
        """The next event: its kind, and its data. Nothing where the stream has ended."""
        fields: dict[bytes, bytes] = {}
        for line in self._answer:
            name, _, value = line.rstrip(b"\r\n").partition(b": ")
            if name:
                fields[name] = value
            elif b"data" in fields:
                self.number = fields.get(b"id", b"").decode()
                return fields[b"event"].decode(), fields[b"data"]
            else:
                fields = {}
        return "", b""

    def until(self, enough: Callable[[Picture], bool]) -> list[Change | Picture]:
        """Follows the picture until it is as wanted; all that was told for that."""
        told: list[Change | Picture] = []
        while self.picture is None or not enough(self.picture):
            kind, data = self.next()
            assert kind in {"picture", "change"}, (kind, data)
            if kind == "picture":
                self.picture = msgspec.json.decode(data, type=Picture)
                told.append(self.picture)
            else:
                assert self.picture is not None
                change = msgspec.json.decode(data, type=Change)
                self.picture = applied(self.picture, change)
                told.append(change)
        return told

    def close(self) -> None:
        self._connection.close()


class Up:
    """A realm of two nodes, and its controller, which a test can kill and begin again."""

    def __init__(self, begin: Starter, folder: Path) -> None:
        self._begin = begin
        self._folder = folder
        self._realm = begin("up", "--json", "--nodes", "2", "--port", "0", "--folder", folder)
        self._later: subprocess.Popen[bytes] | None = None
        self.told: dict[str, Any] = json.loads(line_of(self._realm))
        self.address: str = self.told["address"]
        self.controller: str = self.told["controller"]

    def move(self, atom: str, target: str) -> None:
        with closing(http.client.HTTPConnection(self.controller, timeout=PATIENCE_S)) as connection:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/v1/atoms/{atom}/moves", json.dumps({"target": target}), headers)
            answer = connection.getresponse()
            assert answer.status < 300, answer.read()

    def kill_controller(self) -> None:
        children = Path(f"/proc/{self._realm.pid}/task/{self._realm.pid}/children").read_text().split()
        (process,) = [
            each for each in children if b"sojourn.app.controller.main" in Path(f"/proc/{each}/cmdline").read_bytes()
        ]
        subprocess.run(["kill", "-9", process], check=True)

    def begin_controller(self) -> None:
        options = ("--address", self.address, "--folder", self._folder, "--controller", self.controller)
        self._later = self._begin("controller", "--json", *options)
        assert json.loads(line_of(self._later)) == {"controller": self.controller}

    def end(self) -> None:
        for process in (self._later, self._realm):
            if process is not None:
                process.terminate()
                process.communicate(timeout=PATIENCE_S)


def line_of(process: subprocess.Popen[bytes]) -> bytes:
    """The line by which a process tells that it is ready."""
    assert process.stdout is not None
    told = b""
    while not told.endswith(b"\n"):
        part = process.stdout.read(65536)
        assert part, told.decode() + (process.stderr.read().decode() if process.stderr else "")
        told += part
    return told


@pytest.fixture
def up(begin: Starter, tmp_path: Path) -> Iterator[Up]:
    made = Up(begin, tmp_path / "realm")
    yield made
    made.end()


@contextmanager
def stream(up: Up, path: str, **headers: str) -> Iterator[Stream]:
    with closing(Stream(up.controller, path, **headers)) as made:
        yield made


def is_at(name: str, node: str) -> Callable[[Picture], bool]:
    """Whether an atom runs at a node, and nothing is under way."""
    return lambda picture: any(row[:3] == (name, node, "running") for row in picture.atoms.rows) and not picture.moves


def has(kind: str, subject: str, events: list[RealmEvent]) -> bool:
    return any((event.kind, event.subject) == (kind, subject) for event in events)


def events_until(follower: Stream, kind: str, subject: str) -> list[RealmEvent]:
    """Events until one of a kind, none left out."""
    found: list[RealmEvent] = []
    while not has(kind, subject, found):
        name, data = follower.next()
        assert name not in {"", "gap", "dropped"}, data
        found.append(msgspec.json.decode(data, type=RealmEvent))
    return found


@pytest.mark.timeout(240)
def test_the_page_is_served_and_the_picture_goes_on_over_a_controllers_end(
    up: Up, sojourn: Runner, steady: Path
) -> None:
    with closing(http.client.HTTPConnection(up.controller, timeout=PATIENCE_S)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert up.told["page"] == f"http://{up.controller}/"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert b"<title>Sojourn</title>" in answer.read()

    with stream(up, "/v1/picture") as follower, stream(up, "/v1/events") as events:
        follower.until(lambda picture: len(picture.nodes) == 2 and len(picture.links) == 1)
        options = ("--address", up.address, "--alias", "topic:prices")
        started = sojourn("start", *options, steady, "1", "50", "100000")
        assert started.returncode == 0, started.stderr.decode()
        name = started.stdout.decode().split()[0]
        follower.until(is_at(name, name.partition("/")[0]))
        # The second name that no report tells.
        follower.until(lambda picture: picture.atoms.rows[0][-1] == (("topic", "prices"),))

        other = "node-2" if name.startswith("node-1/") else "node-1"
        up.move(name, other)
        follower.until(is_at(name, other))
        seen = events_until(events, "atom.moved", name)
        number = events.number
        up.kill_controller()
        while follower.next()[0]:
            pass
    up.begin_controller()

    with stream(up, "/v1/picture") as follower, stream(up, "/v1/events", **{"Last-Event-ID": number}) as events:
        told = follower.until(is_at(name, other))
        assert isinstance(told[0], Picture)
        # Past the controller.
        assert sojourn("migrate", "--address", up.address, name, name.partition("/")[0]).returncode == 0
        follower.until(is_at(name, name.partition("/")[0]))
        later = events_until(events, "atom.moved", name)
    numbers = [event.number for event in (*seen, *later)]
    assert numbers == list(range(1, len(numbers) + 1))
