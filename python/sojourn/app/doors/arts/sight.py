"""Atoms that modules run as: where they are, what they write, and whether they have ended. Looked at again and again.

An atom that no node tells of may be on its way, or about to be restored: only what the controller says of it counts.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from sojourn.control.registry import LIVING
from sojourn.core import output
from sojourn.core.atom import OVER
from sojourn.core.realm import Realm
from sojourn.model.errors import OutputLost, SojournError
from sojourn.model.wire import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sojourn.app.doors.arts.hands import Hands
    from sojourn.core.node import Node
    from sojourn.gateway.mqtt.arts.centre import Centre
    from sojourn.model.wire import AtomRow

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0
# Between two looks.
LOOK_S = 0.25
# An atom that no node tells of is asked about after so many looks.
MISSED = 20


class Nodes(Realm):
    """The realm's nodes, asked through the door's own.

    Args:
        node: The door's.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node, TIMEOUT_S)

    def output(self, atom: str, at: int, end: int) -> AsyncIterator[bytes]:
        """What an atom wrote, from one byte up to another.

        Raises:
            OutputLost: Bytes of it are gone.
        """
        return output.up_to(self._asker, atom, Stream.STDOUT, at, end)


class Sight:
    """Looks, and tells the centre.

    Args:
        nodes: The nodes.
        hands: The controller.
        centre: Who is told.
        after: Called after it was.
    """

    def __init__(self, nodes: Nodes, hands: Hands, centre: Centre, after: Callable[[], None]) -> None:
        self._nodes = nodes
        self._hands = hands
        self._centre = centre
        self._after = after
        self._read: dict[str, int] = {}
        # What these wrote before this door began was told by the one before it.
        self._known = set(centre.state.atoms)
        self._missed: dict[str, int] = {}

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._centre.state.atoms:
                try:
                    await self._look()
                except SojournError as error:
                    log.info("atoms cannot be looked at", extra={"error": str(error)})

    async def _look(self) -> None:
        rows = {row.atom: row for row in await self._nodes.atoms()}
        for atom in list(self._centre.state.atoms):
            row = rows.get(atom)
            if row is None:
                await self._miss(atom)
                continue
            self._missed.pop(atom, None)
            await self._read_on(row)
            if row.state in OVER:
                self._over(atom)
            else:
                self._centre.atom_at(atom, row.node)
            self._after()
        for atom in self._read.keys() - self._centre.state.atoms.keys():
            del self._read[atom]

    async def _read_on(self, row: AtomRow) -> None:
        """Publishes what it has written since the last look; what was written before this door began is not told."""
        at = self._read.setdefault(row.atom, row.stdout_bytes if row.atom in self._known else 0)
        if row.stdout_bytes <= at:
            return
        try:
            async for data in self._nodes.output(row.atom, at, row.stdout_bytes):
                at += len(data)
                self._centre.atom_wrote(row.atom, data)
                self._after()
        except OutputLost:
            at = row.stdout_bytes
        self._read[row.atom] = max(at, self._read[row.atom])

    async def _miss(self, atom: str) -> None:
        """No node tells of it."""
        self._missed[atom] = self._missed.get(atom, 0) + 1
        if self._missed[atom] < MISSED:
            return
        self._missed[atom] = 0
        records = await asyncio.to_thread(self._hands.atoms)
        record = records.get(atom)
        if record is None or (record.state not in LIVING and record.wish == "stop"):
            self._over(atom)
            self._after()

    def _over(self, atom: str) -> None:
        self._missed.pop(atom, None)
        self._centre.atom_ended(atom)
