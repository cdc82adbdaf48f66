"""What a door tells over REST, as the controller hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.decision import ForeignTold
from sojourn.model.fleet import NodeFacts
from sojourn.model.record import AtomRecord

if TYPE_CHECKING:
    from sojourn.control.registry import Registry
    from sojourn.gateway.http.body import TellForeign


def event_of(door: str, told: TellForeign, registry: Registry) -> ForeignTold:
    """The event; an atom is of the kind of its node."""
    nodes = tuple(
        NodeFacts(
            name=each.name,
            kind=each.kind,
            engines=(),
            functions=each.functions,
            tags=each.tags,
            max_atoms=each.max_atoms,
        )
        for each in told.nodes
    )
    kinds = {name: record.facts.kind for name, record in registry.nodes.items() if record.door == door}
    kinds |= {each.name: each.kind for each in told.nodes}
    atoms = tuple(
        AtomRecord(
            name=each.name,
            kind=kinds.get(each.node, ""),
            spec=each.spec.plain(),
            node=each.node,
            epoch=1,
            reason=each.reason,
        )
        for each in told.atoms
    )
    return ForeignTold(
        door=door,
        whole=told.whole,
        nodes=nodes,
        atoms=atoms,
        gone_nodes=told.gone_nodes,
        gone_atoms=told.gone_atoms,
    )
