"""A realm with its controller, a broker, and the door to ARENA between them: each a process that a test can kill."""

import json
import os
import signal
import socket
import subprocess
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from sojourn.gateway.mqtt.arts.record import our_uuid
from tests.arts.exchange import Ear
from tests.arts.live import PATIENCE_S, Live, until
from tests.arts.standin import DEBUG, BrowserRuntime, Requester, SimulatedRuntime
from tests.e2e.controllers import Controller
from tests.e2e.mosquitto import Mosquitto
from tests.e2e.nodes import Process
from tests.e2e.process import SOJOURN


class Door:
    """The process `sojourn arts`."""

    def __init__(self, *options: str) -> None:
        self._command = [SOJOURN, "arts", *options, "--json"]
        self.process: subprocess.Popen[str] | None = None
        self.rest = ""

    def begin(self) -> None:
        """Starts it, also again; it is heard at the broker then."""
        environment = {**os.environ, "NO_COLOR": "1"}
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the door did not start"
        self.rest = json.loads(line)["arts-rest"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


class Stage:
    """All of it."""

    def __init__(self, folder: Path, broker: Mosquitto, modules: Path) -> None:
        self.broker = broker
        self.modules = modules
        self.realm = f"arts-{os.getpid()}"
        self.lives: list[Live] = []
        self.nodes: list[Process] = []
        for number in (1, 2):
            process = Process(self.realm, folder, f"node-{number}")
            process.begin(join=self.nodes[0].address if self.nodes else "")
            self.nodes.append(process)
        address = ("--controller", f"127.0.0.1:{free_port()}")
        self.controller = Controller(self.realm, folder / "controller", self.nodes[0].address, *address)
        self.controller.begin()
        self.joined = ("--realm", self.realm, "--address", self.nodes[0].address, *address)
        self.door = Door(
            *(*self.joined, "--broker", broker.address, "--modules", str(modules), "--rest", "127.0.0.1:0"),
            *("--arts-folder", str(folder / "arts"), "--patience", "5s", "--module-images-every", "500ms"),
        )
        self.door.begin()
        self.asker = Requester()
        self.asker.filters.add(f"{DEBUG}/#")
        self.requester = self.live(self.asker)
        until(lambda: {"node-1", "node-2"} <= {each["name"] for each in self.get("/arts-api/v1/runtimes/")})

    def live(self, standin: Any, begins: Any = list) -> Live:  # noqa: ANN401 -- any of them
        """Somebody at the broker."""
        made = Live(standin, self.broker.address, begins)
        self.lives.append(made)
        return made

    def joins(self, runtime: SimulatedRuntime | BrowserRuntime) -> Live:
        """A runtime registers, once."""
        live = self.live(runtime, lambda: [] if runtime.is_registered else runtime.register())
        until(lambda: runtime.is_registered)
        return live

    def uuid(self, node: str) -> str:
        """Identity of a node, as requesters know it."""
        return our_uuid(self.realm, node)

    def asked(self, made: tuple[str, list[tuple[str, bytes]]]) -> dict[str, Any]:
        """The first answer to a request."""
        object_id, published = made
        self.requester.say(published)
        until(lambda: self.asker.answers[object_id])
        return self.asker.answers[object_id][0]

    def done(self, made: tuple[str, list[tuple[str, bytes]]]) -> dict[str, Any]:
        """The details of an answer that it was done."""
        answer = self.asked(made)
        assert answer["result"] == "ok", answer
        details = answer["details"]
        assert isinstance(details, dict)
        return details

    def get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        """One of ARTS's lists."""
        with urllib.request.urlopen(f"http://{self.door.rest}{path}", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def cli(self, *command: str) -> Any:  # noqa: ANN401 -- JSON
        """What a command tells."""
        ran = subprocess.run([SOJOURN, *command, *self.joined, "--json"], check=True, capture_output=True)
        return json.loads(ran.stdout)

    def told(self, module: str) -> int:
        """How much a module has written that was heard."""
        topic = f"{DEBUG}/stdout/{module}"
        return sum(len(payload) for where, payload in self.requester.log if where == topic)

    def end(self) -> None:
        """Ends all of it."""
        for live in self.lives:
            live.close()
        self.door.end()
        self.controller.end()
        for process in self.nodes:
            process.end()


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
        self._stage.door.begin()

    def program(self, what: str, module: str, text: str) -> None:
        """Programs do what they do."""

    def close(self) -> None:
        """Leaves the broker."""
        self._live.close()
        self._stage.lives.remove(self._live)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
