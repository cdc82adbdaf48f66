"""A controller over a generated realm, in a process of its own.

    python server.py FOLDER PORT NODES ATOMS CHANGES_PER_S

Its port is the line that it prints when it is ready. It ends at SIGTERM; begun anew in the same folder it goes on with
what is kept there, as a controller does.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from generated import MOVE_S, OVER_S, Driven, Over, Realm, Size

from sojourn.app.controller.followers import Followers
from sojourn.app.controller.modules import Modules
from sojourn.app.controller.runner import Asked, Runner
from sojourn.app.controller.service.service import Service
from sojourn.app.observe.traces import NoTraces
from sojourn.control.decision import Forget, Move, Settled, Tick
from sojourn.dashboard.files import Page
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import guard_of
from sojourn.gateway.http.listener import Place
from sojourn.gateway.http.server import serving
from sojourn.model.record import KINDS
from sojourn.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sojourn.app.controller.link import Link
    from sojourn.control.decision import Command

# The load is made in parts, so often; ticks are as a controller's.
PART_S, TICK_S = 0.05, 0.2


def asked(event: object) -> Asked:
    """An event in the inbox; `Driven` takes its own kinds, too."""
    return Asked(cast("Any", event), None)


class Nobody:
    """Nodes that are made up have nothing to tell when they are asked."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[tuple[()]]]:
        async def nothing(*_: object, **__: object) -> tuple[()]:
            return ()

        return nothing


class Load(Runner):
    """The controller's loop, over nodes that are made up."""

    realm: Realm
    loaded: asyncio.Event

    async def _lead(self) -> None:
        self.loaded.set()
        await super()._lead()

    def load(self) -> None:
        """Takes what is kept, or begins a realm."""
        controller = Driven(self.policies)
        controller.load(record for kind in KINDS for record in self.store.records(kind))
        self.controller = controller
        registry = controller.state.registry
        if registry.atoms:
            self.realm.born = max(int(re.sub(r".*-", "", name)) for name in registry.atoms)
        else:
            assert self.term is not None
            writes = [
                write
                for event in self.realm.begin(self.clock())
                for write in controller.handle(event, self.clock()).writes
            ]
            self.followers.publish(self.store.apply(self.term, tuple(writes)))
        self.ready = True

    async def _watch(self) -> None:
        while True:
            self._inbox.put_nowait(Asked(Tick(), None))
            await asyncio.sleep(TICK_S)

    async def _measure(self) -> None:
        before = self.clock()
        while True:
            await asyncio.sleep(PART_S)
            now = self.clock()
            for event in self.realm.changes(now - before, self.controller, now):
                self._inbox.put_nowait(asked(event))
                told = getattr(getattr(event, "report", None), "atoms", ())
                for atom in told:
                    self._start(self._put_away(atom.atom))
            before = now

    async def _put_away(self, atom: str) -> None:
        await asyncio.sleep(OVER_S)
        self._inbox.put_nowait(asked(Over(atom)))

    def _ask_annotations(self) -> None:
        """Modules that are made up have nothing to say."""

    async def _do(self, command: Command) -> None:
        outcome = Settled(number=command.number, atom=command.atom)
        if isinstance(command, Move):
            total = self.realm.random.uniform(*MOVE_S)
            await asyncio.sleep(total)
            atom = self.controller.state.registry.atoms.get(command.atom)
            outcome = Settled(
                number=command.number,
                atom=command.atom,
                node=command.target,
                epoch=0 if atom is None else atom.epoch + 1,
                total_ms=total * 1000.0,
                downtime_ms=self.realm.random.uniform(2.0, 9.0),
                bytes=self.realm.random.randrange(1 << 20, 1 << 24),
            )
        elif isinstance(command, Forget):
            await asyncio.sleep(0)
        self._inbox.put_nowait(Asked(outcome, None))


async def serve(folder: Path, port: int, size: Size) -> None:
    """Serves until it is told to end."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    store = await asyncio.to_thread(open_store, str(folder / "controller.sqlite"))
    modules, followers = Modules(folder / "modules", time.time), Followers()
    runner = Load(
        cast("Link", Nobody()),
        store,
        modules=modules,
        followers=followers,
        traces=NoTraces(),
        clock=time.time,
        policies={},
    )
    runner.realm = Realm(size, seed=int(time.time()))
    runner.loaded = asyncio.Event()
    running = asyncio.create_task(runner.run())
    await runner.loaded.wait()
    guard = guard_of(TokenFile(folder / "tokens.json"), loopback=True, always=False)
    service = Service(runner, modules, followers, "load")
    async with serving(Application(service, guard, Page().answer), Place("127.0.0.1", port)) as bound:
        sys.stdout.write(f"{bound.port}\n")
        sys.stdout.flush()
        await ended.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await asyncio.to_thread(store.close)


if __name__ == "__main__":
    _, where, at, nodes, atoms, rate = sys.argv
    asyncio.run(serve(Path(where), int(at), Size(int(nodes), int(atoms), float(rate))))
