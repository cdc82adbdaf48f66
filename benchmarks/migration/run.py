"""`sojourn bench migration`: what it costs to move a running program between nodes on this machine.

    python benchmarks/migration/run.py [--json FILE] [--parts small,large,start,idle,load] [--moves 200]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import Processes, standalone
from rich.console import Console
from rich.table import Table

import sojourn
from sojourn.core.atom import Atom
from sojourn.core.realm import Realm
from sojourn.model.wire import MoveRow

ROOT = Path(__file__).resolve().parents[2]
GUESTS = ROOT / "build" / "guests"
PARTS = ["small", "large", "start", "idle", "load"]
LARGE_MIB, LARGE_RATE = 256, 20
STARTS = 300
IDLE_S = 20.0
# Figure, unit, goal.
GOALS: dict[str, tuple[str, float | None]] = {
    "downtime_p50_ms": ("downtime, 1 MiB of state, p50, ms", 5),
    "downtime_p99_ms": ("the same, p99, ms", 20),
    "paused_p50_ms": ("of it the guest stood still, p50, ms", None),
    "large_downtime_p50_ms": (f"downtime, {LARGE_MIB} MiB, {LARGE_RATE} MiB/s written, p50, ms", 30),
    "large_total_p50_ms": ("the whole move, p50, ms", None),
    "large_copy_p50_ms": ("a bare copy of as many bytes on the same mesh, p50, ms", None),
    "large_total_ratio": ("the whole move over a bare copy", 1.5),
    "start_p50_us": ("start of an atom whose module is cached, p50, us", 200),
    "start_client_p50_us": ("the same, asked by a client in another process, p50, us", None),
    "node_rss_mib": ("memory of an idle node, standalone, MiB", 25),
    "python_node_rss_mib": ("the same, in Python, MiB", 70),
    "node_idle_cpu": ("processor of an idle node, part of a core", 0.005),
    "differing": ("outputs that differ after moves under load", 0),
    "load_moves": ("moves under load", None),
    "load_downtime_p50_ms": ("their downtime, p50, ms", None),
    "load_downtime_max_ms": ("their longest downtime, ms", None),
}
console = Console()


def quantile(values: list[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def downtimes_ms(moves: list[MoveRow]) -> list[float]:
    """Downtimes of moves."""
    return [move.downtime_ns / 1e6 for move in moves]


async def hop(atom: Atom, count: int, names: list[str], pause_s: float = 0.0) -> list[MoveRow]:
    """Moves an atom around, so often."""
    place = (await atom.row()).node
    moves = []
    for _ in range(count):
        place = names[(names.index(place) + 1) % len(names)]
        moves.append(await atom.migrate(place, cause="measured"))
        await asyncio.sleep(pause_s)
    return moves


async def small(realm: Realm, names: list[str], moves: int) -> dict[str, float]:
    """An atom of 1 MiB."""
    atom = await realm.start(GUESTS / "steady.wasm", args=["1", "5", "1000000"])
    await hop(atom, 4, names)
    made = await hop(atom, moves, names, 0.01)
    await atom.stop(keep=False)
    down = downtimes_ms(made)
    return {
        "downtime_p50_ms": statistics.median(down),
        "downtime_p99_ms": quantile(down, 0.99),
        "paused_p50_ms": statistics.median(move.paused_ns / 1e6 for move in made),
    }


async def large(realm: Realm, names: list[str]) -> dict[str, float]:
    """An atom of 256 MiB that is written to."""
    atom = await realm.start(GUESTS / "steady.wasm", args=[str(LARGE_MIB), str(LARGE_RATE), "1000000"])
    async for chunk in atom.logs(follow=True):
        if b"step" in chunk:
            break
    made = await hop(atom, 11, names, 0.2)
    await atom.stop(keep=False)
    copies = bare_copies()
    total = statistics.median(move.total_ns / 1e6 for move in made[1:])
    copy = statistics.median(copies)
    return {
        "large_downtime_p50_ms": statistics.median(downtimes_ms(made[1:])),
        "large_total_p50_ms": total,
        "large_copy_p50_ms": copy,
        "large_total_ratio": total / copy,
        "large_rounds": statistics.median(move.rounds for move in made[1:]),
        "large_bytes_mib": statistics.median(move.bytes / 2**20 for move in made[1:]),
    }


def bare_copies() -> list[float]:
    """Times in ms to bring as many bytes from one process to another on the mesh, nothing else."""
    command = ["cargo", "run", "--locked", "--release", "--quiet", "-p", "sojourn-node", "--example", "mesh_speed"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    rates = [float(line.split()[-2]) for line in done.stdout.splitlines() if line.startswith("copy of 256 MiB")]
    return [LARGE_MIB * 2**20 / 1e6 / rate * 1e3 for rate in rates]


async def start_remote(realm: Realm) -> list[float]:
    """Starts asked by this client, in us."""
    times = []
    for number in range(STARTS):
        began = time.perf_counter()
        atom = await realm.start(GUESTS / "fib.wasm", args=["1"])
        times.append((time.perf_counter() - began) * 1e6)
        if number % 50 == 0:
            await atom.wait()
    return times


def start_here() -> float:
    """Start within a node, asked there: from the request to the guest's first step, p50 in us."""
    command = ["cargo", "run", "--locked", "--release", "--quiet", "-p", "sojourn-node", "--example", "start-time"]
    guest = str(GUESTS / "fib.wasm")
    done = subprocess.run([*command, "--", guest, str(STARTS)], cwd=ROOT, check=True, capture_output=True, text=True)
    return statistics.median(float(line) for line in done.stdout.split())


