"""`sojourn bench control`: what the controller takes, and how soon it is back.

    python benchmarks/control/run.py [--json FILE] [--parts memory,restart,padova]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.table import Table

import sojourn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "migration"))

from processes import Processes, standalone  # noqa: E402 -- from the folder named just now

GUESTS = ROOT / "build" / "guests"
PARTS = ["memory", "restart", "padova"]
NODES, ATOMS, MEMORY_S = 100, 1000, 30
IDLE_ATOMS = 10_000
REQUESTS = 461
RESTARTS = 5
WAIT_S = 60.0
# Figure, unit, goal.
GOALS: dict[str, tuple[str, str]] = {
    "controller_rss_mib": (f"memory of the controller, {NODES} nodes (modelled) and {ATOMS:,} atoms, MiB", "120"),
    "controller_restart_s": (f"killed and begun again with {IDLE_ATOMS:,} atoms, to deciding again, s", "3"),
    "restart_disturbed": ("atoms that moved or began anew meanwhile", "0"),
    "padova_p50_ms": ("request to decision, three real nodes, p50, ms", "10"),
    "padova_p99_ms": ("the same, p99, ms", ""),
}
console = Console()


class Controller:
    """A controller's process, and questions to it."""

    def __init__(self, realm: str, address: str, folder: Path) -> None:
        self._command = [sys.executable, "-m", "sojourn", "controller", "--realm", realm, "--address", address]
        self._command += ["--folder", str(folder), "--controller", "127.0.0.1:0", "--json"]
        self._url = ""

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(WAIT_S)

    def begin(self) -> None:
        """Starts it, also again."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._url = f"http://{json.loads(self._process.stdout.readline())['controller']}/v1"

    def kill(self) -> None:
        """Kills it."""
        self._process.kill()
        self._process.wait(WAIT_S)

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        """One request."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self._url}{path}", data, headers, method=method)  # noqa: S310 -- our own
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310 -- the same
            return json.load(answer)

    def until(self, path: str, key: str, wanted: object) -> None:
        """Waits until something is as wanted."""
        end = time.monotonic() + WAIT_S
        while self.ask("GET", path).get(key) != wanted:
            if time.monotonic() > end:
                raise SystemExit(f"error: {path} has {self.ask('GET', path).get(key)} as {key}, and not {wanted}")
            time.sleep(0.02)


def memory() -> dict[str, float]:
    """Resident memory, in a process of its own."""
    script = Path(__file__).with_name("modelled.py")
    arguments = [str(value) for value in (NODES, ATOMS, MEMORY_S)]
    ran = subprocess.run([sys.executable, script, *arguments], check=True, capture_output=True, text=True)
    return {"controller_rss_mib": float(ran.stdout)}


PLAN = {"change": {"what": "start", "spec": {"objective": "latency_ms(client) + 0.05 * finish_ms", "cores": 0.1}}}


def decides(controller: Controller, nodes: int) -> bool:
    """Whether it leads, knows all nodes, and says where an atom should be."""
    health = controller.ask("GET", "/health")
    if health["role"] != "leading" or health.get("nodes", 0) < nodes:
        return False
    return len(controller.ask("POST", "/plan", PLAN)["moves"]) == 1


def until_decides(controller: Controller, nodes: int) -> None:
    """Waits for that."""
    while not decides(controller, nodes):
        time.sleep(0.01)


async def restart(folder: Path) -> dict[str, float]:
    """Killed with many atoms, and begun again; what became of the atoms."""
    resting = (GUESTS / "resting.wasm").read_bytes()
    with Processes(folder / "realm", 2, standalone()) as processes:
        async with await sojourn.connect(processes.address, realm=processes.realm) as realm:
            for number in range(IDLE_ATOMS):
                await realm.start(resting, atom=f"idle-{number}", node=f"node-{number % 2 + 1}")
            with Controller(processes.realm, processes.address, folder / "controller") as controller:
                controller.until("/health", "atoms", IDLE_ATOMS)
                before = {row.atom: (row.node, row.epoch) for row in await realm.atoms()}
                times = []
                for _ in range(RESTARTS):
                    controller.kill()
                    began = time.monotonic()
                    controller.begin()
                    await asyncio.to_thread(until_decides, controller, 2)
                    times.append(time.monotonic() - began)
                after = {row.atom: (row.node, row.epoch) for row in await realm.atoms()}
    disturbed = sum(after.get(atom) != place for atom, place in before.items())
    return {"controller_restart_s": statistics.median(times), "restart_disturbed": float(disturbed)}


def padova(folder: Path) -> dict[str, float]:
    """From request to decision, with three nodes that are there: as many as were recorded."""
    with (
        Processes(folder / "realm", 3, standalone()) as processes,
        Controller(processes.realm, processes.address, folder / "controller") as controller,
    ):
        controller.until("/health", "nodes", 3)
        times = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            assert len(controller.ask("POST", "/plan", PLAN)["moves"]) == 1
            times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {"padova_p50_ms": statistics.median(times), "padova_p99_ms": times[int(len(times) * 0.99)]}


def show(figures: dict[str, float]) -> None:
    """The table."""
    table = Table("figure", "key", "measured", "goal")
    for key, (text, goal) in GOALS.items():
        if key in figures:
            table.add_row(text, key, f"{figures[key]:,.4g}", goal)
    console.print(table)


def main() -> int:
    """Measures what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="sojourn bench control", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="A,B", help=f"of {', '.join(PARTS)}")
    asked = parser.parse_args()
    parts = asked.parts.split(",")
    subprocess.run([sys.executable, ROOT / "examples" / "build.py"], check=True, stdout=subprocess.DEVNULL)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as name:
        folder = Path(name)
        if "memory" in parts:
            figures |= memory()
        if "restart" in parts:
            figures |= asyncio.run(restart(folder / "restart"))
        if "padova" in parts:
            figures |= padova(folder / "padova")
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    raise SystemExit(main())
