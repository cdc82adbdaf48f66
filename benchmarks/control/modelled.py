"""A controller whose nodes are a table: its own memory, without that of a hundred nodes beside it.

    python benchmarks/control/modelled.py NODES ATOMS SECONDS

Loop, store on the disk and REST are those of `sojourn controller`; only the link to nodes is replaced, which answers
each second what so many nodes would. It prints its resident memory in MiB after so many seconds.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from sojourn.app.controller.followers import Followers
from sojourn.app.controller.link import Link
from sojourn.app.controller.modules import Modules
from sojourn.app.controller.runner import Runner
from sojourn.app.controller.service.service import Service
from sojourn.app.observe.traces import NoTraces
from sojourn.control.decision import Set
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import guard_of
from sojourn.gateway.http.listener import Place
from sojourn.gateway.http.server import serving
from sojourn.model.fleet import AtomFacts, LinkFacts, NodeFacts, NodeReport, Traffic
from sojourn.model.record import ModuleRecord
from sojourn.store.open import open_store

GIB = 1 << 30
LINKS = 16


class Modelled:
    """Answers as a link to so many nodes would."""

    def __init__(self, nodes: int, atoms: int) -> None:
        self._names = [f"node-{number}" for number in range(nodes)]
        self._atoms = atoms
        self._began = time.time()
        self._told = False

    def peers(self) -> tuple[str, ...]:
        """All."""
        return tuple(self._names)

    async def reports(self) -> tuple[NodeReport, ...]:
        """What they have measured; atoms whole at first, then those that change."""
        whole, self._told = not self._told, True
        return tuple(self._report(number, whole=whole) for number in range(len(self._names)))

    def _report(self, number: int, *, whole: bool) -> NodeReport:
        name, now = self._names[number], time.time()
        here = [f"{name}/atom-{each}" for each in range(number, self._atoms, len(self._names))]
        changing = here if whole else here[: len(here) // 4]
        load = (now * (number + 1)) % 4
        facts = NodeFacts(
            name=name, incarnation=number + 1, arch="x86_64", system="linux", cores=4.0, load=load,
            memory_bytes=8 * GIB, memory_free_bytes=6 * GIB, atoms=len(here), uptime_s=now - self._began,
        )  # fmt: skip
        peers = (self._names[(number + step) % len(self._names)] for step in range(1, LINKS + 1))
        links = tuple(LinkFacts(peer=peer, rtt_ms=1.0 + step) for step, peer in enumerate(peers))
        atoms = tuple(
            AtomFacts(atom=each, epoch=1, module="ab" * 32, cores=load / 8, memory_bytes=1 << 20) for each in changing
        )
        talk = tuple(Traffic(source=each, target=here[0], messages_per_s=1.0, bytes_per_s=64.0) for each in here[1:4])
        return NodeReport(at=now, facts=facts, links=links, atoms=atoms, whole=whole, traffic=talk)

    async def annotation(self, module: str, node: str) -> ModuleRecord:
        """Nothing is said."""
        del node
        return ModuleRecord(digest=module)


async def run(nodes: int, atoms: int, seconds: float) -> float:
    """Runs it; resident memory at the end, in MiB."""
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        store = open_store(str(Path(folder) / "controller.sqlite"))
        link, modules, followers = cast(Link, Modelled(nodes, atoms)), Modules(Path(folder), time.time), Followers()
        runner = Runner(
            link, store, modules=modules, followers=followers, traces=NoTraces(), clock=time.time, policies={}
        )
        service = Service(runner, modules, followers, "bench")
        guard = guard_of(TokenFile(Path(folder) / "tokens.json"), loopback=True)
        async with serving(Application(service, guard), Place("127.0.0.1", 0)):
            running = asyncio.create_task(runner.run())
            await asyncio.sleep(1)
            # There is nobody who could move.
            await runner.decide(Set("adapt.paused", "true"))
            await asyncio.sleep(seconds)
            known = len(runner.controller.state.registry.atoms)
            assert known == atoms, f"{known} of {atoms} atoms are known"
            running.cancel()
    return resident_mib()


def resident_mib() -> float:
    """Memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


if __name__ == "__main__":
    print(asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
