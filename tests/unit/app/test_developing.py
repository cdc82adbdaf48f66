"""An atom while it is worked on, in a realm that the test answers for."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sojourn.app import developing
from sojourn.app.connection import connect
from sojourn.app.developing import Developing
from sojourn.core.atom import StreamName
from sojourn.model import wire
from sojourn.model.errors import SojournError
from sojourn.model.node_errors import NodeInvalidModule
from tests.unit.fake_realm import FakeRealm

MODULE = b'(module (func (export "handle")))'


class Heard:
    """Lines that were told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.news = asyncio.Event()

    def told(self, line: str) -> None:
        self.lines.append(line)
        self.news.set()

    def failed(self, error: SojournError) -> None:
        self.told(f"failed: {error}")

    def wrote(self, _stream: StreamName, chunk: bytes) -> None:
        self.told(f"wrote {chunk.decode()}")

    async def until(self, line: str, times: int = 1) -> None:
        """Waits until so many lines were told that begin so."""
        while sum(told.startswith(line) for told in self.lines) < times:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "build.sh").write_text('cp source.wat made.wasm && echo "$PWD/made.wasm"')
    (folder / "source.wat").write_bytes(MODULE)
    return folder


@pytest.fixture
def reloads(realm: FakeRealm, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Modules that an atom was given; the second time its memory stays, the third time it is refused."""
    given: list[bytes] = []

    def on_reload(request: wire.ReloadRequest, _to: str | None) -> wire.Response:
        given.append(realm.contents.get(request.module, b""))
        if len(given) > 2:
            return wire.FailedResponse(NodeInvalidModule.code, "it is no good", None)
        return wire.ReloadedResponse(request.atom, 2 << 32, "it names no layout" if len(given) == 1 else None)

    realm.ended = False
    realm.answers[wire.ReloadRequest] = on_reload
    monkeypatch.setattr(developing, "LOOK_S", 0.02)
    return given


def develop(folder: Path, steps: Callable[[Heard], Awaitable[None]]) -> Heard:
    """Works on it while the steps are done."""
    heard = Heard()

    async def work() -> None:
        async with connect() as realm:
            task = asyncio.create_task(Developing(realm, folder, None, heard).run())
            await asyncio.wait_for(steps(heard), 60)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(work())
    return heard


def change(folder: Path, number: int) -> None:
    (folder / "source.wat").write_bytes(MODULE + b" " * number)


def test_what_changes_is_built_and_reloaded_and_what_happened_is_said(
    realm: FakeRealm, folder: Path, reloads: list[bytes]
) -> None:
    async def steps(heard: Heard) -> None:
        await heard.until("started")
        change(folder, 1)
        await heard.until("reloaded mine-abc123: keys and messages kept, memory fresh, as it names no layout")
        change(folder, 2)
        await heard.until("reloaded mine-abc123: keys and messages kept, memory kept")
        change(folder, 3)
        await heard.until("failed: it is no good")

    develop(folder, steps)
    assert len(reloads) == 3
    # It ended with whoever worked on it.
    assert realm.atoms == {}


def test_a_build_that_fails_leaves_what_runs(realm: FakeRealm, folder: Path, reloads: list[bytes]) -> None:
    async def steps(heard: Heard) -> None:
        await heard.until("started")
        (folder / "build.sh").write_text("echo line 1: wrong >&2; exit 1")
        await heard.until("failed: line 1: wrong")
        assert len(realm.atoms) == 1
        (folder / "build.sh").write_text('cp source.wat made.wasm; echo "$PWD/made.wasm"')
        await heard.until("built: nothing has changed")

    develop(folder, steps)
    assert reloads == []


def test_what_does_not_build_at_first_is_started_once_it_does(folder: Path, reloads: list[bytes]) -> None:
    (folder / "build.sh").write_text("exit 1")

    async def steps(heard: Heard) -> None:
        await heard.until("failed")
        (folder / "build.sh").write_text('cp source.wat made.wasm; echo "$PWD/made.wasm"')
        await heard.until("started")

    develop(folder, steps)
    assert reloads == []


def test_one_that_has_ended_is_started_again(realm: FakeRealm, folder: Path, reloads: list[bytes]) -> None:
    realm.output, realm.ended = b"bye", True

    async def steps(heard: Heard) -> None:
        await heard.until("wrote bye")
        atom = next(iter(realm.atoms))
        await asyncio.to_thread(realm.on_stop, wire.StopRequest(atom, keep=False), None)
        change(folder, 1)
        await heard.until("started", 2)

    develop(folder, steps)
    assert reloads == []
