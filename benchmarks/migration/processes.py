"""Nodes as processes of their own, for measurements."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
# How long a node may take to end when it is asked to.
END_S = 5


def standalone() -> Path:
    """The binary `sojourn-node`, built now if need be."""
    command = ["cargo", "build", "--locked", "--release", "--quiet", "-p", "sojourn-node", "--bin", "sojourn-node"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache" / "sojourn" / "target"
    return Path(target) / "release" / "sojourn-node"


class NodeProcess:
    """A node.

    Attributes:
        name: Its name.
        address: Where others join it.
        pid: Its process.
    """

    def __init__(self, command: list[str], name: str, options: list[str]) -> None:
        self.name = name
        self._process = subprocess.Popen([*command, "--name", name, *options], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().split()
        if len(line) < 2:  # noqa: PLR2004 -- its name and an address
            raise SystemExit(f"error: {name} did not start")
        self.address = line[1]
        self.pid = self._process.pid

    def resident_mib(self) -> float:
        """Memory that the process has."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024

    def processor_s(self) -> float:
        """Processor time that it has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def end(self) -> None:
        """Ends it."""
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Processes:
    """A realm of standalone nodes, ended at the end."""

    def __init__(self, folder: Path, count: int, binary: Path | None = None) -> None:
        self.realm = f"bench-{os.getpid()}"
        self._folder = folder
        self._count = count
        self._command = [str(binary)] if binary else [sys.executable, "-m", "sojourn", "node"]
        self._open = ExitStack()
        self.nodes: list[NodeProcess] = []

    def __enter__(self) -> Self:
        for number in range(1, self._count + 1):
            name = f"node-{number}"
            options = ["--realm", self.realm, "--listen", "tcp/127.0.0.1:0", "--folder", str(self._folder / name)]
            if self.nodes:
                options += ["--join", self.nodes[0].address]
            node = NodeProcess(self._command, name, options)
            self._open.callback(node.end)
            self.nodes.append(node)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def address(self) -> str:
        """Where clients join."""
        return self.nodes[0].address
