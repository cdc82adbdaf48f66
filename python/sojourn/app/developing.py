"""An atom while it is worked on: built, run, and given its new module whenever a source changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from sojourn.app.project import BuildFailed, build, sources
from sojourn.core.annotation import said_by
from sojourn.model.errors import NodeError, OutputLost, SojournError
from sojourn.model.node_errors import UnknownAtom
from sojourn.model.wire import AtomState

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.core.atom import Atom, StreamName
    from sojourn.core.realm import Realm

# How often sources are looked at; a change counts when nothing has changed since the last look.
LOOK_S = 0.2
OVER = {AtomState.ENDED, AtomState.STOPPED}


class Screen(Protocol):
    """Where it is told how things go."""

    def told(self, line: str) -> None:
        """Something happened."""

    def failed(self, error: SojournError) -> None:
        """Something could not be done; it goes on as before."""

    def wrote(self, stream: StreamName, chunk: bytes) -> None:
        """The atom wrote something."""


class Developing:
    """An atom that is worked on.

    Args:
        realm: Where it runs.
        folder: Its folder.
        node: Its node; None: the one that the client talks to.
        screen: Who is told.
    """

    def __init__(self, realm: Realm, folder: Path, node: str | None, screen: Screen) -> None:
        self._realm, self._folder, self._node, self._screen = realm, folder, node, screen
        self._module = b""
        self._atom: Atom | None = None
        self._followers: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Until it is cancelled; then the atom ends, too."""
        try:
            await self._again()
            seen = sources(self._folder)
            while True:
                seen = await self._change(seen)
                await self._again()
        finally:
            await asyncio.shield(self._end())

    async def _change(self, seen: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Waits until sources have changed, and are at rest."""
        last = seen
        while True:
            await asyncio.sleep(LOOK_S)
            now = await asyncio.to_thread(sources, self._folder)
            if now == last != seen:
                return now
            last = now

    async def _again(self) -> None:
        """Builds it; what has changed runs from then on."""
        try:
            module = await build(self._folder)
            if module == self._module and await self._runs():
                self._screen.told("built: nothing has changed")
                return
            await self._use(module)
            self._module = module
        except (BuildFailed, NodeError) as error:
            self._screen.failed(error)

    async def _runs(self) -> bool:
        if self._atom is None:
            return False
        try:
            return (await self._atom.row()).state not in OVER
        except UnknownAtom:
            return False

    async def _use(self, module: bytes) -> None:
        if self._atom is not None and await self._runs():
            fresh = await self._atom.reload(module)
            kept = "memory kept" if fresh is None else f"memory fresh, as {fresh}"
            self._screen.told(f"reloaded {self._atom.name}: keys and messages kept, {kept}")
            return
        await self._end()
        name = dict(said_by(module)).get("name") or self._folder.resolve().name
        self._atom = await self._realm.start(module, name=name, node=self._node)
        self._followers = [asyncio.create_task(self._follow(self._atom, which)) for which in ("stdout", "stderr")]
        self._screen.told(f"started {self._atom.name}")

    async def _follow(self, atom: Atom, stream: StreamName) -> None:
        """Passes on what it writes, to its end."""
        offset: int | None = None
        while True:
            try:
                async for chunk in atom.logs(stream, follow=True, offset=offset):
                    offset = (offset or 0) + len(chunk)
                    self._screen.wrote(stream, chunk)
                break
            except OutputLost:
                offset = None
        if stream == "stdout":
            row = await atom.row()
            how = (
                f"with status {row.status}"
                if row.status is not None
                else f"badly: {row.reason or 'it does not say why'}"
            )
            self._screen.told(f"{atom.name} ended {how}; it is started again when a source changes")

    async def _end(self) -> None:
        """The atom is gone."""
        for follower in self._followers:
            follower.cancel()
        await asyncio.gather(*self._followers, return_exceptions=True)
        atom, self._atom, self._followers = self._atom, None, []
        if atom is None:
            return
        # It may have ended, or its node.
        with suppress(SojournError):
            await atom.stop(keep=False)
        with suppress(SojournError):
            await atom.forget()
