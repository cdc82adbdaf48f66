"""Gateways as processes that a test can kill and end."""

import asyncio
import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from sojourn.core.realm import Realm
from tests.e2e.nodes import PATIENCE_S
from tests.e2e.process import SOJOURN


class Gateway:
    """One gateway, with its HTTP door at any free port."""

    def __init__(self, realm: str, address: str, *options: str) -> None:
        command = [
            SOJOURN,
            "gateway",
            "--realm",
            realm,
            "--address",
            address,
            "--json",
            "--http",
            "127.0.0.1:0",
            *options,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the gateway did not start"
        self.told: dict[str, str] = json.loads(line)
        self.place = self.told["http"]
        self.url = f"http://{self.place}"

    def kill(self) -> None:
        """Kills it."""
        self.process.kill()
        self._close()

    def end(self) -> int:
        """Ends it, if it has not ended; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self._close()

    def _close(self) -> int:
        status = self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def curl(*arguments: str | Path, status: int | None = 200) -> bytes:
    """What curl gets; its answer has to have that status."""
    command = ["curl", "-sS", "--max-time", "60", "-w", "\n%{http_code}", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    body, _, code = done.stdout.rpartition(b"\n")
    assert status is None or int(code) == status, (code, body)
    return body


async def moving(realm: Realm, atom: str, nodes: tuple[str, ...], over: asyncio.Event) -> int:
    """Moves an atom on and on until it is over; how often it went."""
    there = await realm.atom(atom)
    count = 0
    while not over.is_set():
        await there.migrate(nodes[(count + 1) % len(nodes)])
        count += 1
    return count


async def until(ask: Any, holds: Any) -> Any:  # noqa: ANN401 -- whatever is asked
    """Asks, where nothing is waited for, until the answer is right."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds(answer := ask()):
        assert time.monotonic() < deadline, f"still {answer!r}"
        await asyncio.sleep(0.05)
    return answer
