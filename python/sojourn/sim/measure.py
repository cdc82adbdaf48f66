"""Figures of a run, and lines over its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.decision import Move, Restore
from sojourn.sim import limit
from sojourn.sim.world.atoms import State

if TYPE_CHECKING:
    from sojourn.control.decision import Command, Settled
    from sojourn.sim.world.column import Flags
    from sojourn.sim.world.world import World

HOUR_S = 3600.0
# Bins of latency: an eighth of a decade each, from 10 us to 100 s.
EDGES = np.concatenate([np.logspace(-5, 2, 7 * 32 + 1), [np.inf]])
LINES = ("work", "suspended", "battery", "down", "over", "unserved", "moves")


class Measure:
    """Adds up what each step shows.

    Attributes:
        lines: Values over time, one for each point: see `LINES`; `at` has the times in hours.
    """

    def __init__(self, world: World, steps: int) -> None:
        self.world = world
        self.totals: dict[str, float] = dict.fromkeys(
            ("wanted", "suspended_s", "down_s", "over_s", "due", "missed", "euro", "moved_bytes", "downtime_s"), 0.0
        )
        self.counts = dict.fromkeys(("moves", "moves_failed", "restores", "commands_failed"), 0)
        self.latencies = np.zeros(len(EDGES), np.int64)
        self.unanswered = 0
        self.lines: dict[str, list[float]] = {name: [] for name in ("at", *LINES)}
        self.every = max(1, steps // limit.MOST_POINTS)
        self.step = 0
        self.since_point = dict.fromkeys(("work", "wanted", "served", "over_s", "span"), 0.0)
        self.down_at = np.full(world.atoms.count, -1.0)
        self.recoveries: list[float] = []
        self.users_of = np.bincount(world.users.atom, minlength=world.atoms.count) if world.users.count else None

    def stepped(self, now: float, span: float) -> None:
        """A step is over.

        Args:
            now: The time.
            span: Seconds that the step took.
        """
        world, a, n = self.world, self.world.atoms, self.world.nodes
        alive = a.state != State.ENDED
        runs = world.running() > 0
        self.down(now, span, alive & ~runs, runs)
        self.totals["suspended_s"] += span * int(n.suspended.sum())
        self.totals["euro"] += span / HOUR_S * float((n.price * n.awake).sum())
        serving = (a.reactive | a.periodic) & alive
        wanted = a.cores * a.load * serving * span
        self.totals["wanted"] += float(wanted.sum())
        self.since_point["wanted"] += float(wanted.sum())
        self.periodic(span, alive, runs)
        self.users(span)
        self.since_point["span"] += span
        self.step += 1
        if self.step % self.every == 0:
            self.point(now)

    def down(self, now: float, span: float, down: Flags, runs: Flags) -> None:
        """Atoms that nobody can reach, and how long until they are there again."""
        self.totals["down_s"] += span * int(down.sum())
        fresh = down & (self.down_at < 0)
        self.down_at[fresh] = now
        again = runs & (self.down_at >= 0)
        self.recoveries.extend((now - self.down_at[again]).tolist())
        self.down_at[again] = -1.0

    def periodic(self, span: float, alive: Flags, runs: Flags) -> None:
        """Periods that ended in time, or not: one takes its work over what the atom gets of a core."""
        a, n = self.world.atoms, self.world.nodes
        which = a.periodic & alive
        if not which.any():
            return
        due = np.where(which, span / a.period, 0.0)
        takes = a.cores * a.load * a.period / np.maximum(n.speed[a.node] * n.share[a.node], 1e-9)
        self.totals["due"] += float(due.sum())
        self.totals["missed"] += float(due[~runs | (takes > a.deadline)].sum())

    def users(self, span: float) -> None:
        """Users whose atom is too far, or does not answer."""
        u = self.world.users
        if not u.count:
            return
        over = span * int((u.latency > u.limit).sum())
        self.totals["over_s"] += over
        self.since_point["over_s"] += over
        answered = u.latency[np.isfinite(u.latency)]
        self.unanswered += u.count - len(answered)
        self.latencies += np.bincount(np.searchsorted(EDGES, answered), minlength=len(EDGES))[: len(EDGES)]

    def settled(self, command: Command, outcome: Settled) -> None:
        """A command was carried out, or not."""
        if outcome.error:
            self.counts["moves_failed" if isinstance(command, Move) else "commands_failed"] += 1
            return
        downtime = outcome.downtime_ms / 1000.0
        self.totals["downtime_s"] += downtime
        self.totals["moved_bytes"] += outcome.bytes
        self.counts["moves"] += isinstance(command, Move)
        self.counts["restores"] += isinstance(command, Restore)
        if self.users_of is not None:
            self.totals["over_s"] += downtime * int(self.users_of[self.world.atoms.number[command.atom]])

    def point(self, now: float) -> None:
        """One point of each line."""
        a, n, since = self.world.atoms, self.world.nodes, self.since_point
        work, served = self.work(), float(a.done[~a.threads].sum())
        span = since["span"] or 1.0
        wanted, got = since["wanted"], served - since["served"]
        battery = n.battery
        self.lines["at"].append(round(now / HOUR_S, 6))
        self.lines["work"].append(max(0.0, (work - since["work"]) / span))
        self.lines["suspended"].append(float(n.suspended.sum()))
        self.lines["battery"].append(float((n.joules[battery] / n.capacity[battery]).mean()) if battery.any() else 0.0)
        self.lines["down"].append(float((self.down_at >= 0).sum()))
        self.lines["over"].append(since["over_s"] / span)
        self.lines["unserved"].append(max(0.0, 1.0 - got / wanted) if wanted else 0.0)
        self.lines["moves"].append(float(self.counts["moves"]))
        self.since_point = {"work": work, "wanted": 0.0, "served": served, "over_s": 0.0, "span": 0.0}

    def work(self) -> float:
        """Work that has been done and not lost, in seconds of a core of speed 1.0."""
        return float(self.world.atoms.done.sum())

    def latency(self, share: float) -> float:
        """Latency in ms that a share of what users saw stays below; 0: nobody saw any."""
        total = int(self.latencies.sum())
        if not total:
            return 0.0
        at = int(np.searchsorted(np.cumsum(self.latencies), share * total))
        return float(EDGES[min(at, len(EDGES) - 2)]) * 1000.0

    def figures(self) -> dict[str, float]:
        """All figures by name, rounded to what they can be told apart by."""
        a, n, t = self.world.atoms, self.world.nodes, self.totals
        served = float(a.done[~a.threads].sum())
        battery = n.battery
        found = {
            "work_s": self.work(),
            "lost_work_s": self.world.lost_work_s,
            "ended": float((a.state == State.ENDED).sum()),
            "unserved_share": max(0.0, 1.0 - served / t["wanted"]) if t["wanted"] else 0.0,
            "deadlines_missed_share": t["missed"] / t["due"] if t["due"] else 0.0,
            "atoms_down_s": t["down_s"],
            "recovery_mean_s": float(np.mean(self.recoveries)) if self.recoveries else 0.0,
            "recovery_worst_s": max(self.recoveries, default=0.0),
            "over_limit_s": t["over_s"],
            "latency_p50_ms": self.latency(0.5),
            "latency_p95_ms": self.latency(0.95),
            "nodes_suspended_s": t["suspended_s"],
            "harvested_j": float(n.harvested[battery].sum()),
            "used_j": float(n.used.sum()),
            "spilled_j": float(n.spilled.sum()),
            "euro": t["euro"],
            "downtime_s": t["downtime_s"],
            "moved_bytes": t["moved_bytes"],
        }
        rounded = {name: float(f"{value:.9g}") for name, value in found.items()}
        return rounded | {name: float(count) for name, count in self.counts.items()}
