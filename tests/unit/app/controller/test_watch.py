"""Those who look on: one look for all, none when nobody does, and the whole picture for who falls behind."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import msgspec
import pytest

from sojourn.app.controller import watch as module
from sojourn.app.controller.followers import Followers
from sojourn.app.controller.watch import CHANGES, Watch
from sojourn.control.picture import View
from sojourn.control.placement import Fleet
from sojourn.control.registry import Registry
from sojourn.control.state import State
from sojourn.gateway.http.told import Said
from sojourn.model.picture import Change, Picture, applied
from sojourn.model.record import AtomRecord

BOUND_S = 60


class Scene:
    """A realm of which a test says what there is."""

    def __init__(self) -> None:
        self.state = State(Registry(), Fleet())
        self.followers = Followers()
        self.looks = 0
        self.failing = 0
        self.watch = Watch("local", self.view, self.followers)

    def view(self) -> View:
        self.looks += 1
        if self.failing:
            self.failing -= 1
            raise ValueError("a mistake of ours")
        return View(at=0.0, role="leading", number=self.followers.last, state=self.state)

    def put(self, name: str) -> None:
        self.state.registry.put(AtomRecord(name=f"node-1/{name}"))


def ran(work: Callable[[Scene], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(work(Scene()), BOUND_S)

    asyncio.run(run())


async def seen_until(
    parts: AsyncGenerator[Sequence[Said], None], enough: Callable[[Picture], bool], picture: Picture | None = None
) -> tuple[Picture, list[str]]:
    """The picture that a follower has once it is as wanted, and the kinds of what it was told for that."""
    kinds = []
    while picture is None or not enough(picture):
        for said in await anext(parts):
            kinds.append(said.kind)
            encoded = msgspec.json.encode(said.value)
            if said.kind == "picture":
                picture = msgspec.json.decode(encoded, type=Picture)
            else:
                assert picture is not None
                picture = applied(picture, msgspec.json.decode(encoded, type=Change))
    return picture, kinds


def has(*names: str) -> Callable[[Picture], bool]:
    return lambda picture: {row[0] for row in picture.atoms.rows} == {f"node-1/{name}" for name in names}


def test_a_follower_has_the_picture_and_then_what_changes() -> None:
    async def work(scene: Scene) -> None:
        scene.put("a")
        parts = scene.watch.follow()
        picture, kinds = await seen_until(parts, has("a"))
        assert kinds == ["picture"]
        scene.put("b")
        picture, kinds = await seen_until(parts, has("a", "b"), picture)
        assert kinds == ["change"]
        await parts.aclose()

    ran(work)


def test_nobody_looks_when_nobody_follows() -> None:
    async def work(scene: Scene) -> None:
        assert scene.looks == 0
        first, second = scene.watch.follow(), scene.watch.follow()
        await asyncio.gather(anext(first), anext(second))
        await first.aclose()
        scene.put("a")
        await seen_until(second, has("a"), Picture(at=0.0, realm="local", role="", number=0))
        await second.aclose()
        before = scene.looks
        for _ in range(3):
            scene.followers.reached(scene.followers.last + 1)
            await asyncio.sleep(0)
        assert scene.looks == before
        # Whoever comes then sees what happened meanwhile.
        scene.put("b")
        third = scene.watch.follow()
        assert has("a", "b")((await seen_until(third, has("a", "b")))[0])
        await third.aclose()

    ran(work)


def test_who_falls_behind_is_told_the_whole_picture_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.0)

    async def work(scene: Scene) -> None:
        slow, quick = scene.watch.follow(), scene.watch.follow()
        before, _ = await seen_until(slow, has())
        picture, _ = await seen_until(quick, has())
        names = [f"a{number}" for number in range(CHANGES + 10)]
        for at, name in enumerate(names):
            scene.put(name)
            picture, kinds = await seen_until(quick, has(*names[: at + 1]), picture)
            assert set(kinds) == {"change"}
        late, kinds = await seen_until(slow, has(*names), before)
        assert kinds == ["picture"]
        assert late == picture
        scene.put("last")
        assert (await seen_until(slow, has(*names, "last"), late))[1] == ["change"]
        await slow.aclose()
        await quick.aclose()

    ran(work)


def test_a_mistake_does_not_end_it(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)

    async def work(scene: Scene) -> None:
        parts = scene.watch.follow()
        picture, _ = await seen_until(parts, has())
        scene.failing = 2
        scene.put("a")
        _, kinds = await seen_until(parts, has("a"), picture)
        assert kinds == ["picture"]
        await parts.aclose()

    ran(work)
    assert "the picture of the realm could not be made" in caplog.text
