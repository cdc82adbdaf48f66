"""The dashboard of a real realm in Chromium: scenes of tests/web/scene, which node plays.

One browser and one realm are there for many scenes, each of which has its own pages and atoms.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from sojourn.core.module import binary_of
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.auth.token import new_token
from tests.debian import found, need
from tests.e2e.controllers import PATIENCE_S, Controller
from tests.e2e.process import SOJOURN
from tests.node import WEB, packages

ROOT = Path(__file__).parents[2]
SCENES = WEB / "scene"
SCOPES = ("admin", "atoms", "read")
NODES = ("node-1", "node-2", "node-3")
ATOMS = ("echo", "counter")
# Nobody is there: what is proved is where a link leads.
TRACE_ADDRESS = "http://127.0.0.1:1/trace/{trace}"


def scenes(name: str) -> list[str]:
    """The scenes of a file, in its order."""
    return re.findall(r"^export async function (\w+)\(", (SCENES / f"{name}.js").read_text(), re.MULTILINE)


def line_of(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a process tells first, as JSON."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"{process.args!r} did not start"
    told: dict[str, Any] = json.loads(line)
    return told


def end(process: subprocess.Popen[bytes]) -> int:
    """Ends a process."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    status = process.wait(PATIENCE_S)
    for stream in (process.stdout, process.stdin):
        if stream is not None:
            stream.close()
    return status


class Traces(ThreadingHTTPServer):
    """Takes traces, so that moves have them, and forgets them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Forget)
        self._thread = Thread(target=self.serve_forever)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of OTLP over HTTP."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def end(self) -> None:
        """Ends it."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class Forget(BaseHTTPRequestHandler):
    """Answers whatever comes."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class House:
    """`sojourn up`, three nodes; and a controller that asks for tokens, which can be killed.

    Args:
        folder: Where they keep things.
        realm: Its name; empty: one that nobody else has.

    Attributes:
        controller: It.
        realm: What a scene is told of all this.
    """

    def __init__(self, folder: Path, realm: str = "") -> None:
        realm = realm or f"dashboard-{os.getpid()}"
        command = [SOJOURN, "up", "--nodes", "3", "--port", "0", "--no-controller", "--json", "--realm", realm]
        self._up = subprocess.Popen([*command, "--folder", str(folder / "realm")], stdout=subprocess.PIPE)
        # Built while the realm begins.
        files = {**built("sdk/atoms.py", *(f"sdk/conformance/c/{name}.c" for name in ATOMS))}
        files |= built("examples/build.py", "steady")
        address = line_of(self._up)["address"]
        self._tokens = TokenFile(folder / "tokens.json")
        made = {scope: token_of(self._tokens, scope)["token"] for scope in SCOPES}
        host = f"http://127.0.0.1:{free_port()}"
        options = [
            "--origins",
            host,
            "--token-file",
            str(self._tokens.path),
            "--token-always",
            "true",
            "--controller",
            f"127.0.0.1:{free_port()}",
        ]
        self._traces = Traces()
        options += ["--traces", self._traces.address, "--trace-address", TRACE_ADDRESS]
        self.controller = Controller(realm, folder / "controller", address, *options, token=made["admin"])
        self.controller.begin()
        self.realm = {
            "url": self.controller.url.removesuffix("/v1"),
            "tokens": made,
            "host": host,
            "files": {name: str(path) for name, path in files.items()},
            "modules": {name: self.controller.put(path.read_bytes()) for name, path in files.items()},
        }

    def module(self, text: str) -> str:
        """Brings a module that a scene made up, in text format; its hash."""
        return self.controller.put(binary_of(text.encode()))

    def revoke(self, token: str) -> None:
        """Ends a token, by its id."""
        self._tokens.revoke(token)

    def restart(self, _given: object) -> None:
        """Kills the controller, and lets it begin again."""
        self.controller.kill()
        self.controller.begin()

    def end(self) -> None:
        """Ends all of it."""
        self.controller.end()
        end(self._up)
        self._traces.end()

    def services(self) -> dict[str, Callable[[Any], Any]]:
        """What a scene may ask for."""
        return {
            "module": self.module,
            "token": lambda scope: token_of(self._tokens, scope),
            "revoke": self.revoke,
            "restart": self.restart,
            "kill": lambda _given: self.controller.kill(),
            "begin": lambda _given: self.controller.begin(),
        }


class Newcomer:
    """`sojourn up` as it comes: nothing runs, and nobody asks for tokens."""

    def __init__(self, folder: Path) -> None:
        command = [SOJOURN, "up", "--port", "0", "--json", "--realm", f"newcomer-{os.getpid()}"]
        command += ["--controller", f"127.0.0.1:{free_port()}", "--folder", str(folder / "realm")]
        self._up = subprocess.Popen(command, stdout=subprocess.PIPE)
        told = line_of(self._up)
        place = str(told["controller"])
        url = place if place.startswith("http") else f"http://{place}"
        self.realm = {"url": url, "host": "", "tokens": {}, "modules": {}, "files": {}}

    def end(self) -> None:
        """Ends it."""
        end(self._up)

    def services(self) -> dict[str, Callable[[Any], Any]]:
        """Nothing."""
        return {}


class Stage:
    """Chromium, with node that plays scenes in it."""

    def __init__(self) -> None:
        need("chromium", found("chromium"))
        packages()
        self._begin()

    def _begin(self) -> None:
        command = ["node", "stage.js", str(found("chromium"))]
        self._process = subprocess.Popen(command, cwd=WEB, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert "ready" in line_of(self._process)
        self._playing = False

    def play(self, scene: str, house: House | Newcomer, folder: Path) -> None:
        """Plays a scene, as `map/filter`; fails as it does."""
        if self._playing:
            # The one before was broken off.
            self.end()
            self._begin()
        file, _, name = scene.rpartition("/")
        self._playing = True
        self._say({"scene": file, "name": name, "realm": house.realm, "folder": str(folder)})
        services = house.services()
        while "ask" in (told := self._hear()):
            self._say(answer_of(services, told["ask"], told["given"]))
        self._playing = False
        assert "done" in told, f"{told['failed']}\npictures: {told['pictures']}"

    def _say(self, value: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the stage has fallen down"
        told: dict[str, Any] = json.loads(line)
        return told

    def end(self) -> None:
        """Closes the browser."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._playing:
            self._process.terminate()
        self._process.wait(PATIENCE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()


def answer_of(services: Mapping[str, Callable[[Any], Any]], what: str, given: object) -> dict[str, object]:
    """What a service answers, or how it failed."""
    try:
        return {"answer": services[what](given)}
    except Exception as error:  # noqa: BLE001 -- the scene fails by it, and tells it
        return {"failed": f"{type(error).__name__}: {error}"}


def token_of(tokens: TokenFile, scope: str) -> dict[str, str]:
    """A new token that allows this: `token` and `id`."""
    text, made = new_token((Scope(scope),), time.time(), None, "")
    tokens.add(made)
    return {"token": text, "id": made.id}


def free_port() -> int:
    """A port that is free now: a controller that begins again is where it was."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def built(program: str, *sources: str) -> dict[str, Path]:
    """Modules from their sources, by name."""
    command = [sys.executable, str(ROOT / program), *(str(ROOT / each) if "/" in each else each for each in sources)]
    made = json.loads(subprocess.run([*command, "--json"], check=True, stdout=subprocess.PIPE).stdout)
    return {Path(path).stem: Path(path) for path in made.values()}
