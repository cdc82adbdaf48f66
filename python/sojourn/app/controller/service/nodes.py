"""Nodes, as REST sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.service.ground import Ground
from sojourn.app.controller.service.records import part
from sojourn.control.decision import Cordon
from sojourn.control.trail import EVERY_S
from sojourn.gateway.http.answer import CacheFacts, CodeFacts, NodeHistory
from sojourn.model.errors import Declined
from sojourn.model.node_errors import UnknownNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.gateway.http.value import NodeQuery
    from sojourn.model.record import NodeRecord


class Nodes(Ground):
    """What REST asks of nodes."""

    async def nodes(self, which: NodeQuery, after: str, most: int) -> Sequence[NodeRecord]:
        def fits(node: NodeRecord) -> bool:
            return (
                which.state in {None, node.state}
                and (not which.tag or which.tag in node.facts.tags)
                and which.cordoned in {None, node.cordoned}
                and which.foreign in {None, bool(node.facts.kind)}
            )

        return part(filter(fits, self._state.registry.nodes.values()), after, most)

    async def node(self, name: str) -> NodeRecord:
        node = self._state.registry.nodes.get(name)
        if node is None:
            raise UnknownNode(f"there is no node {name}")
        return node

    async def node_history(self, name: str) -> NodeHistory:
        await self.node(name)
        at, facts = self._runner.trail.of(name)
        return NodeHistory(every_s=EVERY_S, at=tuple(at), **{fact: tuple(values) for fact, values in facts.items()})

    async def cache(self, node: str, most: int) -> CacheFacts:
        if kind := (await self.node(node)).facts.kind:
            raise Declined(f"{node} is a node of {kind}, which keeps no compiled code")
        told = await self._runner.link.code_cache(node, most)
        rows = (
            CodeFacts(
                module=row.module.hex(),
                part=row.part,
                engine=row.engine,
                bytes=row.bytes,
                used_at=row.used_at_ns / 1e9,
            )
            for row in told.rows
        )
        return CacheFacts(
            hits=told.hits,
            misses=told.misses,
            modules=told.modules,
            entries=told.entries,
            bytes=told.bytes,
            most_bytes=told.most_bytes,
            items=tuple(rows),
        )

    async def cordon(self, node: str, *, on: bool, drain: bool) -> NodeRecord:
        await self.node(node)
        await self._wish(Cordon(node=node, on=on, drain=drain))
        return await self.node(node)
