"""What is known of a realm's nodes, as numpy columns: kept up to date one node at a time, read all at once."""

from __future__ import annotations

from collections import Counter
from copy import copy, deepcopy
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.placement.admission import BLOCKING_MS
from sojourn.control.placement.links import Links
from sojourn.control.placement.talk import Talk
from sojourn.control.placement.texts import SetColumn, TextColumn
from sojourn.control.placement.usage import Usage
from sojourn.model.record import NodeRecord, NodeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from sojourn.control.placement.interface import Policy
    from sojourn.model.fleet import NodeFacts, NodeReport
    from sojourn.model.placement import Demand

# Columns that are the fact as it was reported.
REPORTED = ("cores", "speed", "load", "atoms", "max_atoms", "euro_per_hour", "uptime_s")
NUMBERS = (
    *REPORTED,
    "memory",
    "memory_free",
    "queue",
    "x_m",
    "y_m",
    "z_m",
    "energy_j",
    "capacity_j",
    "harvest_watts",
    "idle_watts",
    "core_watts",
)
FLAGS = ("used", "foreign", "up", "cordoned", "draining", "low_energy", "mains", "limited", "hosts")
TEXTS = ("name", "kind", "arch", "system", "zone")
SETS = ("tags", "engines", "functions")
# What every node of the realm offers: WASI, and its parts as some call them. Foreign nodes say what they do.
PARTS = ("core", "clock", "environ", "sock", "args", "fd", "path", "poll", "proc", "random", "sched")
USUAL = ("wasi:snapshot_preview1", *(f"wasi:{part}" for part in PARTS))
LEAST_SPEED, MOST = 1e-6, 1e18
OBJECTIVE = "latency_ms(client) + 0.05 * finish_ms"


def sane(value: float) -> float:
    """What a node tells of itself, or 0 where that cannot be."""
    return float(value) if 0 <= value < MOST else 0.0


class Placed(NamedTuple):
    """Where an atom is, or is on its way to.

    Attributes:
        row: The node's row.
        demand: What it takes there.
        module: Hash of its module; empty: unknown.
        there: Whether the node has reported it.
        speed: The node's, when the atom was counted.
    """

    row: int
    demand: Demand
    module: str
    there: bool
    speed: float


