"""Nodes as processes that a test can kill, cut off and begin again."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sojourn.core.realm import Realm
from sojourn.model.wire import AtomRow, AtomState
from tests.e2e.process import SOJOURN

T = TypeVar("T")
# A step of a test that takes longer has failed.
PATIENCE_S = 60.0
LIVING = {AtomState.STARTING, AtomState.RUNNING, AtomState.LEAVING, AtomState.FROZEN, AtomState.HELD}


class Process:
    """One node."""

    def __init__(self, realm: str, folder: Path, name: str, *options: str, prefix: tuple[str, ...] = ()) -> None:
        self.name = name
        self.realm = realm
        self._command = [*prefix, SOJOURN, "node", "--realm", realm, "--name", name, "--folder", str(folder / name)]
        self._options = options
        self.address = ""
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *, crash_at: str = "", join: str = "") -> str:
        """Starts it, also again; its address."""
        options = [*self._options, *(["--join", join] if join else [])]
        listen = [] if "--listen" in options else ["--listen", self.address or "tcp/127.0.0.1:0"]
        environment = {**os.environ, "SOJOURN_CRASH_AT": crash_at, "NO_COLOR": "1"}
        command = [*self._command, *listen, *options]
        self.process = subprocess.Popen(command, bufsize=0, stdout=subprocess.PIPE, env=environment)
        assert self.process.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            part = self.process.stdout.read(4096)
            assert part, f"{self.name} did not start: {line!r}"
            line += part
        self.address = line.split()[1].decode()
        return self.address

    def kill(self) -> None:
        """Kills it; nothing of it is told to anybody."""
        if self.process is not None:
            self.process.kill()
            self.wait()

    def wait(self) -> int:
        """Waits until it has ended."""
        assert self.process is not None
        status = self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def end(self) -> None:
        """Ends it, whatever it does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process is not None:
            self.wait()


async def eventually(ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool]) -> T:
    """Asks until the answer is right."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = await ask()
        if holds(answer):
            return answer
        assert time.monotonic() < deadline, f"still {answer!r}"
        await asyncio.sleep(0.05)


async def living(realm: Realm, name: str) -> list[AtomRow]:
    """Where an atom is alive, as far as nodes answer."""
    return [row for row in await realm.atoms() if row.atom == name and row.state in LIVING]


async def met(realm: Realm, names: set[str]) -> None:
    """Waits until nodes have met each other."""

    def all_there(rows: object) -> bool:
        assert isinstance(rows, tuple)
        here = {row.name: set(row.peers) for row in rows}
        return names <= here.keys() and all(names - {name} <= here[name] for name in names)

    await eventually(realm.nodes, all_there)
