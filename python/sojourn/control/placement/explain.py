"""Why an atom is where it is, or should be: node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.objective import objective, requirement
from sojourn.control.objective.facts import CLIENT, FACTS, PEERS, Argument
from sojourn.control.placement.filter import reasons
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.place import choice
from sojourn.control.placement.policy.objective import Objective
from sojourn.control.placement.score import policy, scores, validate
from sojourn.model.errors import SojournError
from sojourn.model.placement import Ask, Choice, Explanation, Term, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.nodes import Nodes, Somebody
    from sojourn.control.placement.score import Scores


def explain(fleet: Fleet, ask: Ask, now: float) -> Explanation:
    """What `place` would answer, and what it thinks of each node."""
    spec = ask.spec
    shown = (spec.objective or fleet.objective) if spec.policy == Objective.name else spec.objective
    try:
        validate(fleet, spec)
        nodes = nodes_for(fleet, ask, now)
        found = scores(nodes)
        answer, verdicts, said = choice(nodes, found), tuple(ordered(nodes, found)), tuple(notes(nodes, shown))
    except SojournError as error:
        answer, verdicts, said = Choice(atom=ask.atom, node=None, reason=str(error)), (), ()
    return Explanation(
        choice=answer,
        policy=spec.policy,
        objective=shown,
        require=spec.require,
        at=now,
        nodes=verdicts,
        notes=said,
    )


def ordered(nodes: Nodes, found: Scores) -> Iterator[Verdict]:
    """The best first; those that are refused last, by name."""
    order = np.argsort(found.costs, kind="stable")
    for rank, at in enumerate(order.tolist(), 1):
        yield verdict(nodes, found, at, rank)


def verdict(nodes: Nodes, found: Scores, at: int, rank: int) -> Verdict:
    """Of one node."""
    name, here = nodes.fleet.name(int(nodes.rows[at])), bool(nodes.here[at])
    terms = tuple(
        Term(text, float(np.broadcast_to(value, found.costs.shape)[at])) for text, value in found.terms.items()
    )
    if found.allowed[at]:
        return Verdict(node=name, terms=terms, score=float(found.costs[at]), here=here, rank=rank)
    refused = reasons(nodes, at) or (not_defined(nodes, terms, at),)
    return Verdict(node=name, refused=refused, here=here)


def not_defined(nodes: Nodes, terms: tuple[Term, ...], at: int) -> str:
    """Why a node that passes the filters has no score."""
    bad = [term.text for term in terms if not np.isfinite(term.value)]
    if isinstance(policy(nodes.fleet, nodes.spec), Objective):
        for divisor in objective(nodes.spec.objective or nodes.fleet.objective).divisors:
            with np.errstate(all="ignore"):
                if np.broadcast_to(divisor.evaluate(nodes), nodes.rows.shape)[at] == 0:
                    return f"`{bad[0]}` divides by zero: `{divisor.text}` is 0"
    return f"`{bad[0]}` is not defined: a fact in it is not known" if bad else "its score is too large"


def notes(nodes: Nodes, shown: str) -> Iterator[str]:
    """What was assumed where facts are missing."""
    facts = objective(shown).facts if shown else ()
    facts += requirement(nodes.spec.require).facts if nodes.spec.require else ()
    for somebody in dict.fromkeys(
        about for name, about in facts if about and FACTS[name].argument is not Argument.NONE
    ):
        found = nodes.somebody(somebody)
        if found is None:
            yield f"it is not known where {somebody} is: {FACTS['latency_ms'].unknown}"
        elif not found and somebody in (CLIENT, PEERS):
            who = "sends to it" if somebody == CLIENT else "talks with it"
            yield f"nobody {who} yet: it is as near to every node"
        else:
            yield from ways(nodes, somebody, found)


def ways(nodes: Nodes, somebody: str, found: Somebody) -> Iterator[str]:
    """Where somebody is, and how latencies to there are known."""
    fleet, rows = nodes.fleet, [row for row, _ in found if isinstance(row, int)]
    places = ", ".join(f"{fleet.name(row)} ({share:.0%})" for row, (_, share) in zip(rows, found, strict=True))
    told = [fleet.links.told(row, other) for row in rows for other in nodes.rows.tolist()]
    counts = ", ".join(f"{told.count(how)} {how}" for how in ("measured", "estimated", "assumed") if how in told)
    yield f"{somebody} is at {places}" + (f"; latencies: {counts}" if counts else "")
