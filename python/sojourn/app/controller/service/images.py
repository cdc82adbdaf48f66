"""Images, as REST sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.service.atoms import Atoms
from sojourn.control.decision import Adopt
from sojourn.control.registry import LIVING
from sojourn.gateway.http.answer import ImageFacts, Started
from sojourn.model.node_errors import AlreadyRuns, NoImage
from sojourn.model.placement import Ask
from sojourn.model.record import AtomRecord, AtomSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.gateway.http.body import ChooseImage
    from sojourn.model.wire import ImageRow


class Images(Atoms):
    """What REST asks of images."""

    async def images(self, atom: str) -> Sequence[ImageFacts]:
        return [image_of(row) for row in await self._runner.link.images(atom)]

    async def checkpoint(self, atom: str) -> Sequence[ImageFacts]:
        await self.atom(atom)
        return [image_of(row) for row in await self._runner.link.named(atom).checkpoint()]

    async def restore(self, atom: str, choice: ChooseImage) -> Started:
        known = self._state.registry.atoms.get(atom)
        if known is not None and known.state in LIVING:
            raise AlreadyRuns(f"{atom} runs at {known.node}")
        return await self._restored(atom, known, choice, await self._chosen(atom, choice, behind=0))

    async def rollback(self, atom: str, choice: ChooseImage) -> Started:
        known = await self.atom(atom)
        image = await self._chosen(atom, choice, behind=1)
        if known.state in LIVING:
            await self._runner.link.named(atom).stop(keep=False)
        return await self._restored(atom, known, choice, image)

    async def _chosen(self, atom: str, choice: ChooseImage, behind: int) -> ImageRow:
        """The image that is meant: by its number, or counted back from the newest.

        Raises:
            NoImage: There is no such image.
        """
        rows = await self._runner.link.images(atom)
        if choice.image is not None:
            rows = tuple(row for row in rows if row.id == choice.image and choice.keeper in {None, row.node})
            behind = 0
        # Copies of one image are one.
        times = sorted({row.taken_at_ns for row in rows}, reverse=True)
        if not times:
            raise NoImage(f"there is no such image of {atom}", f"`sojourn images {atom}` shows those there are")
        wanted = times[min(behind, len(times) - 1)]
        return next(row for row in rows if row.taken_at_ns == wanted)

    async def _restored(self, atom: str, known: AtomRecord | None, choice: ChooseImage, image: ImageRow) -> Started:
        spec = AtomSpec() if known is None else known.spec
        target = self._place(Ask(atom=atom, spec=spec, module=image.module.hex()), choice.node)
        placed = await self._runner.link.restore_at(atom, target, (image.id, image.node))
        adopted = Adopt(atom=atom, module=image.module.hex(), spec=spec, node=placed.node, epoch=placed.epoch)
        await self._wish(adopted)
        return Started(atom=atom, node=placed.node, epoch=placed.epoch)


def image_of(row: ImageRow) -> ImageFacts:
    """An image that is kept."""
    return ImageFacts(
        id=row.id,
        node=row.node,
        atom=row.atom,
        epoch=row.epoch,
        taken_at=row.taken_at_ns / 1e9,
        cause=row.cause,
        bytes=row.bytes,
        module=row.module.hex(),
    )
