"""`sojourn bench dashboard`: the page under load, in headless Chromium.

    python benchmarks/dashboard/run.py [--json FILE] [--nodes N] [--atoms N] [--changes N] [--soak SECONDS] [--profile]

A controller over a generated realm serves the page on this machine's loopback; what decides, keeps and tells is the
controller itself, and only nodes are made up (generated.py). It needs Chromium and Node. It reports and never judges:
exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import IO, Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MIB = 1 << 20
FRAMES_S, PROFILE_S, SETTLE_S = 10, 6, 3
WAIT_S = 120.0
# Between two looks at memory in a soak.
LOOK_S = 20.0
# Figure, goal.
GOALS: dict[str, tuple[str, str]] = {
    "first_paint_ms": ("first paint, p50 of 7, ms", "300"),
    "first_paint_max_ms": ("the same, slowest, ms", ""),
    "map_ms": ("all nodes and atoms are there, p50 of 7, ms", ""),
    "sent_kb": ("files of the page, as sent, kB", "300"),
    "plain_kb": ("the same, uncompressed, kB", ""),
    "files": ("how many files", ""),
    "frames_s": ("frames a second on the map", "30"),
    "frame_p50_ms": ("between two frames, p50, ms", ""),
    "frame_p95_ms": ("the same, p95, ms", "33"),
    "frame_max_ms": ("the same, longest, ms", ""),
    "event_p50_ms": ("an event until it is painted, p50, ms", "200"),
    "event_p95_ms": ("the same, p95, ms", "200"),
    "move_p50_ms": ("a move until it is seen on the map, p50, ms", ""),
    "move_p95_ms": ("the same, p95, ms", ""),
    "heap_mib": ("JavaScript's heap, MiB", ""),
    "process_mib": ("memory of the page's process, MiB", "300"),
    "server_mib": ("memory of the controller, MiB", ""),
    "missed": ("events missed over a restart of the controller", "0"),
    "repeated": ("the same: events that came twice", "0"),
    "reconnect_ms": ("the same: live again after the controller is, ms", ""),
    "soak_s": ("soak, s", ""),
    "soak_heap_first_mib": ("heap in its first third, MiB", ""),
    "soak_heap_last_mib": ("heap in its last third, MiB", ""),
    "soak_process_mib": ("largest memory of the page's process, MiB", "300"),
    "soak_server_mib": ("memory of the controller at its end, MiB", ""),
    "soak_frames_s": ("frames a second at its end", "30"),
}
console = Console()


class Server:
    """A controller over a generated realm.

    Args:
        folder: Where it keeps things.
        size: Nodes, atoms, changes a second.
    """

    def __init__(self, folder: Path, size: tuple[str, str, str]) -> None:
        self.folder, self.size = folder, size
        self.port = "0"
        self.begin()

    def begin(self) -> None:
        """Starts it, at the port that it had before."""
        command = [sys.executable, str(HERE / "server.py"), str(self.folder), self.port, *self.size]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()
        assert self.port, "the server did not begin"

    def end(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(WAIT_S)

    def memory_mib(self) -> float:
        """What it takes."""
        told = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(next(line for line in told.splitlines() if line.startswith("Pss:")).split()[1]) / 1024


class Browser:
    """Chromium, as measure.mjs drives it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.orders: IO[str] = process.stdin
        self.answers: IO[str] = process.stdout

    def do(self, what: str, **more: object) -> Any:  # noqa: ANN401 -- JSON of our own
        """Has something done; what it answers."""
        self.orders.write(json.dumps({"do": what, **more}) + "\n")
        self.orders.flush()
        told = json.loads(self.answers.readline())
        if "error" in told:
            raise RuntimeError(told["error"])
        return told["answer"]


@contextmanager
def browsing(address: str) -> Iterator[Browser]:
    """Chromium on a page."""
    install = [sys.executable, str(ROOT / "examples" / "npm.py"), str(ROOT / "tests" / "web")]
    packages = subprocess.run(install, check=True, capture_output=True, text=True).stdout.strip()
    command = ["node", str(HERE / "measure.mjs"), f"{packages}/playwright-core", chromium(), address]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    browser = Browser(process)
    try:
        yield browser
    finally:
        browser.orders.write('{"do": "close"}\n')
        browser.orders.close()
        process.wait(WAIT_S)


def chromium() -> str:
    """Where Chromium is; nothing: it is not there."""
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), "")


def first(browser: Browser) -> dict[str, float]:
    """The page is opened some times, with nothing kept."""
    told = browser.do("open")
    return {
        "first_paint_ms": median(told["paints"]),
        "first_paint_max_ms": max(told["paints"]),
        "map_ms": median(told["pictures"]),
        "sent_kb": told["sent"] / 1000,
        "plain_kb": told["plain"] / 1000,
        "files": told["files"],
    }


