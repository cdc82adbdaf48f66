"""`sojourn bench doors`: atoms over HTTP, WebSocket and MQTT, beside the same servers without an atom.

    python benchmarks/doors/run.py [--json FILE] [--parts http,sockets,streams,peers,mqtt]

Two nodes and a gateway, each a process of its own, and whoever asks, all on this machine. The atom is
sdk/conformance/c/web.c. `hello` is a page of the gateway's own server; it is measured by turns with the atom. It needs
`wrk` and `curl`; peers are taken where they are installed. It reports and never judges: exit status 1 only when nothing
could be measured at all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import sojourn
from sojourn import Realm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "benchmarks" / "migration"))

from processes import Processes  # noqa: E402 -- from the folder named just now

PARTS = ["http", "sockets", "streams", "peers", "mqtt"]
NODES = ("node-1", "node-2")
HELLO, ATOM = "/-/health", "/a/web/hello/you"
ROUNDS, ROUND_S, CONNECTIONS = 3, 3, 32
CLIENTS, RATE, SOCKETS_S, MOVES = 1000, 10, 15, 50
LONG_BYTES = 100_000_000
WAIT_S = 60.0
# Figure, goal.
GOALS: dict[str, tuple[str, str]] = {
    "http_hello_p50_us": ("HTTP, the gateway's own page, one at a time, p50, µs", ""),
    "http_atom_p50_us": ("HTTP to an atom and back, one at a time, p50, µs", ""),
    "http_extra_p50_us": ("what the atom adds, p50, µs", "300"),
    "http_hello_s": (f"the gateway's own page, {CONNECTIONS} connections, requests/s", ""),
    "http_atom_s": (f"an atom, {CONNECTIONS} connections, requests/s", ""),
    "http_rate_ratio": ("the second of the first", "0.5"),
    "ws_disconnects": (f"{CLIENTS:,} WebSockets on one atom, {RATE} messages/s each, {MOVES} moves: disconnects", "0"),
    "ws_errors": ("the same: lost, repeated or reordered", "0"),
    "ws_p50_ms": ("the same: a message and back, p50, ms", ""),
    "ws_pause_max_ms": ("the same: longest pause, ms", "100"),
    "ws_moves": ("the same: moves that were done", str(MOVES)),
    "stream_diff_bytes": ("100 MB up and 100 MB down at once while the atom moves: differing bytes", "0"),
    "stream_moves": ("the same: moves that were done", ""),
    "stream_mib_s": ("the same: MiB/s, both ways together", ""),
    "uvicorn_hello_s": (f"Uvicorn and Starlette, hello, {CONNECTIONS} connections, requests/s", ""),
    "uvicorn_hello_p50_us": ("the same, one at a time, p50, µs", ""),
    "nginx_hello_s": (f"nginx, hello, {CONNECTIONS} connections, requests/s", ""),
    "nginx_hello_p50_us": ("the same, one at a time, p50, µs", ""),
    "mqtt_extra_p50_us": ("MQTT in to atom to MQTT out beyond the broker's own time, p50, µs", "1,000"),
    "mqtt_msg_s": ("MQTT messages/s through an atom", "10,000"),
}
console = Console()


@contextmanager
def gateway(processes: Processes) -> Iterator[str]:
    """A gateway; where it is."""
    command = [sys.executable, "-m", "sojourn", "gateway", "--realm", processes.realm, "--address", processes.address]
    process = subprocess.Popen([*command, "--http", "127.0.0.1:0", "--json"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["http"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(WAIT_S)


def wrk(url: str, connections: int, seconds: int = ROUND_S) -> tuple[float, float]:
    """Median latency in microseconds, and requests a second."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in told, told
    found, rate = re.search(r"50%\s+([\d.]+)(us|ms|s)\b", told), re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found is not None, told
    assert rate is not None, told
    return float(found[1]) * {"us": 1.0, "ms": 1e3, "s": 1e6}[found[2]], float(rate[1])


def http(place: str) -> dict[str, float]:
    """Requests to an atom beside the same server's own page, by turns."""
    taken: dict[str, list[tuple[float, float]]] = {"hello": [], "atom": []}
    for _ in range(ROUNDS):
        for name, path in (("hello", HELLO), ("atom", ATOM)):
            alone, many = wrk(f"http://{place}{path}", 1), wrk(f"http://{place}{path}", CONNECTIONS)
            taken[name].append((alone[0], many[1]))
    p50 = {name: statistics.median(each for each, _ in rounds) for name, rounds in taken.items()}
    rate = {name: statistics.median(each for _, each in rounds) for name, rounds in taken.items()}
    return {
        "http_hello_p50_us": p50["hello"],
        "http_atom_p50_us": p50["atom"],
        "http_extra_p50_us": p50["atom"] - p50["hello"],
        "http_hello_s": rate["hello"],
        "http_atom_s": rate["atom"],
        "http_rate_ratio": rate["atom"] / rate["hello"],
    }


async def moved(realm: Realm, over: Callable[[int], bool], pause_s: float) -> int:
    """Moves the atom to and fro until it is over; how often it went."""
    atom = await realm.atom("node-1/web")
    rows = {row.atom: row.node for row in await realm.atoms()}
    here, count = NODES.index(rows["node-1/web"]), 0
    while not over(count):
        here = 1 - here
        await atom.migrate(NODES[here])
        count += 1
        await asyncio.sleep(pause_s)
    return count


