"""What a call from a port of this process to an atom of another process, and its answer, cost.

    python benchmarks/message/port.py [--json FILE] [--node BINARY] [--seconds N]

For each number of calls that wait at once: calls a second, the time of one (p50), processor time of this process for
each, and how often its threads wait and are woken for each. It reports and never judges.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sojourn
from sojourn.core.node import Node
from sojourn.core.port import Port, open_port
from sojourn.model.node_errors import Busy

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "migration"))

from processes import Processes  # noqa: E402 -- from the folder named just now

if TYPE_CHECKING:
    from sojourn.model.config import Value

ECHO = ROOT / "build" / "guests" / "resting.wasm"
BYTES = 64
OUTSTANDING = (1, 64, 1000)
PATIENCE_S = 10.0


def waits() -> int:
    """How often threads of this process have waited."""
    lines = (line for task in Path("/proc/self/task").iterdir() for line in (task / "status").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def calls(port: Port, atom: str, outstanding: int, seconds: float) -> dict[str, float]:
    """So many calls at once, for so long."""
    poll = select.epoll()
    poll.register(port.fileno(), select.EPOLLIN)
    data, sent, took = bytes(BYTES), deque[float](), list[float]()
    waited, processor, began = waits(), time.process_time(), time.perf_counter()
    while time.perf_counter() - began < seconds:
        with suppress(Busy):
            while len(sent) < outstanding:
                port.call(atom, data)
                sent.append(time.perf_counter())
        poll.poll(PATIENCE_S)
        for event in port.take():
            assert len(event.data) == BYTES
            # They come in order.
            took.append(time.perf_counter() - sent.popleft())
    span, count = time.perf_counter() - began, len(took)
    figures = {
        "calls_s": count / span,
        "p50_us": statistics.median(took) * 1e6,
        "processor_us": (time.process_time() - processor) / count * 1e6,
        "waits": (waits() - waited) / count,
    }
    while sent:
        poll.poll(PATIENCE_S)
        for _ in port.take():
            sent.popleft()
    return figures


async def started(processes: Processes) -> str:
    """An atom that answers."""
    async with await sojourn.connect(processes.address, realm=processes.realm) as realm:
        return (await realm.start(ECHO, node=processes.nodes[0].name)).name


def measured(binary: Path | None, seconds: float) -> dict[str, dict[str, float]]:
    """All figures, by the number of calls at once."""
    with tempfile.TemporaryDirectory(prefix="sojourn-port-") as folder, Processes(Path(folder), 1, binary) as processes:
        atom = asyncio.run(started(processes))
        settings: dict[str, Value] = {
            "realm.name": processes.realm,
            "node.name": "gateway",
            "node.join": (processes.address,),
            "node.hosts": False,
        }
        with Node(settings, "node") as node:
            port = open_port(node)
            deadline = time.monotonic() + PATIENCE_S
            while port.resolve(atom) is None and time.monotonic() < deadline:
                pass
            figures = {str(count): calls(port, atom, count, seconds) for count in OUTSTANDING}
            port.close()
    return figures


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--node", type=Path, help="the binary sojourn-node; none: Python's own")
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    figures = measured(options.node, options.seconds)
    for outstanding, row in figures.items():
        print(f"{outstanding:>5} at once:", ", ".join(f"{name} {value:,.1f}" for name, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps({"processors": os.cpu_count(), "port": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
