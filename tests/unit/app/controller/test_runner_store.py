"""The controller's loop with a store that is away for a while, and what it counts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from sojourn.app.controller import runner as loop
from sojourn.app.controller.followers import Followers
from sojourn.app.controller.modules import Modules
from sojourn.app.controller.runner import Runner
from sojourn.app.controller.service.service import Service
from sojourn.app.observe.traces import NoTraces
from sojourn.control.decision import Set
from sojourn.model.errors import NotLeader, StorageError
from sojourn.model.record import RealmEvent, Record, Write
from sojourn.store.open import open_store
from tests.e2e.nodes import eventually

if TYPE_CHECKING:
    from sojourn.app.controller.link import Link

BOUND_S = 60


class Nobody:
    """A realm without nodes."""

    def peers(self) -> tuple[str, ...]:
        return ()

    async def reports(self) -> Sequence[Any]:
        return ()


class Flaky:
    """A store that is away when it is told to be."""

    def __init__(self, path: Path) -> None:
        self._store = open_store(str(path))
        self.away = False

    def here(self) -> Any:  # noqa: ANN401 -- the store, of which each method is used
        if self.away:
            raise StorageError("the store is away")
        return self._store

    def lead(self) -> int | None:
        term: int | None = self.here().lead()
        return term

    def leader(self) -> str | None:
        leader: str | None = self.here().leader()
        return leader

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        events: tuple[RealmEvent, ...] = self.here().apply(term, writes)
        return events

    def records(self, kind: str) -> Iterator[Record]:
        records: Iterator[Record] = self.here().records(kind)
        return records

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        events: tuple[RealmEvent, ...] = self.here().events(after, most)
        return events

    def first_event(self) -> int:
        return int(self.here().first_event())

    def last_event(self) -> int:
        return int(self.here().last_event())

    def prune(self, term: int, *, events: int, moves: int) -> None:
        self.here().prune(term, events=events, moves=moves)

    def close(self) -> None:
        self._store.close()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    monkeypatch.setattr(loop, "RETRY_S", 0.01)
    flaky = Flaky(tmp_path / "x.sqlite")
    yield flaky
    flaky.close()


def made(store: Flaky, folder: Path) -> Runner:
    """A controller of nobody."""
    return Runner(
        cast("Link", Nobody()),
        store,
        modules=Modules(folder, lambda: 1.0),
        followers=Followers(),
        traces=NoTraces(),
        clock=lambda: 1.0,
        policies={},
    )


def run(runner: Runner, work: Callable[[], Awaitable[None]]) -> None:
    """Lets a controller run while something is done."""

    async def both() -> None:
        running = asyncio.create_task(runner.run())
        try:
            async with asyncio.timeout(BOUND_S):
                await work()
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(both())


async def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds."""

    async def ask() -> bool:
        return holds()

    await eventually(ask, bool)


def test_a_store_that_is_away_for_a_while_ends_no_controller(store: Flaky, tmp_path: Path) -> None:
    runner = made(store, tmp_path)

    async def work() -> None:
        await until(lambda: runner.leads)
        assert not (await runner.decide(Set("adapt.paused", "true"))).refused
        store.away = True
        with pytest.raises((StorageError, NotLeader)):
            await runner.decide(Set("adapt.paused", "false"))
        await until(lambda: 'store_errors_total{work="lead"} ' in runner.metrics.text()[0])
        assert "sojourn_leads 0.0" in runner.metrics.text()[0]
        store.away = False
        await until(lambda: runner.leads)
        # What was not kept is not held for true.
        assert runner.controller.state.registry.settings.text("adapt.paused") == "true"

    run(runner, work)


def test_events_go_on_after_those_of_an_earlier_life(store: Flaky, tmp_path: Path) -> None:
    runner = made(store, tmp_path)

    async def work() -> None:
        await until(lambda: runner.leads)
        await runner.decide(Set("adapt.paused", "true"))
        await until(lambda: runner.followers.last > 0)

    run(runner, work)
    last = runner.followers.last
    again = made(store, tmp_path)
    service = Service(again, Modules(tmp_path, lambda: 1.0), again.followers, "local")

    async def follow() -> None:
        # Also before it has read what is kept.
        assert (await service.event_range()).last == last
        await until(lambda: again.leads)
        assert again.followers.last == last
        parts = service.events(last)
        following = asyncio.ensure_future(anext(parts))
        await again.decide(Set("adapt.paused", "false"))
        assert [event.number for event in await following] == [last + 1]
        await parts.aclose()

    run(again, follow)


def test_what_is_kept_is_counted_once(store: Flaky, tmp_path: Path) -> None:
    runner = made(store, tmp_path)

    async def work() -> None:
        await until(lambda: runner.leads)
        await runner.decide(Set("adapt.paused", "true"))

    run(runner, work)
    kept = [event.kind for event in store.events(0, 100)]
    assert kept
    for kind in set(kept):
        assert f'sojourn_events_total{{kind="{kind}"}} {float(kept.count(kind))}' in runner.metrics.text()[0]


def test_a_store_that_cannot_be_read_at_all_is_told(store: Flaky, tmp_path: Path) -> None:
    store.away = True
    with pytest.raises(StorageError, match="the store is away"):
        asyncio.run(made(store, tmp_path).run())
