"""What a placement policy is. `sojourn.control.placement.harness` tests one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.record import AtomSpec


# What a policy may have to know of an atom beside its demand. A policy that needs less says so in `uses`, a frozen set:
# atoms that agree in that are looked at together when very many are planned.
USES = frozenset({"clients", "peers", "module", "atom"})


@runtime_checkable
class Policy(Protocol):
    """Says what nodes cost; the cheapest of those that pass the filters is taken.

    It is pure: the same nodes have the same costs. It may have two more methods, `Measured` and `Chooser`.

    Attributes:
        name: What it is asked for by, as in `AtomSpec.policy`.
    """

    name: str

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """What each node costs, as named parts of a sum, each of the shape of `nodes.rows` or that broadcasts to it.

        NaN refuses a node. Nodes that no filter lets through are among them: their costs are not looked at.
        """


@runtime_checkable
class Measured(Protocol):
    """Of a policy whose costs count something."""

    def measure(self, spec: AtomSpec, default: str) -> str:
        """The unit of its costs, as `ms`; `default` is the realm's objective."""


@runtime_checkable
class Chooser(Protocol):
    """Of a policy that does not simply take the cheapest."""

    def choose(self, costs: Column) -> int:
        """Which one of these costs. Shape (N,), N at least 1, all finite, in order of the nodes' names."""


@runtime_checkable
class Shared(Protocol):
    """Of a policy that knows whether its costs change when other atoms come and go; without it they do."""

    def is_shared(self, spec: AtomSpec, default: str) -> bool:
        """Whether they do."""
