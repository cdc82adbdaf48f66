"""Where an atom cannot be, and why not, in words: a table of filters, in the order in which they are told.

Where the atom is already, it may stay though the node takes no further ones or has grown too full.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.objective import requirement
from sojourn.control.placement.admission import admitted, too_late
from sojourn.control.placement.reading import atoms, memory_free

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.control.objective import Column, Mask
    from sojourn.control.placement.nodes import Nodes

# Sums of shares of a core are not exact.
SLACK = 1e-9


class Filter(NamedTuple):
    """A filter.

    Attributes:
        short: What is wrong with the nodes that it refuses, for a count of them.
        applies: Whether it can refuse any.
        passes: Which nodes it lets through.
        reason: Why it does not let a node through; `Nodes` has that one alone.
    """

    short: str
    applies: Callable[[Nodes], bool]
    passes: Callable[[Nodes], Mask]
    reason: Callable[[Nodes], str]


def always(_: Nodes) -> bool:
    """Looks at every atom."""
    return True


def all_in(column: str, texts: tuple[str, ...], nodes: Nodes) -> Mask:
    """Which nodes have all of these."""
    return np.asarray(np.logical_and.reduce([nodes.member(column, text) for text in texts]))


def missing(column: str, texts: tuple[str, ...], nodes: Nodes) -> str:
    """Which of them one node has not."""
    return ", ".join(text for text in texts if not nodes.member(column, text).all())


def meets(nodes: Nodes) -> Mask:
    """Where the requirement holds."""
    with np.errstate(all="ignore"):
        return np.asarray(requirement(nodes.spec.require).evaluate(nodes) == 1)


def unmet(nodes: Nodes) -> str:
    """Which part of the requirement does not hold, and what the node has."""
    expression = requirement(nodes.spec.require)
    with np.errstate(all="ignore"):
        parts = [part for part in expression.terms if not np.all(part.evaluate(nodes) == 1)]
        zero = [part.text for part in expression.divisors if np.any(part.evaluate(nodes) == 0)]
    if zero:
        return f"`{parts[0].text}` divides by zero: `{zero[0]}` is 0"
    text = parts[0].text
    facts = requirement(text if text in nodes.spec.require else nodes.spec.require).facts
    told = ", ".join(fact_told(nodes, *fact) for fact in facts)
    return f"`{text}` does not hold" + (f": {told}" if told else "")


def fact_told(nodes: Nodes, fact: str, somebody: str | None) -> str:
    """What one node's fact is, in words."""
    name = fact if somebody is None else f"{fact}({somebody})"
    row = int(np.ravel(nodes.rows)[0])
    if fact in nodes.fleet.texts:
        return f"{name} is {nodes.fleet.texts[fact].get(row) or 'empty'}"
    if fact in nodes.fleet.sets:
        return f"{name} are {', '.join(sorted(nodes.fleet.sets[fact].get(row))) or 'none'}"
    if fact in ("has_module", "here", "low_energy", "mains"):
        return f"{name} is {'true' if nodes.truth(fact).all() else 'false'}"
    value = float(np.ravel(nodes.number(fact, somebody))[0])
    return f"{name} is not known" if np.isnan(value) else f"{name} is {quantity(value, fact)}"


def kind_of(nodes: Nodes) -> str:
    """Kind of one node."""
    return nodes.fleet.texts["kind"].get(int(np.ravel(nodes.rows)[0]))


def quantity(value: float, fact: str) -> str:
    """A value with its unit."""
    from sojourn.control.objective.facts import FACTS  # noqa: PLC0415

    unit = FACTS[fact].unit.text
    return mib(value) if unit == "B" else f"{value:.6g} {unit}".rstrip()


def mib(value: float) -> str:
    """Bytes, for people."""
    return f"{value / 2**20:.1f} MiB"


def has_memory(nodes: Nodes) -> Mask:
    """Room for its memory."""
    return nodes.here | (nodes.work.memory <= memory_free(nodes))


def has_cores(nodes: Nodes) -> Mask:
    """Cores that are not kept for others."""
    return nodes.here | (nodes.work.cores <= cores_left(nodes) + SLACK)


def cores_left(nodes: Nodes) -> Column:
    """Cores, at speed 1.0, that are not kept for others."""
    speed = nodes.column("speed")
    kept = nodes.usage.cores[nodes.rows] - np.where(nodes.counted, nodes.work.cores / speed, 0.0)
    return (nodes.column("cores") - kept) * speed