def idle(folder: Path, binary: Path | None) -> tuple[float, float]:
    """Memory in MiB and processor, part of a core, of an idle node that has one peer."""
    with Processes(folder, 2, binary) as realm:
        time.sleep(2)
        node = realm.nodes[1]
        began, used = time.monotonic(), node.processor_s()
        time.sleep(IDLE_S)
        return node.resident_mib(), (node.processor_s() - used) / (time.monotonic() - began)


async def load(realm: Realm, names: list[str], moves: int) -> dict[str, float]:
    """Programs at work, moved all the time; what they print is compared with runs that stayed."""
    demo = ROOT / "examples" / "demo"
    script = {"script.lua": (demo / "collatz.lua").read_bytes()}
    programs: list[tuple[str, list[str], dict[str, sojourn.Memory], bytes]] = [
        ("lua.wasm", ["/demo/script.lua"], {"/demo": sojourn.Memory(script)}, b""),
        ("sqlite.wasm", ["/data/accounts.db"], {"/data": sojourn.Memory()}, (demo / "transfer.sql").read_bytes()),
        ("steady.wasm", ["4", "10", "2000"], {}, b""),
    ]
    made: list[MoveRow] = []
    differing = 0

    async def one(guest: str, args: list[str], mounts: dict[str, sojourn.Memory], stdin: bytes) -> None:
        nonlocal differing
        plain = sojourn.start(GUESTS / guest, args=args, mounts=mounts, stdin=stdin)
        expected = await asyncio.to_thread(plain.stdout.read)
        while len(made) < moves:
            atom = await realm.start(GUESTS / guest, args=args, mounts=mounts, stdin=stdin)
            reader = asyncio.create_task(everything(atom))
            try:
                while len(made) < moves:
                    made.extend(await hop(atom, 1, names, 0.02))
            except sojourn.NodeError:
                pass  # It has ended.
            differing += await reader != expected

    await asyncio.gather(*(one(*program) for program in programs))
    down = downtimes_ms(made)
    return {
        "differing": differing,
        "load_moves": len(made),
        "load_downtime_p50_ms": statistics.median(down),
        "load_downtime_max_ms": max(down),
    }


async def everything(atom: Atom) -> bytes:
    """All that an atom prints."""
    return b"".join([chunk async for chunk in atom.logs(follow=True)])


class Told(dict[str, float]):
    """Figures, told as they come: whoever cuts a run off has those there are."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    def take(self, part: str, figures: dict[str, float]) -> None:
        """Takes the figures of a part."""
        self |= figures
        told = ", ".join(f"{key} {value:,.4g}" for key, value in figures.items())
        console.print(f"{time.monotonic() - self._began:4.0f} s  {part}: {told}", highlight=False)


async def measure(asked: argparse.Namespace, folder: Path) -> Told:
    """All parts that were asked for."""
    parts = asked.parts.split(",")
    binary = standalone()
    figures = Told()
    if "idle" in parts:
        rss, cpu = idle(folder / "idle", binary)
        figures.take("idle", {"node_rss_mib": rss, "node_idle_cpu": cpu})
        figures.take("idle in Python", {"python_node_rss_mib": idle(folder / "idle-python", None)[0]})
    if "start" in parts:
        figures.take("start", {"start_p50_us": start_here()})
    with Processes(folder / "realm", 3, binary) as processes:
        names = [node.name for node in processes.nodes]
        async with await sojourn.connect(processes.address, realm=processes.realm) as realm:
            if "small" in parts:
                figures.take("small", await small(realm, names[:2], asked.moves))
            if "large" in parts:
                figures.take("large", await large(realm, names[:2]))
            if "start" in parts:
                times = await start_remote(realm)
                figures.take("start by a client", {"start_client_p50_us": statistics.median(times)})
            if "load" in parts:
                figures.take("load", await load(realm, names, asked.load_moves))
    return figures


def show(figures: dict[str, float]) -> None:
    """The table."""
    table = Table("figure", "key", "measured", "goal")
    for key, (text, goal) in GOALS.items():
        if key in figures:
            table.add_row(text, key, f"{figures[key]:,.4g}", "" if goal is None else f"{goal:g}")
    console.print(table)


def main() -> int:
    """Measures what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="sojourn bench migration", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="A,B", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--moves", type=int, default=200, metavar="N", help="moves of the small atom (200)")
    parser.add_argument("--load-moves", type=int, default=500, metavar="N", help="moves under load (500)")
    asked = parser.parse_args()
    subprocess.run([sys.executable, ROOT / "examples" / "build.py"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        figures = asyncio.run(measure(asked, Path(folder)))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
