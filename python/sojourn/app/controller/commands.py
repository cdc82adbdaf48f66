"""What the controller has decided, done: a command in, what came of it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.app.controller.progress import REACHED, progress_of
from sojourn.app.controller.starting import begun
from sojourn.control.decision import Command, Forget, Move, Progressed, Reload, Restore, Settled, Start, Stop
from sojourn.model.errors import Finished, SojournError
from sojourn.model.names import local_name
from sojourn.model.node_errors import AlreadyRuns, AlreadyThere, Busy, NoImage, NotRunning, Unreachable
from sojourn.model.record import PartAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sojourn.app.controller.link import Link
    from sojourn.app.controller.modules import Modules
    from sojourn.model.wire import MoveRow

# Errors after which the same may be tried again.
AGAIN = (Busy, Unreachable)
MS_PER_NS = 1e-6


class Hands:
    """Carries out commands.

    Args:
        link: The realm's nodes.
        modules: Modules that were brought.
        progressed: Told how far a move is.
    """

    def __init__(self, link: Link, modules: Modules, progressed: Callable[[Progressed], None]) -> None:
        self._link = link
        self._modules = modules
        self._progressed = progressed
        self._rows: dict[int, MoveRow] = {}
        self._by_type: Mapping[type, Callable[[Any], Awaitable[Settled]]] = {
            Move: self._move,
            Start: self._start,
            Restore: self._restore,
            Stop: self._stop,
            Forget: self._forget,
            Reload: self._reload,
        }

    async def do(self, command: Command) -> tuple[Settled, MoveRow | None]:
        """Carries out a command; never fails, but says so.

        Returns:
            What came of it, and of a move what its source tells.
        """
        try:
            done = await self._by_type[type(command)](command)
            return done, self._rows.pop(command.number, None)
        except SojournError as error:
            told = str(error) or type(error).__name__
            again, gone = isinstance(error, AGAIN), isinstance(error, NoImage)
            return Settled(number=command.number, error=told, busy=again, gone=gone), None

    async def _move(self, command: Move) -> Settled:
        def progressed(row: MoveRow) -> None:
            # How it ended is told by what comes of the command.
            if row.state in REACHED:
                self._progressed(progress_of(command.number, row))

        atom = self._link.named(command.atom)
        try:
            row = await atom.migrate(command.target, cause=command.cause, progress=progressed)
        except AlreadyThere:
            return Settled(number=command.number, atom=command.atom, node=command.target)
        self._rows[command.number] = row
        return Settled(
            number=command.number,
            atom=command.atom,
            node=row.target,
            epoch=row.epoch + 1,
            total_ms=row.total_ns * MS_PER_NS,
            downtime_ms=row.downtime_ns * MS_PER_NS,
            bytes=row.bytes,
            rounds=row.rounds,
        )

    async def _start(self, command: Start) -> Settled:
        # Parts of a program find each other by it.
        known = PartAlias(scope=command.program, alias=command.part.part)
        part = msgspec.structs.replace(command.part, aliases=(*command.part.aliases, known))
        wasm = await self._modules.get(part.module)
        name = local_name(command.atom)
        atom = await begun(
            self._link, wasm, part, spec=command.spec, argv0=command.argv0, name=name, node=command.target
        )
        return Settled(number=command.number, atom=command.atom, node=command.target, epoch=atom.epoch)

    async def _restore(self, command: Restore) -> Settled:
        try:
            image = await self._image(command.atom, command.module) if command.module else None
            placed = await self._link.restore_at(command.atom, command.target, image)
        except AlreadyRuns as error:
            # Somebody has it; that node's next report says who.
            return Settled(number=command.number, error=str(error), busy=True)
        return Settled(number=command.number, atom=command.atom, node=placed.node, epoch=placed.epoch)

    async def _image(self, atom: str, module: str) -> tuple[int, str]:
        """The newest image of an atom with a module: its number, and who keeps it.

        Raises:
            NoImage: There is none.
        """
        rows = [row for row in await self._link.images(atom) if row.module.hex() == module]
        if not rows:
            raise NoImage(f"there is no image of {atom} with the module {module[:12]}")
        newest = max(rows, key=lambda row: (row.taken_at_ns, row.epoch))
        return newest.id, newest.node

    async def _stop(self, command: Stop) -> Settled:
        try:
            await self._link.named(command.atom).stop(keep=command.keep or command.again)
        except (Finished, NotRunning):
            return Settled(number=command.number, atom=command.atom)
        return Settled(number=command.number, atom=command.atom)

    async def _forget(self, command: Forget) -> Settled:
        await self._link.named(command.atom).forget()
        return Settled(number=command.number, atom=command.atom)

    async def _reload(self, command: Reload) -> Settled:
        # What it is given back from, should it not do.
        await self._link.named(command.atom).checkpoint()
        answer = await self._link.reload(command.atom, await self._modules.get(command.module))
        return Settled(number=command.number, atom=command.atom, epoch=answer.epoch)
