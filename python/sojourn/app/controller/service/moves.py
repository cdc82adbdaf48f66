"""Moves, as REST sees them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sojourn.app.controller.service.nodes import Nodes
from sojourn.model.errors import UnknownMove
from sojourn.model.record import MoveRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.controller.service.records import R
    from sojourn.gateway.http.value import MoveQuery


class Moves(Nodes):
    """What REST asks of moves."""

    async def moves(self, which: MoveQuery, after: str, most: int) -> Sequence[MoveRecord]:
        def fits(move: MoveRecord) -> bool:
            return (
                (not which.atom or which.atom == move.atom)
                and (not which.node or which.node in {move.source, move.target})
                and which.state in {None, move.state}
                and which.since <= move.decided_at
                and (not which.until or move.decided_at < which.until)
                and (not after or move.key < after)
            )

        kept = await self._kept(MoveRecord)
        return sorted(filter(fits, kept), key=lambda move: -move.number)[:most]

    async def move(self, number: int) -> MoveRecord:
        for move in await self._kept(MoveRecord):
            if move.number == number:
                return move
        raise UnknownMove(f"there is no move {number}, or none any more")

    async def _kept(self, kind: type[R]) -> list[R]:
        """Records as they are in the store."""
        records = await asyncio.to_thread(lambda: list(self._runner.store.records(kind.KIND)))
        return [record for record in records if isinstance(record, kind)]
