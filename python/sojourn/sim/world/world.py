"""The world: nodes, atoms, users and links, and every way in which one of them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.sim.world import energy, weather
from sojourn.sim.world.atoms import Atoms, State, Users
from sojourn.sim.world.links import Links
from sojourn.sim.world.load import day
from sojourn.sim.world.nodes import Nodes

if TYPE_CHECKING:
    from sojourn.sim.scenario.schema import Scenario
    from sojourn.sim.world.column import Floats

# A restore begins a new lineage: the upper half of an epoch.
LINEAGE = 32
# Users look for a nearer node so often.
ATTACH_S = 5.0
# A node says that its energy is no longer low when it has so much more than when it said that it is.
RISE = 1.25
# Rows of users times gateways that are compared at once.
BLOCK = 4_000_000


class World:
    """All of it.

    Attributes:
        on: Atoms at each node, by row, in the order in which they came.
        stale: Copies of atoms that went on elsewhere, by the row of a node that was cut off: atom to its epoch there.
        ended: Atoms that ended at a node, which tells of them until it is told to forget them.
        now: Seconds from the beginning.
        lost_work_s: Work that was done, and lost with a node.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.now = 0.0
        self.nodes = Nodes(scenario, seed)
        self.atoms = Atoms(scenario)
        self.users = Users(scenario, self.atoms)
        self.links = Links(self.nodes, scenario.links, seed)
        self.on: list[dict[int, None]] = [{} for _ in range(self.nodes.count)]
        self.stale: dict[int, dict[int, int]] = {}
        self.ended: dict[int, dict[int, None]] = {}
        self.attached_at = -ATTACH_S
        self.lost_work_s = 0.0

    # Time passes.

    def advance(self, now: float) -> None:
        """Everything comes to a time."""
        energy.advance(self.nodes, self.atoms, now)
        self.now = now

    def touch(self, row: int, now: float) -> None:
        """One node comes to a time, before something changes there."""
        energy.advance(self.nodes, self.atoms, now, np.array([row]), np.fromiter(self.on[row], np.int64))

    def settle(self, row: int) -> None:
        """One node shares its cores anew, after something changed there."""
        self.nodes.version[row] += 1
        energy.shared(self.nodes, self.atoms, np.array([row]), np.fromiter(self.on[row], np.int64))

    def environment(self, now: float) -> None:
        """Sun, load and users as they are at a time; everything has come to that time."""
        n, clock = self.nodes, self.scenario.clock + now
        sky = n.peak_w * n.light * weather.sun(clock, n.sun_shift) + n.constant_w
        n.harvest_w = np.where(n.crashed, 0.0, np.where(np.isnan(n.given_w), sky, n.given_w))
        self.demand(clock)
        energy.shared(n, self.atoms)
        if self.users.count:
            self.attach(now)

    def demand(self, clock: float) -> None:
        """What each atom would take."""
        a = self.atoms
        if a.swing.any():
            a.load = a.crowd * (1.0 + a.swing * (day(clock, 1.0) - 1.0))
        else:
            a.load = a.crowd
        running = (a.state == State.RUNNING) & (a.done < a.work)
        speed = np.where(a.threads, 1.0, np.maximum(self.nodes.speed[a.node], 1e-9))
        a.take = np.where(running, a.cores * a.load / speed, 0.0)

    def attach(self, now: float) -> None:
        """Users attach to the nearest gateway that answers, and see a latency."""
        u, n = self.users, self.nodes
        gateways = n.gateways[n.reachable[n.gateways]]
        if now - self.attached_at >= ATTACH_S and len(gateways):
            self.attached_at = now
            x, y = u.where(now)
            most = max(1, BLOCK // len(gateways))
            for first in range(0, u.count, most):
                part = slice(first, first + most)
                far = np.hypot(x[part, None] - n.x[gateways], y[part, None] - n.y[gateways])
                u.node[part] = gateways[np.argmin(far, axis=1)]
        u.latency = self.seen()

    def seen(self) -> Floats:
        """Latency of each user to its atom; infinite where that does not answer."""
        u, a, n = self.users, self.atoms, self.nodes
        there = a.node[u.atom]
        answers = (a.state[u.atom] == State.RUNNING) & n.reachable[there] & n.reachable[u.node]
        found: Floats = np.where(answers, u.access + self.links.latency(u.node, there), np.inf)
        return found

    # Atoms come and go.

    def room(self, row: int, atom: int) -> bool:
        """Whether a node has room for one more."""
        n = self.nodes
        fits = n.used_memory[row] + self.atoms.memory[atom] <= n.memory[row]
        return bool(fits and n.atoms[row] < n.max_atoms[row])

    def reserve(self, row: int, atom: int, sign: int = 1) -> None:
        """Room for an atom is taken, or given back."""
        self.nodes.used_memory[row] += sign * self.atoms.memory[atom]
        self.nodes.atoms[row] += sign

    def start(self, atom: int, row: int, now: float, epoch: int) -> None:
        """An atom runs at a node that has reserved room for it."""
        a, n = self.atoms, self.nodes
        self.touch(row, now)
        self.put(atom, row, now, epoch)
        speed = 1.0 if a.threads[atom] else n.speed[row]
        a.take[atom] = a.cores[atom] * a.load[atom] / speed if a.done[atom] < a.work[atom] else 0.0
        self.settle(row)

    def put(self, atom: int, row: int, now: float, epoch: int) -> None:
        """An atom stands at a node."""
        a = self.atoms
        self.on[row][atom] = None
        a.node[atom], a.state[atom], a.epoch[atom], a.since[atom] = row, State.RUNNING, epoch, now
        a.keeper[atom] = self.keeper(row, atom)

    def keeper(self, row: int, atom: int) -> int:
        """The other node that keeps an atom's images: of another zone where one answers; its own where none does."""
        n = self.nodes
        others = ((row + 1 + (atom + step) % (n.count - 1)) % n.count for step in range(n.count - 1))
        answering = (other for other in others if n.awake[other] and not n.cut[other])
        second = row
        for other in answering:
            if n.zones[other] != n.zones[row]:
                return other
            second = other if second == row else second
            if not n.zones[row]:
                break
        return second

    def leave(self, atom: int, state: State, now: float) -> None:
        """An atom is no longer where it was, and gives its room back."""
        row = int(self.atoms.node[atom])
        self.touch(row, now)
        self.on[row].pop(atom, None)
        self.reserve(row, atom, -1)
        self.atoms.state[atom], self.atoms.take[atom] = state, 0.0
        if state == State.ENDED:
            self.ended.setdefault(row, {})[atom] = None
        self.settle(row)

    def hold(self, atom: int, now: float) -> None:
        """An atom stands still where it is."""
        self.pause(atom, State.HELD, now)

    def pause(self, atom: int, state: State, now: float) -> None:
        """An atom does not run, and keeps its room."""
        row = int(self.atoms.node[atom])
        self.touch(row, now)
        self.atoms.state[atom], self.atoms.take[atom] = state, 0.0
        self.settle(row)

    def resume(self, atom: int, now: float) -> None:
        """An atom goes on where it is."""
        self.start(atom, int(self.atoms.node[atom]), now, int(self.atoms.epoch[atom]))

    def abandon(self, atom: int) -> None:
        """An atom goes on elsewhere while the node that had it is away: what is there becomes a stale copy."""
        row = int(self.atoms.node[atom])
        self.on[row].pop(atom, None)
        self.nodes.version[row] += 1
        if self.nodes.crashed[row]:
            self.reserve(row, atom, -1)
        else:
            self.stale.setdefault(row, {})[atom] = int(self.atoms.epoch[atom])

    def forget(self, atom: int, row: int) -> bool:
        """A stale copy, or what is left of an atom that ended, goes; whether there was one."""
        self.ended.get(row, {}).pop(atom, None)
        self.nodes.version[row] += 1
        if self.stale.get(row, {}).pop(atom, None) is None:
            return False
        self.reserve(row, atom, -1)
        return True

    def give_up(self, row: int) -> None:
        """A node that hears of newer epochs gives its stale copies up."""
        if self.nodes.reachable[row]:
            for atom in list(self.stale.get(row, ())):
                self.forget(atom, row)

    def roll_back(self, atom: int) -> None:
        """An atom that computes goes back to its newest image; what a server did stays done."""
        a = self.atoms
        if a.threads[atom]:
            self.lost_work_s += float(a.done[atom] - a.kept[atom])
            a.done[atom] = a.kept[atom]

    def keep_images(self, now: float) -> None:
        """Images are taken of atoms that run, where it is time."""
        a = self.atoms
        due = (a.state == State.RUNNING) & self.nodes.awake[a.node] & (now - a.kept_at >= a.checkpoint)
        for atom in np.flatnonzero(due & ~self.nodes.reachable[a.keeper]).tolist():
            a.keeper[atom] = self.keeper(int(a.node[atom]), atom)
        a.kept[due] = a.done[due]
        a.kept_at[due] = now

    # Nodes come and go.

    def suspend(self, row: int) -> None:
        """A node has no energy left: it sleeps, with what it has in memory."""
        self.nodes.awake[row], self.nodes.suspended[row], self.nodes.low[row] = False, True, True

    def wake(self, row: int, now: float) -> None:
        """A suspended node goes on."""
        self.touch(row, now)
        n = self.nodes
        n.awake[row], n.suspended[row], n.emptied[row] = True, False, False
        self.settle(row)

    def crash(self, row: int, now: float) -> None:
        """A node's power goes: what its atoms did after their last images is lost."""
        self.touch(row, now)
        n, a = self.nodes, self.atoms
        n.crashed[row], n.awake[row], n.suspended[row] = True, False, False
        for atom in self.stale.pop(row, {}):
            self.reserve(row, atom, -1)
        for atom in self.on[row]:
            if a.state[atom] != State.ENDED:
                a.state[atom], a.take[atom] = State.LOST, 0.0
        self.settle(row)

    def boot(self, row: int, now: float) -> None:
        """A node is back; atoms that are still its own go on from their images."""
        self.touch(row, now)
        n, a = self.nodes, self.atoms
        n.crashed[row], n.awake[row] = False, True
        n.incarnation[row] += 1
        for atom in list(self.on[row]):
            if a.state[atom] == State.LOST and not a.moving[atom]:
                self.roll_back(atom)
                self.start(atom, row, now, int(a.epoch[atom]))
        self.settle(row)

    def threshold(self) -> tuple[list[int], list[int]]:
        """Batteries pass their marks.

        Returns:
            Nodes that have to be suspended, and suspended ones that can wake.
        """
        n = self.nodes
        n.low = np.where(n.low, n.joules < RISE * n.low_at, n.joules < n.low_at) & n.battery
        empty = np.flatnonzero(n.emptied & n.awake)
        full = np.flatnonzero(n.suspended & (n.joules >= n.wake_at))
        return empty.tolist(), full.tolist()

    def load(self, group: str, factor: float, share: float) -> None:
        """A crowd comes to the first atoms of a group, or goes."""
        rows = self.atoms.rows[group]
        part = rows[: max(1, round(len(rows) * share))] if share else rows
        self.atoms.crowd[part] = factor

    def sky(self, zone: str, light: float) -> None:
        """The sky over a zone changes."""
        rows = [row for row, name in enumerate(self.nodes.zones) if name == zone]
        self.nodes.light[rows] = light

    def running(self) -> Floats:
        """1 for each atom that runs and can be reached, else 0."""
        a, n = self.atoms, self.nodes
        found: Floats = ((a.state == State.RUNNING) & n.reachable[a.node]).astype(np.float64)
        return found