class Fleet:
    """Nodes by row; a row is a node's as long as it is in the fleet.

    Attributes:
        rows: Row of each node, by name.
        numbers: Columns of numbers, by name; see `NUMBERS`. Bytes, watts, joules, metres.
        flags: Columns of yes and no; see `FLAGS`.
        usage: What atoms take.
        placed: Every atom's place, by its name.
        links: Latency and bandwidth.
        talk: Who talks with whom.
        blocking_ms: How long a move may suspend an atom with deadlines; see `control.placement.admission`.
        objective: What is to be small where an atom's user does not say.
        policies: Policies of users, by name, beside those that are built in.
    """

    def __init__(self, *, objective: str = OBJECTIVE, policies: Mapping[str, Policy] | None = None) -> None:
        size = 16
        self.objective = objective
        self.policies = dict(policies or {})
        self.size = size
        self.rows: dict[str, int] = {}
        self.free: list[int] = list(range(size - 1, -1, -1))
        self.numbers: dict[str, NDArray[np.float64]] = {name: np.zeros(size) for name in NUMBERS}
        self.flags: dict[str, NDArray[np.bool_]] = {name: np.zeros(size, dtype=bool) for name in FLAGS}
        self.texts = {name: TextColumn(size) for name in TEXTS}
        self.sets = {name: SetColumn() for name in SETS}
        self.usage = Usage(size)
        self.placed: dict[str, Placed] = {}
        self.at: dict[int, set[str]] = {}
        self.modules: dict[int, Counter[str]] = {}
        self.queues: dict[int, dict[str, int]] = {}
        self.links = Links(size)
        self.talk = Talk()
        self.blocking_ms = BLOCKING_MS
        self.order: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    def copy(self) -> Fleet:
        """To try something on."""
        other = copy(self)
        other.rows, other.free = dict(self.rows), list(self.free)
        other.numbers = {name: column.copy() for name, column in self.numbers.items()}
        other.flags = {name: column.copy() for name, column in self.flags.items()}
        other.texts, other.sets = deepcopy(self.texts), deepcopy(self.sets)
        other.usage, other.placed = self.usage.copy(), dict(self.placed)
        other.at = {row: set(atoms) for row, atoms in self.at.items()}
        other.modules = {row: Counter(counts) for row, counts in self.modules.items()}
        other.queues = {row: dict(queues) for row, queues in self.queues.items()}
        other.links, other.talk = deepcopy(self.links), deepcopy(self.talk)
        return other

    # Nodes.

    def update(self, record: NodeRecord) -> None:
        """A node is there, or has changed. O(1)."""
        facts = record.facts
        row = self.rows.get(facts.name)
        if row is None:
            row = self.enter(facts.name)
        numbers, flags = self.numbers, self.flags
        for name in REPORTED:
            numbers[name][row] = sane(getattr(facts, name))
        numbers["speed"][row] = max(sane(facts.speed), LEAST_SPEED)
        numbers["memory"][row] = sane(facts.memory_bytes)
        numbers["memory_free"][row] = sane(facts.memory_free_bytes)
        flags["foreign"][row] = bool(facts.kind)
        flags["up"][row] = record.state is NodeState.UP
        flags["cordoned"][row] = record.cordoned
        flags["draining"][row] = record.draining
        flags["low_energy"][row] = facts.low_energy
        flags["hosts"][row] = facts.hosts
        if row in self.usage.deadlines:
            self.usage.bound(row, (float(numbers["cores"][row]), float(numbers["speed"][row])), self.blocking_ms)
        self.set_energy(row, facts)
        self.set_position(row, facts)
        self.set_texts(row, facts)

    def set_energy(self, row: int, facts: NodeFacts) -> None:
        """Columns of energy."""
        energy = facts.energy
        self.flags["limited"][row] = energy is not None and not energy.mains
        self.flags["mains"][row] = energy is None or energy.mains
        for column, value in (
            ("energy_j", 0.0 if energy is None else energy.joules),
            ("capacity_j", 0.0 if energy is None else energy.capacity_joules),
            ("harvest_watts", 0.0 if energy is None else energy.harvest_watts),
            ("idle_watts", 0.0 if energy is None else energy.idle_watts),
            ("core_watts", 0.0 if energy is None else energy.core_watts),
        ):
            self.numbers[column][row] = sane(value)

    def set_position(self, row: int, facts: NodeFacts) -> None:
        """Columns of place: NaN where it is not known."""
        place = facts.position
        for column, value in (
            ("x_m", np.nan if place is None else place.x),
            ("y_m", np.nan if place is None else place.y),
            ("z_m", np.nan if place is None else place.z),
        ):
            self.numbers[column][row] = value if abs(value) < MOST else np.nan

    def set_texts(self, row: int, facts: NodeFacts) -> None:
        """Columns of texts."""
        zone = next((tag[5:] for tag in facts.tags if tag.startswith("zone=")), "")
        for column, text in (("kind", facts.kind), ("arch", facts.arch), ("system", facts.system), ("zone", zone)):
            self.texts[column].set(row, text)
        self.sets["tags"].set(row, facts.tags)
        self.sets["engines"].set(row, facts.engines)
        self.sets["functions"].set(row, facts.functions if facts.kind else (*facts.functions, *USUAL))

    def enter(self, name: str) -> int:
        """Gives a node a row."""
        if not self.free:
            self.grow(self.size * 2)
        row = self.rows[name] = self.free.pop()
        self.flags["used"][row] = True
        self.texts["name"].set(row, name)
        self.usage.clear(row)
        self.order = None
        return row

    def grow(self, size: int) -> None:
        """Makes room for more nodes."""
        more = size - self.size
        self.numbers = {name: np.concatenate([column, np.zeros(more)]) for name, column in self.numbers.items()}
        none = np.zeros(more, dtype=bool)
        self.flags = {name: np.concatenate([column, none]) for name, column in self.flags.items()}
        for text in self.texts.values():
            text.grow(size)
        self.usage = self.usage.grown(size)
        self.links.grow(size)
        self.free = list(range(size - 1, self.size - 1, -1))
        self.size = size

    def remove(self, name: str) -> None:
        """A node is in the fleet no longer. Atoms that were there are nowhere."""
        row = self.rows.pop(name, None)
        if row is None:
            return
        for atom in sorted(self.at.get(row, ())):
            self.take_away(atom)
        for column in self.flags.values():
            column[row] = False
        for texts in self.sets.values():
            texts.set(row, ())
        self.links.forget(row)
        self.talk.forget(name)
        self.queues.pop(row, None)
        self.free.append(row)
        self.order = None

    # Atoms.

    def place(self, atom: str, demand: Demand, node: str, *, there: bool = False, module: str = "") -> None:
        """An atom is at a node, or on its way there; from where it was before it is gone. O(1).

        Args:
            atom: Its name.
            demand: What it takes.
            node: The node's name; one that is not in the fleet has no capacity to be taken.
            there: Whether the node's own report counts it already. `observe` finds out, too.
            module: Hash of its module, if known.
        """
        self.take_away(atom)
        row = self.rows.get(node)
        if row is None:
            return
        speed = float(self.numbers["speed"][row])
        self.placed[atom] = Placed(row, demand, module, there, speed)
        self.at.setdefault(row, set()).add(atom)
        self.count(self.usage, row, demand, there=there)
        if module:
            self.modules.setdefault(row, Counter())[module] += 1

    def take_away(self, atom: str) -> None:
        """An atom is nowhere. O(1)."""
        placed = self.placed.pop(atom, None)
        if placed is None:
            return
        self.at[placed.row].discard(atom)
        self.uncount(self.usage, placed)
        if placed.module:
            counted = self.modules[placed.row]
            counted[placed.module] -= 1
            if counted[placed.module] <= 0:
                del counted[placed.module]

    def count(self, usage: Usage, row: int, demand: Demand, *, there: bool) -> None:
        """An atom takes something of a node, in this usage."""
        speed, cores = float(self.numbers["speed"][row]), float(self.numbers["cores"][row])
        usage.add(row, demand, speed, there=there)
        usage.set_deadline(row, demand, (cores, speed), self.blocking_ms, 1)

    def uncount(self, usage: Usage, placed: Placed) -> None:
        """And no longer."""
        row = placed.row
        usage.set_deadline(row, placed.demand, (float(self.numbers["cores"][row]), placed.speed), self.blocking_ms, -1)
        usage.add(row, placed.demand, placed.speed, there=placed.there, sign=-1.0)

    def observe(self, report: NodeReport) -> None:
        """What a node measured: links, which atoms are there, their queues, who talks with whom.

        Its facts are not read: they come by `update`, with what the controller thinks of the node.
        """
        name = report.facts.name
        row = self.rows.get(name)
        if row is None:
            return
        for link in report.links:
            peer = self.rows.get(link.peer)
            if peer is not None:
                self.links.measured(row, peer, link, (name, link.peer))
        self.set_queue(row, report)
        for each in report.atoms:
            placed = self.placed.get(each.atom)
            if placed is not None and placed.row == row and not placed.there:
                self.placed[each.atom] = placed._replace(there=True)
                self.usage.seen(row, placed.demand, placed.speed)
        self.talk.report(name, report.at, report.traffic)

    def set_queue(self, row: int, report: NodeReport) -> None:
        """Messages that wait at a node. A report has those atoms that have changed."""
        queues = {} if report.whole else self.queues.get(row, {})
        for atom in report.gone:
            queues.pop(atom, None)
        for each in report.atoms:
            queues.pop(each.atom, None)
            if each.queue > 0:
                queues[each.atom] = each.queue
        self.queues[row] = queues
        self.numbers["queue"][row] = sum(queues.values())

    # Reading.

    def where(self, somebody: str) -> int | None:
        """Row of a node, of an atom's node, or of the node that a client is attached to; None: not known."""
        row = self.rows.get(somebody)
        if row is None and somebody in self.placed:
            row = self.placed[somebody].row
        return self.rows.get(somebody.partition("/")[0]) if row is None else row

    def name(self, row: int) -> str:
        """Of a node."""
        return self.texts["name"].get(row)

    def names(self, rows: Iterable[int]) -> list[str]:
        """Of several."""
        return [self.name(row) for row in rows]

    def ordered(self) -> NDArray[np.int64]:
        """Rows of all nodes, by their names: so that the order in which they came says nothing."""
        return self.sorted()[0]

    def ranks(self) -> NDArray[np.int64]:
        """Of each row, its place in that order."""
        return self.sorted()[1]

    def sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Both, kept until a node comes or goes."""
        if self.order is None:
            rows = np.array([self.rows[name] for name in sorted(self.rows)], dtype=np.int64)
            ranks = np.full(self.size, len(rows), dtype=np.int64)
            ranks[rows] = np.arange(len(rows))
            self.order = rows, ranks
        return self.order
