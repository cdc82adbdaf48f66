"""What images hold, as REST tells it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING

from sojourn.app.controller.inspected import Parts, inspection_of, parts_of
from sojourn.app.controller.service.images import Images
from sojourn.app.controller.service.talks import Talks
from sojourn.gateway.http.limit import INSPECTED_BYTES
from sojourn.model.node_errors import NoImage

if TYPE_CHECKING:
    from sojourn.core.image import Image
    from sojourn.gateway.http.inspected import Inspection
    from sojourn.gateway.http.value import InspectionQuery

# Kept images that were looked into last: parts of a long stack are asked for one after the other.
KEPT = 4


class Inspections(Images, Talks):
    """What REST asks of what atoms hold."""

    @cached_property
    def _looks(self) -> asyncio.Lock:
        """An image takes memory while it is looked into: one at a time."""
        return asyncio.Lock()

    @cached_property
    def _looked(self) -> OrderedDict[tuple[str, str, int, float], Parts]:
        """Kept images that were looked into last, by atom, keeper, number and time."""
        return OrderedDict()

    async def inspect(self, atom: str, which: InspectionQuery) -> Inspection:
        named = await self._own(atom)
        async with self._looks:
            image = await named.inspect(INSPECTED_BYTES)
            parts = await self._parts(image, atom, self._runner.clock())
        return inspection_of(parts, which)

    async def inspect_image(self, atom: str, keeper: str, number: int, which: InspectionQuery) -> Inspection:
        rows = await self._runner.link.images(atom)
        row = next((row for row in rows if row.id == number and row.node == keeper), None)
        if row is None:
            raise NoImage(
                f"{keeper} keeps no image {number} of {atom}", f"`sojourn images {atom}` shows those there are"
            )
        key = (atom, keeper, number, row.taken_at_ns / 1e9)
        async with self._looks:
            if key not in self._looked:
                image = await self._runner.link.visitors.image(keeper, number, INSPECTED_BYTES)
                self._looked[key] = await self._parts(image, atom, row.taken_at_ns / 1e9)
            self._looked.move_to_end(key)
            while len(self._looked) > KEPT:
                self._looked.popitem(last=False)
            parts = self._looked[key]
        return inspection_of(parts, which)

    async def _parts(self, image: Image, atom: str, taken_at: float) -> Parts:
        return await asyncio.to_thread(parts_of, image, atom, taken_at)