async def sockets(realm: Realm, place: str) -> dict[str, float]:
    """Very many WebSockets on one atom that moves."""
    command = [sys.executable, HERE / "sockets.py", place, "/a/web/ws/echo", str(CLIENTS), str(RATE), str(SOCKETS_S)]
    load = await asyncio.create_subprocess_exec(
        *map(str, command), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert load.stdin is not None
    assert load.stdout is not None
    await load.stdout.readline()
    load.stdin.write(b"\n")
    moves = await moved(realm, lambda count: count == MOVES, SOCKETS_S / (MOVES + 10))
    told = json.loads(await load.stdout.readline())
    await load.wait()
    return {
        "ws_disconnects": told["disconnects"],
        "ws_errors": told["errors"] + told["unsent"],
        "ws_p50_ms": told["p50_ms"],
        "ws_pause_max_ms": told["max_ms"],
        "ws_moves": moves,
    }


async def streams(realm: Realm, place: str, folder: Path) -> dict[str, float]:
    """Long bodies both ways while the atom moves."""
    expected = (np.arange(LONG_BYTES, dtype=np.int64) * 31 % 251).astype(np.uint8)
    up, down, url = folder / "up", folder / "down", f"http://{place}/a/web"
    expected.tofile(up)
    still = await curl("-T", str(up), "-X", "POST", f"{url}/upload")
    over = asyncio.Event()
    moving = asyncio.ensure_future(moved(realm, lambda _: over.is_set(), 0.0))
    begin = time.monotonic()
    sent, _ = await asyncio.gather(
        curl("-T", str(up), "-X", "POST", f"{url}/upload"), curl("-o", str(down), f"{url}/download/{LONG_BYTES}")
    )
    seconds = time.monotonic() - begin
    over.set()
    came = np.fromfile(down, np.uint8)
    wrong = abs(len(came) - LONG_BYTES) + int(np.count_nonzero(came[:LONG_BYTES] != expected[: len(came)]))
    # Of what went up the atom tells the length and a hash.
    wrong += 0 if sent == still else LONG_BYTES
    return {
        "stream_diff_bytes": wrong,
        "stream_moves": await moving,
        "stream_mib_s": 2 * LONG_BYTES / seconds / (1 << 20),
    }


async def curl(*arguments: str) -> bytes:
    """What curl gets."""
    process = await asyncio.create_subprocess_exec("curl", "-sS", "-f", *arguments, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert process.returncode == 0
    return told


UVICORN = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
uvicorn.run(Starlette(routes=[Route("/", lambda request: PlainTextResponse("hello"))]), port={port}, log_level="error")
"""
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error crit; events {{}}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}; proxy_temp_path {folder};
fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
server {{ listen 127.0.0.1:{port}; location / {{ return 200 hello; }} }} }}
"""


def peers(folder: Path) -> dict[str, float]:
    """Other servers' hello, of those that are there."""
    figures: dict[str, float] = {}
    have_uvicorn = not subprocess.run(
        [sys.executable, "-c", "import uvicorn"], check=False, capture_output=True
    ).returncode
    if have_uvicorn:
        port = free_port()
        figures |= peer("uvicorn", [sys.executable, "-c", UVICORN.format(port=port)], port)
    if (nginx := shutil.which("nginx")) is not None:
        port = free_port()
        (folder / "nginx.conf").write_text(NGINX.format(port=port, folder=folder))
        figures |= peer("nginx", [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")], port)
    return figures


def peer(name: str, command: list[str], port: int) -> dict[str, float]:
    """One of them."""
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        url = f"http://127.0.0.1:{port}/"
        return {f"{name}_hello_p50_us": wrk(url, 1)[0], f"{name}_hello_s": wrk(url, CONNECTIONS)[1]}
    finally:
        process.terminate()
        process.wait(WAIT_S)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def atom() -> Path:
    """The atom that serves."""
    command = [sys.executable, str(ROOT / "sdk" / "atoms.py"), str(ROOT / "sdk/conformance/c/web.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values())))


async def in_realm(parts: list[str], folder: Path) -> dict[str, float]:
    """The parts that need nodes and a gateway."""
    figures: dict[str, float] = {}
    with Processes(folder / "realm", len(NODES)) as processes, gateway(processes) as place:
        async with await sojourn.connect(processes.address, realm=processes.realm, timeout=WAIT_S) as realm:
            await realm.start(atom(), node=NODES[0])
            await curl("--retry", "30", "--retry-all-errors", "--retry-delay", "1", f"http://{place}{ATOM}")
            if "http" in parts:
                figures |= await asyncio.to_thread(http, place)
            if "streams" in parts:
                figures |= await streams(realm, place, folder)
            if "sockets" in parts:
                figures |= await sockets(realm, place)
    return figures


def measure(parts: list[str], folder: Path) -> dict[str, float]:
    """All parts that were asked for."""
    figures: dict[str, float] = {}
    if {"http", "sockets", "streams"} & set(parts):
        figures |= asyncio.run(in_realm(parts, folder))
    if "peers" in parts:
        figures |= peers(folder)
    if "mqtt" in parts and shutil.which("mosquitto") is not None:
        import mqtt  # noqa: PLC0415 -- beside this file; it needs a broker

        figures |= mqtt.measure()
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
    parser = argparse.ArgumentParser(prog="sojourn bench doors", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as JSON")
    parser.add_argument("--parts", default=",".join(PARTS), metavar="A,B", help=f"of {', '.join(PARTS)}")
    asked = parser.parse_args()
    for program in ("wrk", "curl"):
        if shutil.which(program) is None:
            parser.error(f"needs {program}: on Debian, apt install {program}")
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        figures = measure(asked.parts.split(","), Path(folder))
    show(figures)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if figures else 1


if __name__ == "__main__":
    raise SystemExit(main())
