"""`nearest`: where those who send to it are near, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.objective.facts import CLIENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.record import AtomSpec


class Nearest:
    """Latency to its clients, weighed by how much they send."""

    name = "nearest"
    uses: frozenset[str] = frozenset({"clients"})

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """In ms."""
        return {"latency_ms(client)": nodes.number("latency_ms", CLIENT)}

    def measure(self, spec: AtomSpec, default: str) -> str:
        """Milliseconds."""
        del spec, default
        return "ms"

    def is_shared(self, spec: AtomSpec, default: str) -> bool:
        """Others do not change it."""
        del spec, default
        return False
