"""What a node tells the controller: what a real one would, and no more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sojourn.model.fleet import AtomFacts, Energy, LinkFacts, NodeFacts, NodeReport, Position, Traffic

if TYPE_CHECKING:
    from sojourn.sim.world.world import World

# A node measures its links so often, and tells what it found once; nodes take turns.
LINKS_S = 60.0
SPREAD = 7
# Traffic is smoothed over about a minute: what was there before fades with this time constant.
FADES_S = 20.0
FADED = 0.01
# What an atom takes has changed when it differs by so many cores.
CORES = 0.02
# By number of the state.
STATES = ("running", "frozen", "lost", "ended")


class Telling:
    """Makes reports."""

    def __init__(self, world: World, epoch_s: float) -> None:
        self.world = world
        self.epoch_s = epoch_s
        self.linked_at: dict[int, float] = {}
        self.told: dict[int, dict[str, AtomFacts]] = {}
        self.seen: dict[int, tuple[int, float, float]] = {}
        self.silent: set[int] = set()
        self.weights: dict[int, dict[int, float]] = {}
        self.weighed_at: dict[int, float] = {}

    def greeting(self, row: int, now: float) -> NodeReport:
        """What a node tells first, before any atom is started."""
        return NodeReport(at=self.epoch_s + now, facts=self.facts(row, now), links=self.linked(row, now), whole=True)

    def anew(self, row: int) -> None:
        """A node's next report begins anew."""
        self.silent.add(row)
        self.told.pop(row, None)
        self.seen.pop(row, None)

    def report(self, row: int, now: float) -> NodeReport:
        """What a node tells at a time: of atoms, what has changed since it told last."""
        changed, gone = self.news(row)
        whole = row in self.silent
        self.silent.discard(row)
        return NodeReport(
            at=self.epoch_s + now,
            facts=self.facts(row, now),
            links=self.linked(row, now),
            atoms=changed,
            gone=gone,
            whole=whole,
            traffic=self.traffic(row, now) if self.world.users.count else (),
        )

    def news(self, row: int) -> tuple[tuple[AtomFacts, ...], tuple[str, ...]]:
        """Of its atoms: what has changed, and who is gone. A node where nothing was touched has none."""
        n = self.world.nodes
        seen = (int(n.version[row]), float(n.share[row]), float(n.busy[row]))
        if self.seen.get(row) == seen:
            return (), ()
        self.seen[row] = seen
        before, atoms = self.told.get(row, {}), self.atoms(row)
        changed = tuple(facts for name, facts in atoms.items() if name not in before or differs(facts, before[name]))
        gone = tuple(name for name in before if name not in atoms)
        self.told[row] = before = {name: facts for name, facts in before.items() if name in atoms}
        before |= {facts.atom: facts for facts in changed}
        return changed, gone

    def facts(self, row: int, now: float) -> NodeFacts:
        """Of the node."""
        n, group = self.world.nodes, self.world.nodes.groups[row]
        memory = int(n.memory[row])
        n.low_told[row] = n.low[row]
        return NodeFacts(
            name=n.names[row],
            incarnation=int(n.incarnation[row]),
            arch=group.arch,
            system="linux",
            engines=group.engines,
            functions=group.functions,
            tags=n.tags[row],
            cores=group.cores,
            speed=group.speed,
            load=float(n.busy[row]),
            memory_bytes=memory,
            memory_free_bytes=max(0, memory - int(n.used_memory[row])),
            atoms=len(self.world.on[row]),
            max_atoms=group.max_atoms,
            euro_per_hour=group.price,
            energy=self.energy(row),
            low_energy=bool(n.low[row]),
            position=Position(float(n.x[row]), float(n.y[row])),
            version="model",
            uptime_s=now,
        )

    def energy(self, row: int) -> Energy | None:
        """Of its battery."""
        n = self.world.nodes
        if not n.battery[row]:
            return None
        return Energy(
            source="simulated",
            joules=float(n.joules[row]),
            capacity_joules=float(n.capacity[row]),
            harvest_watts=float(n.harvest_w[row]),
            idle_watts=float(n.idle_w[row]),
            core_watts=float(n.core_w[row]),
        )

    def linked(self, row: int, now: float) -> tuple[LinkFacts, ...]:
        """Of its links, where they were measured just now."""
        at = self.linked_at.get(row)
        if at is not None and now - at < LINKS_S:
            return ()
        self.linked_at[row] = now if at is not None else now - row % SPREAD * (LINKS_S / SPREAD)
        return self.world.links.measured(row)

    def atoms(self, row: int) -> dict[str, AtomFacts]:
        """Of each atom it has, stale ones and those that ended there, too."""
        a, world = self.world.atoms, self.world
        share = float(world.nodes.share[row])
        found = {}
        for atom in world.on[row]:
            found[a.names[atom]] = AtomFacts(
                atom=a.names[atom],
                epoch=int(a.epoch[atom]),
                state=STATES[int(a.state[atom])],
                cores=float(a.take[atom]) * share,
                memory_bytes=int(a.memory[atom]),
                started_at=self.epoch_s + float(a.since[atom]),
                reactive=bool(a.reactive[atom]),
            )
        for atom, epoch in world.stale.get(row, {}).items():
            found[a.names[atom]] = AtomFacts(atom=a.names[atom], epoch=epoch)
        for atom in world.ended.get(row, ()):
            found[a.names[atom]] = AtomFacts(atom=a.names[atom], epoch=int(a.epoch[atom]), state="ended", status=0)
        return found

    def traffic(self, row: int, now: float) -> tuple[Traffic, ...]:
        """Of its atoms' users: a client is named after the node that keeps its box."""
        world, found = self.world, []
        u = world.users
        for atom in world.on[row]:
            for user in u.of_atom.get(atom, ()):
                rate, size = u.groups[user].rate, u.groups[user].bytes
                for gateway, weight in self.weighed(user, now).items():
                    found.append(
                        Traffic(
                            source=f"{world.nodes.names[gateway]}/{u.names[user]}",
                            target=world.atoms.names[atom],
                            messages_per_s=rate * weight,
                            bytes_per_s=rate * weight * size,
                        )
                    )
        return tuple(found)

    def weighed(self, user: int, now: float) -> dict[int, float]:
        """Through which nodes a user's traffic came, smoothed; what has faded is told once more, as nothing."""
        here = int(self.world.users.node[user])
        known = self.weights.get(user)
        if known is None:
            self.weights[user], self.weighed_at[user] = {here: 1.0}, now
            return {here: 1.0}
        fades = math.exp(-(now - self.weighed_at[user]) / FADES_S)
        self.weighed_at[user] = now
        found = {
            gateway: (1.0 if gateway == here else 0.0) * (1.0 - fades) + known.get(gateway, 0.0) * fades
            for gateway in (*known, *([] if here in known else [here]))
        }
        self.weights[user] = {
            gateway: weight for gateway, weight in found.items() if weight >= FADED or gateway == here
        }
        return {gateway: weight if gateway in self.weights[user] else 0.0 for gateway, weight in found.items()}


def differs(now: AtomFacts, before: AtomFacts) -> bool:
    """Whether an atom has changed so much that it is told of again."""
    return (
        now.epoch != before.epoch
        or now.state != before.state
        or abs(now.cores - before.cores) > CORES
        or now.memory_bytes != before.memory_bytes
    )
