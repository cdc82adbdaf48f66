"""What it costs a controller that somebody looks on: looks at a realm that is reported of, and their encoding.

python benchmarks/control/picture.py [SECONDS]
"""

from __future__ import annotations

import random
import statistics
import sys
import time

import msgspec

from sojourn.control.controller import Controller
from sojourn.control.decision import Reported
from sojourn.control.picture import Differ, View
from sojourn.model.fleet import AtomFacts, Energy, LinkFacts, NodeFacts, NodeReport, Traffic

GIB = 1 << 30
NODES, ATOMS = 1000, 20_000
LOOKS_S = 5
# Atoms that change in each second, of each node; links of each.
CASES = ((0, 8), (1, 8), (5, 8), (20, 8), (1, 500))


class Modelled:
    """A realm of which each node reports once a second."""

    def __init__(self, changing: int, links: int) -> None:
        self._chance = random.Random(1)  # noqa: S311 -- replays
        self._changing, self._links = changing, links
        self._names = [f"node-{number}" for number in range(NODES)]
        self.now = 1e9
        self.controller = Controller()
        for number in range(NODES):
            self._report(number, whole=True)

    def part(self, part: int) -> None:
        """A fifth of a second."""
        self.now += 1 / LOOKS_S
        for number in range(part, NODES, LOOKS_S):
            self._report(number, whole=False)

    def _report(self, number: int, *, whole: bool) -> None:
        name, chance = self._names[number], self._chance
        here = [f"{name}/atom-{each}" for each in range(ATOMS // NODES)]
        energy = Energy(joules=chance.uniform(0, 100), capacity_joules=100.0)
        facts = NodeFacts(
            name=name, incarnation=number + 1, arch="x86_64", system="linux", cores=4.0, load=chance.uniform(0, 4),
            memory_bytes=8 * GIB, memory_free_bytes=chance.randrange(8 * GIB), atoms=len(here), uptime_s=self.now,
            energy=energy,
        )  # fmt: skip
        peers = (self._names[(number + step) % NODES] for step in range(1, self._links + 1))
        links = tuple(LinkFacts(peer=peer, rtt_ms=chance.uniform(0.9, 1.1) + at) for at, peer in enumerate(peers))
        atoms = tuple(
            AtomFacts(
                atom=each, epoch=1, module="ab" * 32, cores=chance.uniform(0, 1), memory_bytes=1 << 20,
                queue=chance.randrange(3),
            )
            for each in (here if whole else here[: self._changing])
        )  # fmt: skip
        traffic = tuple(
            Traffic(source=each, target=here[0], messages_per_s=chance.uniform(1, 2), bytes_per_s=64.0)
            for each in here[1:4]
        )
        report = NodeReport(at=self.now, facts=facts, links=links, atoms=atoms, whole=whole, traffic=traffic)
        self.controller.handle(Reported(report), self.now)


def run(changing: int, links: int, seconds: int) -> str:
    """One case: processor time of looks and their encoding, of each second."""
    realm, differ = Modelled(changing, links), Differ("bench")
    differ.look(View(at=realm.now, role="leading", number=0, state=realm.controller.state))
    began = time.process_time()
    picture = len(msgspec.json.encode(differ.picture()))
    whole_ms = 1000 * (time.process_time() - began)
    spent, bytes_told = [], 0
    for second in range(1, seconds + 1):
        spent.append(0.0)
        for part in range(LOOKS_S):
            realm.part(part)
            began = time.process_time()
            change = differ.look(View(at=realm.now, role="leading", number=second, state=realm.controller.state))
            bytes_told += len(msgspec.json.encode(change))
            spent[-1] += time.process_time() - began
    shares = [100 * each for each in spent]
    return (
        f"{changing * NODES:>6} {links:>6} {statistics.mean(shares):>8.1f} %"
        f" {min(shares):>6.1f} % {max(shares):>6.1f} %"
        f" {bytes_told / seconds / 1000:>8.0f} kB/s {picture / 1e6:>8.1f} MB {whole_ms:>6.0f} ms"
    )


def main(seconds: int) -> None:
    """All cases, as a table."""
    sys.stdout.write(f"{NODES} nodes, {ATOMS} atoms; share of a core for looks, {LOOKS_S} a second\n")
    sys.stdout.write(
        f"{'atoms/s':>6} {'links':>6} {'mean':>9} {'least':>8} {'most':>8} {'told':>12} {'whole picture':>20}\n"
    )
    for changing, links in CASES:
        sys.stdout.write(run(changing, links, seconds) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
