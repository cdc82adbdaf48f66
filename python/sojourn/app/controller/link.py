"""The realm's nodes, as the controller talks to them: through a gateway that is linked with all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.reports import report_of
from sojourn.core.atom import Atom, image_of
from sojourn.core.output import read
from sojourn.core.realm import Realm
from sojourn.model.record import ModuleRecord
from sojourn.model.wire import (
    AnnotatedResponse,
    AnnotationRequest,
    FetchedResponse,
    FetchRequest,
    OutputResponse,
    PlacedResponse,
    ReloadedResponse,
    ReloadRequest,
    ReportsRequest,
    ReportsResponse,
    RestoreRequest,
)

if TYPE_CHECKING:
    from sojourn.core.image import Image
    from sojourn.core.node import Node
    from sojourn.model.fleet import NodeReport
    from sojourn.model.wire import MoveRow, OutputResponse, Stream

# How long reports of nodes are waited for, and how many atoms one tells of at once.
REPORTS_MS = 700
ATOMS = 512
TIMEOUT_S = 30.0


class Visitors(Realm):
    """What users ask of atoms, in threads of their own: whoever waits there does not hold the controller up."""

    def named(self, atom: str) -> Atom:
        """An atom by its global name; nobody is asked whether it is there."""
        return Atom(self._asker, atom)

    async def output(self, atom: str, stream: Stream, offset: int, wait_s: float) -> OutputResponse:
        """Output of an atom from a byte on, or from the oldest after it that is still there.

        Raises:
            NodeError: Nobody has any, or the atom's node does not answer.
        """
        return await read(self._asker, atom, stream, offset, wait_s)

    async def image(self, keeper: str, number: int, most_bytes: int) -> Image:
        """An image that is kept.

        Raises:
            NoImage: There is none of that number there.
            TooLarge: It has more bytes.
        """
        fetched = await self._asker.ask(FetchRequest(number), FetchedResponse, to=keeper)
        return await image_of(self._asker, fetched, keeper, most_bytes)


class Link(Visitors):
    """What the controller asks of nodes, beside what everybody does.

    Args:
        node: A gateway.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node, TIMEOUT_S)
        self._node = node
        self.visitors = Visitors(node, TIMEOUT_S)
        self._anew = True

    def peers(self) -> tuple[str, ...]:
        """Nodes that are there."""
        return self._node.peers()

    async def reports(self) -> tuple[NodeReport, ...]:
        """What nodes have measured since the last time; of those that answered in time.

        Raises:
            NodeError: No node answers.
        """
        answer = await self._asker.ask(ReportsRequest(REPORTS_MS, ATOMS, self._anew), ReportsResponse)
        self._anew = False
        return tuple(report_of(row) for row in answer.reports)

    async def moves_at(self, node: str) -> tuple[MoveRow, ...]:
        """The last moves that a node began, the oldest first; none where it does not answer."""
        return await self._moves_of(node, None)

    async def annotation(self, module: str, node: str) -> ModuleRecord:
        """What a module says of itself, from a node that has an atom of it.

        Raises:
            NodeError: It has none, or does not answer.
        """
        answer = await self._asker.ask(AnnotationRequest(bytes.fromhex(module)), AnnotatedResponse, to=node)
        lines = (line.strip().partition("=") for line in answer.text.splitlines() if line.strip())
        return ModuleRecord(digest=module, annotation=tuple((key.strip(), value.strip()) for key, _, value in lines))

    async def restore_at(self, atom: str, target: str, image: tuple[int, str] | None = None) -> PlacedResponse:
        """Lets an atom go on from an image, its number and who keeps it; None: the newest.

        Raises:
            NodeError: It did not; the class says why.
        """
        number, keeper = (None, None) if image is None else image
        return await self._asker.ask(RestoreRequest(atom, number, keeper, target), PlacedResponse)

    async def reload(self, atom: str, wasm: bytes) -> ReloadedResponse:
        """Gives an atom another module; see `Atom.reload`."""
        return await self._asker.ask(ReloadRequest(atom, await self._asker.put(wasm)), ReloadedResponse)

    async def content(self, digest: str, node: str) -> bytes:
        """A module, from a node that has it.

        Raises:
            NodeError: It does not have it, or it did not come in time.
        """
        return await self._asker.get(bytes.fromhex(digest), node)

    async def close(self) -> None:
        """Leaves the realm."""
        await self.visitors.close()
        await super().close()
