"""Controllers as processes that a test can kill and begin again."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sojourn.core.module import binary_of

T = TypeVar("T")
PATIENCE_S = 60.0


class Controller:
    """A controller's process.

    Args:
        realm: Its realm.
        folder: Where it keeps things.
        address: Of a node.
        options: Of its command.
        token: Shown where it is asked.
    """

    def __init__(self, realm: str, folder: Path, address: str, *options: str, token: str = "") -> None:
        self._command = [
            str(Path(sys.executable).with_name("sojourn")),
            "controller",
            "--realm",
            realm,
            "--address",
            address,
        ]
        self._command += ["--folder", str(folder), "--json", "--controller", "127.0.0.1:0", *options]
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def begin(self) -> None:
        """Starts it, also again."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the controller did not start"
        self.url = f"http://{json.loads(line)['controller']}/v1"
        until(lambda: self.get("/health")["role"], lambda role: role != "starting")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self) -> int:
        assert self.process is not None
        if self.process.poll() is not None:
            return self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status

    def get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        return self.ask("GET", path)

    def put(self, text: str | bytes) -> str:
        """Brings a module, in text format or binary; its hash."""
        wasm = binary_of(text.encode()) if isinstance(text, str) else text
        headers = {"content-type": "application/wasm", **self._headers}
        request = urllib.request.Request(f"{self.url}/modules", wasm, headers, method="POST")  # noqa: S310 -- our own
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 -- the same
            return str(json.load(answer)["digest"])

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 -- our own
            f"{self.url}{path}", data, {"content-type": "application/json", **self._headers}, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 -- our own
            text = answer.read()
        return json.loads(text) if text else None


def until(ask: Callable[[], T], holds: Callable[[T], bool]) -> T:
    """Asks until the answer is right."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = ask()
        if holds(answer):
            return answer
        assert time.monotonic() < deadline, f"still {answer!r}"
        time.sleep(0.05)
