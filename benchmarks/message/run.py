"""`sojourn bench message`: what a message between atoms costs, beside bare Zenoh, Ray, Dask and NATS.

    python benchmarks/message/run.py [--json FILE] [--parts local,remote,idle,durable,moves,peers]

It reports and never judges: exit status 1 only when nothing could be measured at all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers
from rich.console import Console
from rich.table import Table

import sojourn
from sojourn.core.annotation import annotated
from sojourn.core.atom import Atom
from sojourn.core.realm import Realm

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "migration"))

from processes import NodeProcess, Processes, standalone  # noqa: E402 -- from the folder named just now

GUESTS = ROOT / "build" / "guests"
TALKER = GUESTS / "talker.wasm"
PARTS = ["local", "remote", "idle", "durable", "moves", "peers"]
BYTES = 64
PINGS = 20_000
ITEMS = 1_000_000
IDLE_ATOMS = 10_000
SYNCS = 300
MOVES = 200
FLOODS = 4
# Messages a second of each flood: slow enough for all moves to happen while they flow.
PACE = 12_500
# Figure, unit, goal.
GOALS: dict[str, tuple[str, str]] = {
    "local_p50_us": ("atom to atom on one node, p50, us", "3"),
    "local_p99_us": ("the same, p99, us", ""),
    "local_msg_s": (f"messages of {BYTES} B a second, one core", "1,000,000"),
    "remote_p50_us": ("round trip between nodes, p50, us", ""),
    "bare_p50_us": ("the same, a bare Zenoh program in Rust, p50, us", ""),
    "remote_latency_ratio": ("round trip over that of bare Zenoh", "1.3"),
    "remote_msg_s": ("messages a second between nodes", ""),
    "bare_msg_s": ("the same, bare Zenoh", ""),
    "remote_rate_ratio": ("rate over that of bare Zenoh", "0.75"),
    "idle_10k_mib": (f"{IDLE_ATOMS:,} idle reactive atoms on a node, MiB", "250"),
    "wake_p50_us": ("waking one of them and hearing its answer, p50, us", "100"),
    "durable_p50_us": ("message to a durable atom and its answer, p50, us", ""),
    "sync_p50_us": ("one fsync of that disk, p50, us", ""),
    "durable_ratio": ("durable message over one fsync", "1.5"),
    "durable_msg_s": ("durable messages a second", "20,000"),
    "moved_messages": ("messages between atoms that move", ""),
    "moved_times": ("moves meanwhile", ""),
    "lost": ("of them lost", "0"),
    "repeated": ("repeated", "0"),
    "reordered": ("reordered", "0"),
    **{key: (text, "behind") for key, text in peers.FIGURES.items()},
}
console = Console()


async def output(atom: Atom) -> list[int]:
    """The numbers that an atom prints before it ends."""
    text = b"".join([chunk async for chunk in atom.logs(follow=True)])
    if not text:
        row = await atom.row()
        raise SystemExit(f"error: {atom.name} printed nothing: {row.reason or row.status}")
    return [int(word) for word in text.split()]


async def ping(realm: Realm, module: Path | bytes, count: int, nodes: tuple[str, str]) -> list[float]:
    """One way between two atoms: p50, p90, p99 in us."""
    receiver = await realm.start(module, args=["pong"], node=nodes[1])
    sender = await realm.start(TALKER, args=["ping", receiver.name, str(count), str(BYTES)], node=nodes[0])
    return [nanoseconds / 1e3 for nanoseconds in await output(sender)]


async def flood(realm: Realm, module: Path | bytes, count: int, nodes: tuple[str, str]) -> float:
    """Messages a second."""
    sink = await realm.start(module, args=["sink"], node=nodes[1])
    await realm.start(TALKER, args=["flood", sink.name, str(count), str(BYTES)], node=nodes[0])
    came, *_, nanoseconds = await output(sink)
    return came / nanoseconds * 1e9


def to_one_core(node: NodeProcess) -> None:
    """All threads that a node has now, and those that they make, run on one core."""
    for thread in Path(f"/proc/{node.pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {0})


async def local(realm: Realm, processes: Processes) -> dict[str, float]:
    """On one node."""
    here = (processes.nodes[0].name,) * 2
    p50, _, p99 = await ping(realm, TALKER, PINGS, here)
    with (
        tempfile.TemporaryDirectory(prefix="sojourn-core-") as folder,
        Processes(Path(folder), 1, standalone()) as alone,
    ):
        to_one_core(alone.nodes[0])
        async with await sojourn.connect(alone.address, realm=alone.realm) as narrow:
            name = (alone.nodes[0].name,) * 2
            rates = [await flood(narrow, TALKER, ITEMS, name) for _ in range(3)]
    return {"local_p50_us": p50, "local_p99_us": p99, "local_msg_s": statistics.median(rates)}


def bare() -> tuple[float, float]:
    """A bare Zenoh program: round trip p50 in us, messages a second."""
    command = ["cargo", "run", "--locked", "--release", "--quiet", "-p", "sojourn-node", "--example", "zenoh_speed"]
    done = subprocess.run([*command, "--", str(BYTES)], cwd=ROOT, check=True, capture_output=True, text=True)
    trip, rate = done.stdout.split()
    return float(trip), float(rate)


async def remote(realm: Realm, processes: Processes) -> dict[str, float]:
    """Between two processes."""
    there = (processes.nodes[0].name, processes.nodes[1].name)
    trips = [2 * (await ping(realm, TALKER, PINGS // 4, there))[0] for _ in range(3)]
    rates = [await flood(realm, TALKER, ITEMS // 2, there) for _ in range(3)]
    trip, rate = statistics.median(trips), statistics.median(rates)
    bares = [bare() for _ in range(3)]
    bare_trip = statistics.median(each for each, _ in bares)
    bare_rate = statistics.median(each for _, each in bares)
    return {
        "remote_p50_us": trip,
        "bare_p50_us": bare_trip,
        "remote_latency_ratio": trip / bare_trip,
        "remote_msg_s": rate,
        "bare_msg_s": bare_rate,
        "remote_rate_ratio": rate / bare_rate,
    }


async def idle(folder: Path) -> dict[str, float]:
    """Many reactive atoms that have nothing to do, and one of them awoken after the other."""
    with Processes(folder, 1, standalone()) as processes:
        node = processes.nodes[0]
        async with await sojourn.connect(processes.address, realm=processes.realm) as realm:
            resting = (GUESTS / "resting.wasm").read_bytes()
            await (await realm.start(resting, atom="first")).call(b"x")
            before = node.resident_mib()
            for number in range(IDLE_ATOMS):
                await realm.start(resting, atom=f"idle-{number}")
            # Those that were started last are at rest a moment later.
            await asyncio.sleep(1)
            used = node.resident_mib() - before
            count = "2000"
            waker = await realm.start(TALKER, args=["wake", f"{node.name}/idle-", count, str(IDLE_ATOMS)])
            p50, *_ = await output(waker)
    return {"idle_10k_mib": used, "wake_p50_us": p50 / 1e3}


def syncs(folder: Path) -> float:
    """One append of a small message with fdatasync, p50 in us."""
    times = []
    with (folder / "sync").open("wb") as file:
        file.write(bytes(1 << 20))
        os.fsync(file.fileno())
        file.seek(0)
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(bytes(256))
            file.flush()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times)


async def durable(realm: Realm, processes: Processes, folder: Path) -> dict[str, float]:
    """To an atom whose messages are on the disk before they count."""
    here = (processes.nodes[0].name,) * 2
    kept = annotated(TALKER.read_bytes(), [("durable", "true")])
    sync = syncs(folder)
    p50, *_ = await ping(realm, kept, 2000, here)
    rates = [await flood(realm, kept, ITEMS // 5, here) for _ in range(3)]
    return {
        "durable_p50_us": 2 * p50,
        "sync_p50_us": sync,
        "durable_ratio": 2 * p50 / sync,
        "durable_msg_s": statistics.median(rates),
    }


async def moves(realm: Realm, processes: Processes, seed: int) -> dict[str, float]:
    """Floods between atoms that move all the time."""
    chance = random.Random(seed)  # noqa: S311 -- which atom moves is no secret
    names = [node.name for node in processes.nodes]
    sinks, atoms = [], []
    for _ in range(FLOODS):
        sink = await realm.start(TALKER, args=["sink"], node=chance.choice(names))
        arguments = ["flood", sink.name, str(ITEMS // FLOODS), str(BYTES), str(PACE)]
        atoms += [sink, await realm.start(TALKER, args=arguments, node=chance.choice(names))]
        sinks.append(asyncio.create_task(output(sink)))
    moved = 0
    while moved < MOVES and not all(sink.done() for sink in sinks):
        atom = chance.choice(atoms)
        try:
            place = (await atom.row()).node
            await atom.migrate(chance.choice([name for name in names if name != place]), cause="measured")
            moved += 1
        except sojourn.NodeError:
            pass  # It has ended.
    rows = await asyncio.gather(*sinks)
    came, lost, repeated, reordered = (sum(row[place] for row in rows) for place in range(4))
    return {
        "moved_messages": came, "moved_times": moved,
        "lost": max(lost, ITEMS - came), "repeated": repeated, "reordered": reordered,
    }  # fmt: skip


async def in_realm(parts: list[str], folder: Path, seed: int) -> dict[str, float]:
    """The parts that need nodes that know each other."""
    figures: dict[str, float] = {}
    with Processes(folder / "realm", 3, standalone()) as processes:
        async with await sojourn.connect(processes.address, realm=processes.realm) as realm:
            if "local" in parts:
                figures |= await local(realm, processes)
            if "remote" in parts:
                figures |= await remote(realm, processes)
            if "durable" in parts:
                figures |= await durable(realm, processes, folder)
            if "moves" in parts:
                figures |= await moves(realm, processes, seed)
    return figures


async def measure(asked: argparse.Namespace, folder: Path) -> dict[str, float]:
    """All parts that were asked for."""
    parts = asked.parts.split(",")
    figures: dict[str, float] = {}
    if {"local", "remote", "durable", "moves"} & set(parts):
        figures |= await in_realm(parts, folder, asked.seed)
    if "idle" in parts:
        figures |= await idle(folder / "idle")
    if "peers" in parts:
        figures |= peers.measure(BYTES, console)
    return figures


def show(figures: dict[str, float]) -> None:
    """The table."""
    table = Table("figure", "key", "measured", "goal")
    for key, (text, goal) in GOALS.items():
        if key in figures:
            table.add_row(text, key, f"{figures[key]:,.4g}" if figures[key] < 1e4 else f"{figures[key]:,.0f}", goal)  # noqa: PLR2004
    console.print(table)


def main() -> int:
    """Measures what was asked for; the exit status."""
    parser = argparse.ArgumentParser(prog="sojourn bench message", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="A,B", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which atoms move when (1)")
    asked = parser.parse_args()
    subprocess.run([sys.executable, ROOT / "examples" / "build.py"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        figures = asyncio.run(measure(asked, Path(folder)))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    raise SystemExit(main())
