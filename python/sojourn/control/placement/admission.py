"""Deadline admission: whether periodic atoms are done in time, whatever others of their node do.

The bound is that of how a node shares its cores: `m` workers, one queue, slices of `q` ms in turn. With `n` atoms that
may all want to run, one that queues finds at most `n - 1` before it, each with at most one slice left. Nobody rests
while somebody queues, so it waits at most `w = (n - 1) * q / m` (R. L. Graham, "Bounds for certain multiprocessing
anomalies", Bell System Technical Journal 45, 1966: list scheduling starts the last job once the others' work, shared
evenly, is done), and not at all while `n <= m`. Work of `c` ms takes `k = ceil(c / q)` turns, so that it is done after

    R = k * w + c + b,

where `b` is how long the atom may be blocked by its own move: a move suspends it once for its downtime, and no second
move begins within its period (`minimum age`). If `R` is not above the deadline, no job is late. The test is sufficient,
not necessary; it does not ask how much the others really want, so it holds whatever they do.

Solved for `n` it gives the most atoms that a node may have before a deadline is in danger: one number a node, so that
admission of anybody is O(1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.reading import atoms

if TYPE_CHECKING:
    from sojourn.control.objective import Column, Mask
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.placement import Demand

# A slice as nodes give it (`node.slice_ms`), and what a pause takes until the next poll.
TURN_MS = 11.0
# How long a move suspends an atom, where nothing else is known.
BLOCKING_MS = 20.0


def response_ms(demand: Demand, atoms_there: float, cores: float, speed: float, blocking_ms: float) -> float:
    """The longest that a job may take, with so many atoms at the node, itself among them."""
    if demand.periodic is None:
        return 0.0
    work = demand.periodic.work_ms / speed
    workers = max(1.0, math.floor(cores))
    wait = (atoms_there - 1) * TURN_MS / workers if atoms_there > workers else 0.0
    return math.ceil(work / TURN_MS) * wait + work + (0.0 if demand.pinned else blocking_ms)


def most_atoms(demand: Demand, cores: float, speed: float, blocking_ms: float) -> float:
    """With how many atoms at the node, itself among them, its deadline is kept. 0: with none."""
    times = demand.periodic
    if times is None:
        return math.inf
    work = times.work_ms / speed
    left = min(times.deadline_ms, times.period_ms) - work - (0.0 if demand.pinned else blocking_ms)
    if left < 0:
        return 0.0
    workers = max(1.0, math.floor(cores))
    turns = math.ceil(work / TURN_MS)
    return max(workers, math.floor(1 + left * workers / (turns * TURN_MS) + 1e-9))


def admitted(nodes: Nodes) -> Mask:
    """Where deadlines are kept, its own and those of who is there. It may stay where only others' are in danger."""
    there = atoms(nodes) + 1
    others = nodes.here | (there <= nodes.usage.most_atoms[nodes.rows])
    return others & (there <= own_most(nodes))


def own_most(nodes: Nodes) -> Column:
    """With how many atoms its own deadline is kept: `most_atoms` of many nodes at once."""
    times = nodes.spec.periodic
    if times is None:
        return np.full(np.shape(nodes.rows), np.inf)
    work = times.work_ms / nodes.column("speed")
    blocking = 0.0 if nodes.spec.pinned else nodes.fleet.blocking_ms
    left = min(times.deadline_ms, times.period_ms) - work - blocking
    workers = np.maximum(1.0, np.floor(nodes.column("cores")))
    most = np.maximum(workers, np.floor(1 + left * workers / (np.ceil(work / TURN_MS) * TURN_MS) + 1e-9))
    return np.where(left < 0, 0.0, most)


def too_late(nodes: Nodes) -> str:
    """Why a deadline could not be kept at one node, with numbers."""
    row = int(np.ravel(nodes.rows)[0])
    there = float(np.ravel(atoms(nodes))[0]) + 1
    times = nodes.spec.periodic
    if times is None or there <= float(np.ravel(own_most(nodes))[0]):
        most = float(nodes.usage.most_atoms[row])
        return f"with {there:.0f} atoms deadlines of those that are there could be missed: {most:.0f} is the most"
    cores, speed = float(nodes.fleet.numbers["cores"][row]), float(nodes.fleet.numbers["speed"][row])
    blocking = 0.0 if nodes.spec.pinned else nodes.fleet.blocking_ms
    work, workers = times.work_ms / speed, max(1.0, math.floor(cores))
    wait = (there - 1) * TURN_MS / workers if there > workers else 0.0
    turns = math.ceil(work / TURN_MS)
    total = turns * wait + work + blocking
    return (
        f"a job may take {total:.4g} ms, its deadline is {min(times.deadline_ms, times.period_ms):.4g} ms: "
        f"{turns} turns, each after up to {wait:.4g} ms of {there - 1:.0f} others on {workers:.0f} cores, "
        f"{work:.4g} ms of work, {blocking:.4g} ms for a move"
    )
