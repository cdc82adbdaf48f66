"""Ends of atoms, as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.core.box import Opening
from sojourn.core.end import end_of
from sojourn.model.node_errors import InvalidRequest
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator

    from sojourn.core.asker import Asker
    from sojourn.model.event import End


class Watching:
    """What `Realm.watch` gives: awaited the end of whichever ends first, as an iterator the end of each, once."""

    def __init__(self, asker: Asker, atoms: tuple[str, ...]) -> None:
        named: tuple[object, ...] = atoms
        if not atoms or not all(isinstance(atom, str) for atom in named):
            raise InvalidRequest("no atoms are named whose ends are to be heard of", 'as `realm.watch("one", "other")`')
        self._asker = asker
        self._atoms = atoms

    def __await__(self) -> Generator[object, None, End]:
        return self._first().__await__()

    async def _first(self) -> End:
        ends = self.ends()
        try:
            return await anext(ends)
        finally:
            await ends.aclose()

    def __aiter__(self) -> AsyncIterator[End]:
        return self.ends()

    async def ends(self) -> AsyncGenerator[End, None]:
        """Each end, until all have ended."""
        atoms = tuple(dict.fromkeys(self._atoms))
        async with Opening(self._asker, "", (), None) as box:
            for atom in atoms:
                await box.watch(atom)
            waited = len(atoms)
            while waited:
                event = await box.receive()
                if event.kind is EventKind.ENDED:
                    waited -= 1
                    yield await end_of(self._asker, event)
