"""Atoms and users as columns."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from sojourn.model.record import AtomSpec, Periodic
from sojourn.sim.scenario.schema import AtomKind
from sojourn.sim.world.naming import members

if TYPE_CHECKING:
    from sojourn.sim.scenario.schema import AtomTable, Scenario, UserTable
    from sojourn.sim.world.column import Flags, Floats, Integers

MS = 1000.0


class State(IntEnum):
    """What an atom does.

    RUNNING: It runs, if its node is awake. HELD: It stands still for a move or a restore. LOST: It went down with its
    node.    ENDED: Its work is done, or it was stopped.
    """

    RUNNING = 0
    HELD = 1
    LOST = 2
    ENDED = 3


class Atoms:
    """What is true of each atom.

    Attributes:
        names: Global names, with the node of their birth; empty until they are placed.
        groups: Their groups' tables.
        node: Row of the node where it is; -1: nowhere.
        moving: Whether a command is about it.
        take: Cores that it takes where it is, if it gets them.
        done: Work that it has done, in seconds of a core of speed 1.0.
        kept: How much of that its newest image has.
        kept_at: When that was taken.
        keeper: Row of the other node that keeps it.
    """

    def __init__(self, scenario: Scenario) -> None:
        rows = list(members(scenario.atoms))
        self.count = len(rows)
        self.own = [name for name, _, _ in rows]
        self.names = [""] * self.count
        self.number: dict[str, int] = {}
        self.groups: list[AtomTable] = [scenario.atoms[group] for _, group, _ in rows]
        found: dict[str, list[int]] = {group: [] for group in scenario.atoms}
        for row, (_, group, _) in enumerate(rows):
            found[group].append(row)
        self.rows: dict[str, Integers] = {group: np.array(each, np.int64) for group, each in found.items()}
        self.specs = {id(table): spec(table) for table in scenario.atoms.values()}
        self.fixed()
        self.changing()

    def fixed(self) -> None:
        """What does not change."""
        groups = self.groups
        self.cores = np.array([each.cores for each in groups], np.float64)
        self.memory = np.array([each.memory for each in groups], np.float64)
        self.state_bytes = np.array([each.state or each.memory for each in groups], np.float64)
        self.dirty = np.array([each.dirty for each in groups], np.float64)
        self.work = np.array([each.work or np.inf for each in groups], np.float64)
        self.swing = np.array([each.swing for each in groups], np.float64)
        self.threads: Flags = np.array([each.kind is AtomKind.WORK for each in groups], np.bool_)
        self.periodic: Flags = np.array([each.kind is AtomKind.PERIODIC for each in groups], np.bool_)
        self.reactive: Flags = np.array([each.kind is AtomKind.REACTIVE for each in groups], np.bool_)
        self.period = np.array([each.period for each in groups], np.float64)
        self.deadline = np.array([each.deadline or each.period for each in groups], np.float64)
        self.checkpoint = np.array([each.checkpoint or np.inf for each in groups], np.float64)

    def changing(self) -> None:
        """What changes."""
        self.node: Integers = np.full(self.count, -1, np.int64)
        self.state: Integers = np.full(self.count, State.HELD, np.int64)
        self.moving: Flags = np.zeros(self.count, np.bool_)
        self.epoch: Integers = np.zeros(self.count, np.int64)
        self.load = np.ones(self.count)
        self.crowd = np.ones(self.count)
        self.take = np.zeros(self.count)
        self.done = np.zeros(self.count)
        self.kept = np.zeros(self.count)
        self.kept_at = np.zeros(self.count)
        self.keeper: Integers = np.full(self.count, -1, np.int64)
        self.stood = np.zeros(self.count)
        self.since = np.zeros(self.count)

    def spec_of(self, row: int) -> AtomSpec:
        """What its user wants of it."""
        return self.specs[id(self.groups[row])]


def spec(table: AtomTable) -> AtomSpec:
    """What users want of the atoms of a group."""
    periodic = None
    if table.kind is AtomKind.PERIODIC:
        deadline = table.deadline or table.period
        work = table.cores * table.period
        periodic = Periodic(period_ms=table.period * MS, work_ms=work * MS, deadline_ms=deadline * MS)
    return AtomSpec(
        policy=table.policy,
        objective=table.objective,
        require=table.require,
        tags=table.tags,
        functions=table.functions,
        engine=table.engine,
        memory_bytes=int(table.memory),
        cores=table.cores,
        work_s=table.work,
        periodic=periodic,
        durable=table.durable,
        restart=table.restart,
        checkpoint_s=table.checkpoint,
    )


class Users:
    """What is true of each user: where it is, whither it goes, where it is attached, and which atom serves it."""

    def __init__(self, scenario: Scenario, atoms: Atoms) -> None:
        rows = list(members(scenario.users))
        self.count = len(rows)
        self.names = [name for name, _, _ in rows]
        self.number = {name: row for row, name in enumerate(self.names)}
        self.groups: list[UserTable] = [scenario.users[group] for _, group, _ in rows]
        served = [atoms.rows[scenario.users[group].atoms] for _, group, _ in rows]
        self.atom: Integers = np.array(
            [found[number % len(found)] for found, (_, _, number) in zip(served, rows, strict=True)], np.int64
        )
        self.limit = np.array([each.limit for each in self.groups], np.float64)
        self.access = np.array([each.access for each in self.groups], np.float64)
        self.from_x, self.from_y = np.zeros(self.count), np.zeros(self.count)
        self.to_x, self.to_y = np.zeros(self.count), np.zeros(self.count)
        self.left_at, self.arrives_at = np.zeros(self.count), np.zeros(self.count)
        self.node: Integers = np.full(self.count, -1, np.int64)
        self.over = np.zeros(self.count)
        self.latency = np.zeros(self.count)
        self.of_atom: dict[int, list[int]] = {}
        for row, atom in enumerate(self.atom.tolist()):
            self.of_atom.setdefault(atom, []).append(row)

    def where(self, now: float) -> tuple[Floats, Floats]:
        """Where each is: east and north in metres."""
        span = np.maximum(self.arrives_at - self.left_at, 1e-9)
        part = np.clip((now - self.left_at) / span, 0.0, 1.0)
        return self.from_x + part * (self.to_x - self.from_x), self.from_y + part * (self.to_y - self.from_y)

    def go(self, row: int, to: tuple[float, float], now: float, lasts: float) -> None:
        """A user sets out from where it is."""
        part = min(1.0, max(0.0, (now - self.left_at[row]) / max(self.arrives_at[row] - self.left_at[row], 1e-9)))
        here = (
            self.from_x[row] + part * (self.to_x[row] - self.from_x[row]),
            self.from_y[row] + part * (self.to_y[row] - self.from_y[row]),
        )
        self.from_x[row], self.from_y[row] = here if lasts else to
        self.to_x[row], self.to_y[row] = to
        self.left_at[row], self.arrives_at[row] = now, now + lasts
