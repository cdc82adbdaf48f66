"""What no report tells: aliases, and moves that somebody makes past the controller."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sojourn.app.controller import beside as module
from sojourn.app.controller.beside import Beside
from sojourn.control.decision import Stop
from sojourn.control.draft import Draft
from sojourn.control.placement import Fleet
from sojourn.control.registry import Registry
from sojourn.control.state import State
from sojourn.model.node_errors import Unreachable
from sojourn.model.record import AtomRecord
from sojourn.model.wire import Alias, MoveRow, MoveState, NameRow

BOUND_S = 60


class World:
    """Nodes that tell what a test says."""

    def __init__(self) -> None:
        self.state = State(Registry(), Fleet())
        self.rows: tuple[NameRow, ...] = ()
        self.moving: tuple[MoveRow, ...] = ()
        self.asked: list[str] = []
        self.away = False
        # How often names were asked for, and moves looked for.
        self.finds = self.looks = 0
        self.beside = Beside(self, self.known)

    def known(self) -> State:
        self.looks += 1
        return self.state

    async def find(self, pattern: str = "", scope: str | None = None) -> tuple[NameRow, ...]:
        assert (pattern, scope) == ("", None)
        self.finds += 1
        if self.away:
            raise Unreachable("nobody answers")
        return self.rows

    async def moves_at(self, node: str) -> tuple[MoveRow, ...]:
        self.asked.append(node)
        return self.moving

    def atom(self, state: str) -> None:
        self.state.registry.put(AtomRecord(name="node-1/lua", node="node-1", state=state))


def move(state: MoveState, sent: int = 0, pending: int = 0) -> MoveRow:
    return MoveRow(
        id=7,
        atom="node-1/lua",
        source="node-1",
        target="node-2",
        epoch=1,
        cause="asked for",
        state=state,
        code=None,
        text=None,
        rounds=1,
        bytes=sent,
        pending_bytes=pending,
        started_at_ns=5 * 10**9,
        total_ns=0,
        paused_ns=0,
        downtime_ns=0,
    )


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[World], Awaitable[None]]], None]:
    for name in ("NAMES_S", "MOVES_S", "SHARE"):
        monkeypatch.setattr(module, name, 0.001)

    async def run(work: Callable[[World], Awaitable[None]]) -> None:
        world = World()
        asking = asyncio.create_task(world.beside.ask())
        try:
            await asyncio.wait_for(work(world), BOUND_S)
            assert not asking.done()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert world.beside.moves == {}

    return lambda work: asyncio.run(run(work))


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 -- what is waited for tells nobody
        await asyncio.sleep(0.001)


def test_aliases_are_another_object_only_when_they_changed(ran: Callable[..., None]) -> None:
    async def work(world: World) -> None:
        rows = (
            NameRow("node-1/lua", "node-1", (Alias("topic", "prices"), Alias("room", "a"))),
            NameRow("node-1/oil", "node-1", ()),
        )
        world.rows = rows
        await until(lambda: len(world.beside.aliases) == 1)
        known = world.beside.aliases
        assert known == {"node-1/lua": (("topic", "prices"), ("room", "a"))}
        world.away = True
        world.rows = (rows[0], NameRow("node-1/oil", "node-1", (Alias("topic", "oil"),)))
        before = world.finds
        await until(lambda: world.finds > before + 1)
        assert world.beside.aliases is known
        world.away = False
        await until(lambda: world.beside.aliases is not known)
        assert world.beside.aliases["node-1/oil"] == (("topic", "oil"),)

    ran(work)


def test_a_move_past_the_controller_is_followed_to_its_end(ran: Callable[..., None]) -> None:
    async def work(world: World) -> None:
        world.atom("running")
        world.moving = (move(MoveState.COPYING, 100, 300),)
        await until(lambda: world.looks > 2)
        assert world.asked == []
        world.atom("leaving")
        await until(lambda: len(world.beside.moves) == 1)
        (seen,) = world.beside.moves.values()
        assert (seen.number, seen.target, seen.phase, seen.decided_at, seen.rounds) == (-1, "node-2", "copying", 5.0, 1)
        assert 0.05 < seen.progress < 0.85
        # A new round has more to send: what is done does not become less.
        world.moving = (move(MoveState.COPYING, 101, 10_000),)
        await until(lambda: world.beside.moves[-1].bytes == 101)
        assert world.beside.moves[-1].progress == seen.progress
        # Its node tells of the atom no more; the move is asked for until it is over.
        world.atom("running")
        world.moving = (move(MoveState.SEALED, 101),)
        await until(lambda: world.beside.moves[-1].phase == "sealed")
        world.moving = (move(MoveState.DONE, 101),)
        await until(lambda: world.beside.moves == {})

    ran(work)


def test_what_the_controller_does_itself_is_not_told_twice(ran: Callable[..., None]) -> None:
    async def work(world: World) -> None:
        world.moving = (move(MoveState.COPYING),)
        world.atom("leaving")
        world.state.registry.begin(Draft(0.0), Stop(number=1, atom="node-1/lua", cause="it moves"))
        before = world.looks
        await until(lambda: world.looks > before + 2)
        assert world.asked == []
        assert world.beside.moves == {}

    ran(work)