def frames(browser: Browser, seconds: float = FRAMES_S) -> dict[str, float]:
    """Frames and latencies under load."""
    told = browser.do("frames", seconds=seconds)
    gaps, events, moves = told["gaps"], told["events"], told["moves"]
    found = {
        "frames_s": 1000 * len(gaps) / sum(gaps),
        "frame_p50_ms": median(gaps),
        "frame_p95_ms": p95(gaps),
        "frame_max_ms": max(gaps),
    }
    for name, values in (("event", events), ("move", moves)):
        if len(values) > 1:
            found |= {f"{name}_p50_ms": median(values), f"{name}_p95_ms": p95(values)}
    return found


def p95(values: list[float]) -> float:
    """What all but one in twenty stay below."""
    return quantiles(values, n=20)[-1]


def memory(browser: Browser, server: Server) -> dict[str, float]:
    """Of the page and of the controller."""
    told = browser.do("memory")
    return {
        "heap_mib": told["heap"] / MIB,
        "process_mib": told["process"] / MIB,
        "server_mib": server.memory_mib(),
    }


def restart(browser: Browser, server: Server) -> dict[str, float]:
    """The controller is ended and begins again: the page goes on by itself, and misses nothing."""
    browser.do("follow")
    time.sleep(SETTLE_S)
    server.end()
    server.begin()
    ready = time.time()
    deadline = time.monotonic() + WAIT_S
    told = browser.do("followed")
    while not told["open"] and time.monotonic() < deadline:
        time.sleep(0.1)
        told = browser.do("followed")
    time.sleep(SETTLE_S)
    told = browser.do("followed")
    numbers = told["numbers"]
    assert numbers, "no event came"
    missed = sum(max(0, after - before - 1) for before, after in pairwise(numbers)) + told["gaps"]
    return {
        "missed": missed,
        "repeated": len(numbers) - len(set(numbers)),
        "reconnect_ms": max(0.0, told["open"] - ready * 1000),
    }


def soak(browser: Browser, server: Server, seconds: float) -> dict[str, float]:
    """The same for long: memory does not grow."""
    looks: list[dict[str, float]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(LOOK_S, seconds / 6))
        looks.append(memory(browser, server))
    third = max(1, len(looks) // 3)
    last = frames(browser)
    return {
        "soak_s": seconds,
        "soak_heap_first_mib": median(each["heap_mib"] for each in looks[:third]),
        "soak_heap_last_mib": median(each["heap_mib"] for each in looks[-third:]),
        "soak_process_mib": max(each["process_mib"] for each in looks),
        "soak_server_mib": looks[-1]["server_mib"],
        "soak_frames_s": last["frames_s"],
    }


def measure(asked: argparse.Namespace, folder: Path) -> dict[str, float]:
    """All of it."""
    server = Server(folder, (str(asked.nodes), str(asked.atoms), str(asked.changes)))
    try:
        with browsing(f"http://127.0.0.1:{server.port}") as browser:
            figures = first(browser)
            time.sleep(SETTLE_S)
            figures |= frames(browser) | memory(browser, server)
            if asked.profile:
                for name, spent_ms in browser.do("profile", seconds=PROFILE_S):
                    console.print(f"{spent_ms:6} ms  {name}", highlight=False)
            if asked.soak:
                figures |= soak(browser, server, asked.soak)
            return figures | restart(browser, server)
    finally:
        server.end()


def show(figures: dict[str, float]) -> None:
    """The table."""
    table = Table("figure", "key", "measured", "goal")
    for key, (text, goal) in GOALS.items():
        if key in figures:
            table.add_row(text, key, f"{figures[key]:,.4g}", goal)
    console.print(table)


def main() -> int:
    """Measures what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="sojourn bench dashboard", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--nodes", type=int, default=1000, metavar="N")
    parser.add_argument("--atoms", type=int, default=20_000, metavar="N")
    parser.add_argument("--changes", type=float, default=200.0, metavar="N", help="changes a second")
    parser.add_argument("--soak", type=float, default=0.0, metavar="SECONDS", help="and go on for so long")
    parser.add_argument("--profile", action="store_true", help="tell where processor time goes in the page")
    asked = parser.parse_args()
    for program, found in (("node", shutil.which("node")), ("chromium", chromium())):
        if not found:
            parser.error(f"needs {program}: on Debian, apt install {'nodejs npm' if program == 'node' else program}")
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        figures = measure(asked, Path(folder))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