FILTERS = (
    Filter("lost", always, lambda nodes: nodes.flag("up"), lambda _: "it is lost, or has left"),
    Filter(
        "of another kind",
        lambda nodes: bool(nodes.fleet.flags["foreign"].any()),
        lambda nodes: nodes.same("kind", ("", *nodes.spec.kinds)),
        lambda nodes: f"it is foreign, and runs only what its own requesters send: its kind is {kind_of(nodes)}",
    ),
    Filter("without atoms", always, lambda nodes: nodes.flag("hosts"), lambda _: "it hosts no atoms"),
    Filter("drained", always, lambda nodes: ~nodes.flag("draining"), lambda _: "it is being drained"),
    Filter(
        "cordoned",
        always,
        lambda nodes: nodes.here | ~nodes.flag("cordoned"),
        lambda _: "it takes no further atoms: it is cordoned",
    ),
    Filter(
        "low on energy",
        always,
        lambda nodes: ~nodes.flag("low_energy"),
        lambda _: "it has announced that its energy ends soon",
    ),
    Filter(
        "not where it is pinned",
        lambda nodes: bool(nodes.spec.pinned),
        lambda nodes: nodes.same("name", (nodes.spec.pinned,)),
        lambda nodes: f"the atom is pinned to {nodes.spec.pinned}",
    ),
    Filter(
        "without its tags",
        lambda nodes: bool(nodes.spec.tags),
        lambda nodes: all_in("tags", nodes.spec.tags, nodes),
        lambda nodes: f"it lacks the tag {missing('tags', nodes.spec.tags, nodes)}",
    ),
    Filter(
        "without its host functions",
        lambda nodes: bool(nodes.spec.functions),
        lambda nodes: all_in("functions", nodes.spec.functions, nodes),
        lambda nodes: f"it lacks the host function {missing('functions', nodes.spec.functions, nodes)}",
    ),
    Filter(
        "without its engine",
        lambda nodes: bool(nodes.spec.engine),
        lambda nodes: nodes.member("engines", nodes.spec.engine),
        lambda nodes: f"it lacks the engine {nodes.spec.engine}",
    ),
    Filter("that do not meet its requirement", lambda nodes: bool(nodes.spec.require), meets, unmet),
    Filter(
        "without room for its memory",
        always,
        has_memory,
        lambda nodes: (
            f"{mib(float(nodes.work.memory))} do not fit: {mib(float(np.ravel(memory_free(nodes))[0]))} are free"
        ),
    ),
    Filter(
        "without cores for it",
        always,
        has_cores,
        lambda nodes: (
            f"{float(nodes.work.cores):.2f} cores (at speed 1.0) do not fit: "
            f"{max(0.0, float(np.ravel(cores_left(nodes))[0])):.2f} are left"
        ),
    ),
    Filter(
        "with too many atoms",
        always,
        lambda nodes: nodes.here | (atoms(nodes) + 1 <= nodes.column("max_atoms")),
        lambda nodes: f"it has {float(np.ravel(atoms(nodes))[0]):.0f} atoms, the most it takes",
    ),
    Filter(
        "where its deadlines could not be kept",
        lambda nodes: nodes.spec.periodic is not None or bool(nodes.usage.deadlines),
        admitted,
        too_late,
    ),
)


def passing(nodes: Nodes) -> Mask:
    """Which nodes every filter lets through. Shape as what `nodes` broadcasts to."""
    allowed = nodes.flag("used")
    for each in FILTERS:
        if each.applies(nodes):
            allowed = allowed & each.passes(nodes)
    return allowed


def reasons(nodes: Nodes, at: int) -> tuple[str, ...]:
    """Why a node, by its place in `nodes`, is not let through: every reason; none: it is."""
    one = replace(nodes, rows=nodes.rows[at : at + 1])
    return tuple(each.reason(one) for each in FILTERS if each.applies(one) and not each.passes(one).all())


def counted(nodes: Nodes) -> list[tuple[int, str]]:
    """How many nodes the filters refuse, each counted by the first that does."""
    left = nodes.flag("used").copy()
    found = []
    for each in FILTERS:
        if each.applies(nodes):
            refused = left & ~each.passes(nodes)
            left &= ~refused
            if refused.any():
                found.append((int(refused.sum()), each.short))
    return found
