"""A realm that is generated: nodes that report, atoms that come, move and go, as often as is asked for.

What decides, keeps and tells of it is the controller itself; only who reports and who carries commands out is made up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sojourn.control.controller import Controller
from sojourn.control.decision import Adopt, NodeUp, Reported, Set
from sojourn.control.draft import Draft
from sojourn.control.moving import move
from sojourn.control.registry import LIVING
from sojourn.model.fleet import AtomFacts, Energy, LinkFacts, NodeFacts, NodeReport, Traffic
from sojourn.model.record import AtomSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.control.decision import Decision, Event

MIB, GIB = 1 << 20, 1 << 30
ARCHITECTURES = ("x86_64", "x86_64", "aarch64", "riscv64")
ENGINES = (("wasmtime",), ("wasmtime", "wasmi"), ("wasmi",))
ZONES, KINDS = 8, ("worker", "session", "sensor", "cache")
PEERS, PAIRS = 4, 2
CAUSES = ("a better place", "asked by a user", "its energy ends soon")
# What one change in so many is of: a move is two, for it begins and ends.
MIX = {"move": 0.2, "start": 0.1, "end": 0.1, "load": 0.4}
# A move takes so long, in seconds; what has ended is looked at so long.
MOVE_S, OVER_S = (1.0, 5.0), 3.0
MODULE = "5e" * 32


@dataclass(frozen=True)
class Size:
    """How much there is of it.

    Attributes:
        nodes: Nodes.
        atoms: Atoms.
        changes_per_s: Changes a second.
    """

    nodes: int = 1000
    atoms: int = 20_000
    changes_per_s: float = 200.0


class MoveNow(msgspec.Struct, frozen=True):
    """An atom is to move, and nobody weighs it."""

    atom: str
    target: str
    cause: str


class Over(msgspec.Struct, frozen=True):
    """An atom has ended and is forgotten at once."""

    atom: str


class Driven(Controller):
    """The controller, which also does what the load says without thinking about it."""

    def handle(self, event: Event | MoveNow | Over, now: float) -> Decision:
        """What follows from an event."""
        if not isinstance(event, MoveNow | Over):
            return super().handle(event, now)
        draft, registry = Draft(now), self.state.registry
        atom = registry.atoms.get(event.atom)
        if atom is None:
            return draft.done()
        if isinstance(event, Over):
            self.state.forget_atom(draft, atom)
        elif atom.state in LIVING and atom.name not in registry.busy and atom.node != event.target:
            move(self.state, atom, event.target, event.cause, draft)
        return draft.done()


class Realm:
    """Nodes and atoms, made up from a seed.

    Args:
        size: How much.
        seed: All chance comes from it.
    """

    def __init__(self, size: Size, seed: int = 1) -> None:
        self.size = size
        self.random = random.Random(seed)  # noqa: S311 -- a load, no secret
        self.names = [f"node-{number:04d}" for number in range(size.nodes)]
        self.rows = {name: row for row, name in enumerate(self.names)}
        self.loads = [self.random.uniform(0.0, 4.0) for _ in self.names]
        self.born = 0
        self.owed = 0.0

    def facts(self, row: int, now: float) -> NodeFacts:
        """What a node reports."""
        energy = None
        if row % 3 == 0:
            left = 50_000.0 * (0.5 + 0.5 * self.loads[row] / 4.0)
            energy = Energy(source="simulated", joules=left, capacity_joules=100_000.0, harvest_watts=5.0)
        return NodeFacts(
            name=self.names[row],
            incarnation=1,
            arch=ARCHITECTURES[row % len(ARCHITECTURES)],
            system="linux",
            engines=ENGINES[row % len(ENGINES)],
            tags=(f"zone={row % ZONES}", *(("gpu",) if row % 17 == 0 else ())),
            cores=4.0,
            load=self.loads[row],
            memory_bytes=8 * GIB,
            memory_free_bytes=8 * GIB - int(self.loads[row] * GIB),
            energy=energy,
            version="model",
            uptime_s=now,
        )

    def report(self, row: int, now: float, *, whole: bool = False, atoms: tuple[AtomFacts, ...] = ()) -> Reported:
        """A node's report; the first tells of its links and of who talks."""
        links: tuple[LinkFacts, ...] = ()
        traffic: tuple[Traffic, ...] = ()
        if whole:
            others = self.random.sample(range(len(self.names)), min(PEERS, len(self.names)))
            links = tuple(
                LinkFacts(peer=self.names[other], rtt_ms=self.random.uniform(0.2, 80.0), bytes_per_s=1e8)
                for other in others
                if other != row
            )
            traffic = self.talk(row)
        report = NodeReport(at=now, facts=self.facts(row, now), links=links, atoms=atoms, traffic=traffic)
        return Reported(report)

    def talk(self, row: int) -> tuple[Traffic, ...]:
        """Who talks with atoms of a node."""
        return tuple(
            Traffic(
                source=f"{self.random.choice(self.names)}/client-{row}",
                target=f"{self.names[row]}/{KINDS[pair % len(KINDS)]}-{row}",
                messages_per_s=self.random.uniform(1.0, 100.0),
                bytes_per_s=self.random.uniform(1e3, 1e6),
            )
            for pair in range(PAIRS)
        )

    def begin(self, now: float) -> Iterator[Event]:
        """All of it comes to be."""
        yield Set("adapt.paused", "true")
        for row, name in enumerate(self.names):
            yield NodeUp(name, 1)
            yield self.report(row, now)
        for _ in range(self.size.atoms):
            yield self.start()
        for row in range(len(self.names)):
            yield self.report(row, now, whole=True)

    def start(self) -> Adopt:
        """An atom more; some nodes have many."""
        self.born += 1
        node = self.names[int(self.random.random() ** 2 * len(self.names))]
        kind = KINDS[self.born % len(KINDS)]
        spec = AtomSpec(cores=0.05, memory_bytes=4 * MIB, group=f"{kind}s" if self.born % 2 else "")
        return Adopt(atom=f"{node}/{kind}-{self.born}", module=MODULE, spec=spec, node=node)

    def changes(self, span: float, controller: Controller, now: float) -> Iterator[Event | MoveNow]:
        """What happens within a span of seconds, as events."""
        self.owed += span * self.size.changes_per_s
        atoms = list(controller.state.registry.atoms) if self.owed >= 1 else []
        while self.owed >= 1:
            (what,) = self.random.choices(list(MIX), list(MIX.values()))
            self.owed -= 2 if what == "move" else 1
            if what == "load":
                row = self.random.randrange(len(self.names))
                self.loads[row] = min(4.0, max(0.0, self.loads[row] + self.random.uniform(-0.5, 0.5)))
                yield self.report(row, now)
            elif what == "start":
                yield self.start()
            elif what == "move":
                yield MoveNow(self.random.choice(atoms), self.random.choice(self.names), self.random.choice(CAUSES))
            else:
                yield from self.ended(controller, self.random.choice(atoms), now)

    def ended(self, controller: Controller, name: str, now: float) -> Iterator[Event]:
        """An atom comes to its end, as its node reports it."""
        registry = controller.state.registry
        atom = registry.atoms.get(name)
        if atom is None or atom.state not in LIVING or atom.name in registry.busy:
            return
        row = self.rows[atom.node]
        told = AtomFacts(atom=name, epoch=atom.epoch, state="ended", module=MODULE, status=0)
        yield self.report(row, now, atoms=(told,))
