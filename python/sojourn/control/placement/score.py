"""What nodes cost an atom by its policy, and which one is taken."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.objective import objective, requirement
from sojourn.control.objective.facts import CLIENT, PEERS
from sojourn.control.placement.filter import passing
from sojourn.control.placement.interface import USES, Chooser, Measured, Policy, Shared
from sojourn.control.placement.policy import BUILT_IN
from sojourn.control.placement.policy.objective import Objective
from sojourn.control.placement.reading import SHARED, atoms
from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column, Mask
    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.record import AtomSpec

# Costs nearer than this share of each other are the same.
SAME = 1e-9


class Scores(NamedTuple):
    """Of all nodes.

    Attributes:
        allowed: Who passes the filters and has a cost. Shape (N,) or (A, N).
        costs: What each costs; infinite where it is not allowed.
        terms: What that is the sum of.
    """

    allowed: Mask
    costs: Column
    terms: Mapping[str, Column]


def policy(fleet: Fleet, spec: AtomSpec) -> Policy:
    """The policy of an atom.

    Errors:
        ConfigError: there is none of that name.
    """
    found = BUILT_IN.get(spec.policy) or fleet.policies.get(spec.policy)
    if found is None:
        known = ", ".join(sorted({*BUILT_IN, *fleet.policies}))
        raise ConfigError(f"there is no placement policy {spec.policy!r}", f"there are {known}")
    return found


def validate(fleet: Fleet, spec: AtomSpec) -> None:
    """Says whether what a user wants can be understood at all: to be asked before it is kept.

    Errors:
        ConfigError: there is no policy of that name, or a figure is out of its range.
        ExpressionError: the objective or the requirement is wrong, and where.
    """
    policy(fleet, spec)
    if spec.objective:
        objective(spec.objective)
    if spec.require:
        requirement(spec.require)
    for name, value in (("memory_bytes", spec.memory_bytes), ("cores", spec.cores), ("work_s", spec.work_s)):
        if not 0 <= value < float("inf"):
            raise ConfigError(f"{name} is {value}: it must be 0 or more")
    times = spec.periodic
    if times is not None and not 0 < times.work_ms <= min(times.deadline_ms, times.period_ms) < float("inf"):
        told = f"{times.work_ms:g} ms of work every {times.period_ms:g} ms within {times.deadline_ms:g} ms"
        raise ConfigError(f"{told} cannot be: the work takes more than 0 ms, and less than the deadline and the period")


def measure(fleet: Fleet, spec: AtomSpec) -> str:
    """Unit of its policy's costs; empty: bare numbers."""
    by = policy(fleet, spec)
    return by.measure(spec, fleet.objective) if isinstance(by, Measured) else ""


def is_shared(fleet: Fleet, spec: AtomSpec) -> bool:
    """Whether costs, or what is required, change when other atoms come and go."""
    by = policy(fleet, spec)
    if spec.require and any(fact in SHARED for fact, _ in requirement(spec.require).facts):
        return True
    return by.is_shared(spec, fleet.objective) if isinstance(by, Shared) else True


@lru_cache(maxsize=4096)
def used_by(expression: str) -> frozenset[str]:
    """What an expression has to know of an atom."""
    return needs(objective(expression).facts)


def needs(facts: tuple[tuple[str, str | None], ...]) -> frozenset[str]:
    """What facts have to know of an atom: of `interface.USES`."""
    somebody = {about for _, about in facts}
    names = {fact for fact, _ in facts}
    found = {"clients"} if CLIENT in somebody else set()
    found |= {"peers"} if PEERS in somebody or "traffic" in names else set()
    found |= {"atom"} if any(fact == "traffic" and about for fact, about in facts) else set()
    return frozenset(found | ({"module"} if "has_module" in names else set()))


def uses(fleet: Fleet, spec: AtomSpec) -> frozenset[str]:
    """What its policy and its requirement have to know of an atom: atoms that agree in that can be looked at as one."""
    by = policy(fleet, spec)
    used = used_by(spec.objective or fleet.objective) if isinstance(by, Objective) else getattr(by, "uses", USES)
    return used | needs(requirement(spec.require).facts) if spec.require else used


def scores(nodes: Nodes) -> Scores:
    """Of all these nodes."""
    terms = policy(nodes.fleet, nodes.spec).terms(nodes)
    allowed = passing(nodes)
    costs = added(terms, allowed.shape)
    allowed = allowed & np.isfinite(costs)
    return Scores(allowed, np.where(allowed, costs, np.inf), terms)


def total(nodes: Nodes) -> Column:
    """What these nodes cost, whether a filter lets them through or not. Shape (A, N)."""
    return added(policy(nodes.fleet, nodes.spec).terms(nodes), np.broadcast_shapes(nodes.rows.shape, nodes.here.shape))


def added(terms: Mapping[str, Column], shape: tuple[int, ...]) -> Column:
    """Terms, summed up."""
    costs = np.zeros(shape)
    for value in terms.values():
        costs = costs + value
    return costs


def chosen(nodes: Nodes, found: Scores) -> int | None:
    """Which one is taken, by its place in `nodes`; None: none is allowed. For one atom."""
    if not found.allowed.any():
        return None
    by = policy(nodes.fleet, nodes.spec)
    if isinstance(by, Chooser):
        places = np.flatnonzero(found.allowed)
        return int(places[by.choose(found.costs[places])])
    least = found.costs.min()
    same = np.flatnonzero(found.costs <= least + SAME * max(1.0, abs(float(least))))
    return int(same[0]) if len(same) == 1 else tied(nodes, same)


def tied(nodes: Nodes, same: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    """Among equals: where it is; where fewer atoms are; the first by name."""
    here = nodes.here[same]
    if here.any():
        return int(same[here][0])
    return int(same[np.argmin(atoms(nodes)[same])])
