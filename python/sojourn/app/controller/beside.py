"""What is shown that no report tells: aliases of atoms, and moves that somebody makes past the controller."""

from __future__ import annotations

import asyncio
import logging
from itertools import count
from typing import TYPE_CHECKING, Protocol

from sojourn.app.controller.progress import progress_of
from sojourn.model.errors import SojournError
from sojourn.model.picture import Underway
from sojourn.model.wire import MoveState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sojourn.control.picture.atoms import Aliases
    from sojourn.control.state import State
    from sojourn.model.wire import MoveRow, NameRow

log = logging.getLogger(__name__)

# Aliases are asked for so often, in seconds, or more seldom: asking takes no more than a hundredth of the time.
NAMES_S, SHARE = 3.0, 100.0
# And moves of atoms that leave without the controller's doing.
MOVES_S = 0.5
OVER = {MoveState.DONE, MoveState.FAILED, MoveState.LOST}


class Nodes(Protocol):
    """What is asked of the realm's nodes; see `Link`."""

    async def find(self, pattern: str = "", scope: str | None = None) -> tuple[NameRow, ...]:
        """Atoms with their aliases."""

    async def moves_at(self, node: str) -> tuple[MoveRow, ...]:
        """The last moves that a node began."""


class Beside:
    """What no report tells, asked for while somebody looks on.

    Args:
        nodes: The realm's nodes.
        state: What the controller knows now.

    Attributes:
        aliases: Aliases by atom; another object where any of them has changed.
        moves: Moves that are under way past the controller, by numbers below 0.
    """

    def __init__(self, nodes: Nodes, state: Callable[[], State]) -> None:
        self.aliases: Mapping[str, Aliases] = {}
        self.moves: Mapping[int, Underway] = {}
        self._nodes = nodes
        self._state = state
        self._numbers: dict[tuple[str, int], int] = {}
        self._next = count(-1, -1)

    async def ask(self) -> None:
        """Asks again and again, until it is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ask_names())
                group.create_task(self._ask_moves())
        except Exception:
            # A mistake of ours: the rest of the picture is shown all the same.
            log.exception("aliases and moves past the controller are not shown")
        finally:
            self.moves = {}
            self._numbers.clear()

    async def _ask_names(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                self._named(await self._nodes.find())
            except SojournError as error:
                log.debug("names are not known", extra={"error": str(error)})
            await asyncio.sleep(max(NAMES_S, SHARE * (loop.time() - began)))

    def _named(self, rows: Sequence[NameRow]) -> None:
        found = {
            row.atom: tuple((each.scope, each.alias) for each in row.aliases) for row in rows if len(row.aliases) > 0
        }
        if found != self.aliases:
            self.aliases = found

    async def _ask_moves(self) -> None:
        while True:
            try:
                await self._look_at_moves()
            except SojournError as error:
                log.debug("moves are not known", extra={"error": str(error)})
            await asyncio.sleep(MOVES_S)

    async def _look_at_moves(self) -> None:
        """Moves of atoms that leave and of which the controller has nothing done."""
        registry = self._state().registry
        leaving = [
            each for each in registry.atoms.values() if each.state == "leaving" and each.name not in registry.busy
        ]
        sources = {each.node for each in leaving} | {source for source, _ in self._numbers}
        found: dict[int, Underway] = {}
        for source in sorted(sources):
            for row in await self._nodes.moves_at(source):
                if row.state not in OVER and row.atom not in registry.busy:
                    move = self._underway(row)
                    # The same object where nothing has changed.
                    known = self.moves.get(move.number)
                    found[move.number] = known if known == move and known is not None else move
        self._numbers = {key: number for key, number in self._numbers.items() if number in found}
        self.moves = found

    def _underway(self, row: MoveRow) -> Underway:
        key = (row.source, row.id)
        if key not in self._numbers:
            self._numbers[key] = next(self._next)
        come = progress_of(self._numbers[key], row)
        known = self.moves.get(come.number)
        return Underway(
            number=come.number,
            atom=row.atom,
            source=row.source,
            target=row.target,
            cause=row.cause,
            decided_at=row.started_at_ns / 1e9,
            phase=come.phase,
            progress=come.progress if known is None else max(known.progress, come.progress),
            rounds=come.rounds,
            bytes=come.bytes,
        )
