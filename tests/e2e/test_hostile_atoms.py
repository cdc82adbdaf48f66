"""Atoms that mean harm by calls and messages: each is told what it may not, its node stays up and answers others."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

import sojourn
from sojourn import Atom, Realm
from sojourn.core.annotation import annotated
from sojourn.model.node_errors import Busy, NoRoom, TimedOut
from tests.e2e.nodes import PATIENCE_S, Process, eventually, living, met

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
MIB = 1 << 20
# A mailbox takes 16 MiB, and as much waits at whoever fills it; the rest is for what the machine's allocator keeps.
FLOODED_BYTES = 160 * MIB
# What the journal of one atom may take when it is quiet again: less than 64 MiB that no image has yet, in up to six
# files of 16 MiB that are not all full; one that is begun; two that are written again. Batches can make a file longer.
KEPT_BYTES = 160 * MIB


def built(*sources: str) -> dict[str, Path]:
    """Atoms by name."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), *(str(ROOT / source) for source in sources), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {Path(path).stem: Path(path) for path in made.values()}


@pytest.fixture(scope="session")
def guests() -> dict[str, Path]:
    """One that does what it is asked to, and one that answers."""
    return built("tests/guests/wicked.c", "sdk/conformance/c/echo.c")


class Stage:
    """A realm with a neighbour, whom nothing may keep from answering."""

    def __init__(self, realm: Realm, guests: dict[str, Path]) -> None:
        self.realm = realm
        self.guests = guests

    async def start(self, atom: str, *args: str, module: Path | None = None) -> Atom:
        """An atom at the first node."""
        return await self.realm.start(module or self.guests["wicked"], args=args, atom=atom, node="node-1")

    async def ask(self, what: str, data: str = "", subject: str = "", to: str = "wicked") -> list[str]:
        """What a wicked atom was told."""
        answer = await self.realm.call(to, data, type=what, subject=subject, timeout=PATIENCE_S)
        return answer.data.decode().split(",")

    async def well(self) -> None:
        """The neighbour answers."""
        assert (await self.realm.call("neighbour", "still?", type="ask", timeout=PATIENCE_S)).data == b"still?"

    async def resident_bytes(self) -> int:
        """What the first node takes of its machine."""
        rows = {row.name: row for row in await self.realm.nodes()}
        return rows["node-1"].resident_bytes


Play = Callable[[Stage], Awaitable[None]]


@pytest.fixture
def play(nodes: Nodes, guests: dict[str, Path]) -> Callable[..., None]:
    """Plays on two nodes."""

    def run(scene: Play, options: Sequence[str] = ()) -> None:
        first, *_ = nodes("node-1", "node-2", options=options)

        async def played() -> None:
            async with sojourn.connect(first.address, realm=first.realm, timeout=PATIENCE_S) as realm:
                await met(realm, {"node-1", "node-2"})
                stage = Stage(realm, guests)
                await stage.start("neighbour", module=guests["echo"])
                await stage.start("wicked")
                await asyncio.wait_for(scene(stage), 2 * PATIENCE_S)
                await stage.well()

        asyncio.run(played())

    return run


def test_a_spawn_bomb_leaves_room_for_others(play: Callable[..., None]) -> None:
    most = 40

    async def scene(stage: Stage) -> None:
        assert await stage.ask("bomb") == ["Ok"]

        async def count() -> int:
            return len([row for row in await stage.realm.atoms() if row.node == "node-1"])

        # An eighth of the room is not for those that atoms start.
        await eventually(count, lambda count: count >= most - most // 8)
        await stage.well()
        assert await stage.ask("bomb") == ["NoRoom"]
        person = await stage.start("person", module=stage.guests["echo"])
        assert await living(stage.realm, person.name)
        assert await count() <= most - most // 8 + 1
        # Who asks for more than there is hears how much that is.
        people = [stage.start(f"person-{number}", module=stage.guests["echo"]) for number in range(most)]
        refused = [
            error for error in await asyncio.gather(*people, return_exceptions=True) if isinstance(error, NoRoom)
        ]
        assert refused
        assert "which is its limit" in str(refused[0])
        assert await count() <= most

    play(scene, ("--max-atoms", str(most)))


def test_names_and_arguments_without_measure_are_refused(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        codes = await stage.ask("names")
        # An alias may be any line.
        assert set(codes) == {"InvalidName", "UnknownAtom", "InvalidRequest", "Ok"}
        assert codes[-1] == "InvalidName"
        assert len([row for row in await stage.realm.atoms() if row.node == "node-1"]) == 2

    play(scene)


def test_pathological_patterns_take_linear_time(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        codes = await stage.ask("patterns")
        assert codes[0] == "Ok"
        assert set(codes[1:]) == {"UnknownAtom", "InvalidPattern"}, codes
        # The same from outside, and what is wrong is said.
        with pytest.raises(sojourn.NodeError, match="pattern"):
            await stage.realm.find("(?=a)a", scope="topic")
        assert await stage.realm.find("(a|aa)+b", scope="topic") == ()

    play(scene)


@pytest.mark.parametrize("what", ["flood", "storm"])
def test_a_flood_fills_no_more_than_a_mailbox(play: Callable[..., None], what: str) -> None:
    async def scene(stage: Stage) -> None:
        deaf = await stage.start("deaf", "deaf")
        await stage.start("other")
        before = await stage.resident_bytes()
        for name in ("wicked", "other"):
            for size in ("1", "65536", "1048576"):
                code, sent = (await stage.ask(what, size, deaf.name, to=name))[0].split()
                assert code == "Busy", sent
        assert await stage.resident_bytes() - before < FLOODED_BYTES
        [row] = await living(stage.realm, deaf.name)
        assert 0 < (row.waiting or 0) <= 4096

        async def send_on() -> None:
            while True:
                await stage.realm.send(deaf.name, bytes(MIB), timeout=0.1)

        with pytest.raises(Busy, match="no room"):
            await send_on()
        with pytest.raises((TimedOut, Busy)):
            await stage.realm.call(deaf.name, "?", timeout=0.1)
        # With all of that it goes where it is sent, and ends when it is told.
        await deaf.migrate("node-2")
        [moved] = await living(stage.realm, deaf.name)
        assert (moved.node, moved.waiting) == ("node-2", row.waiting)
        await deaf.stop(keep=False)

    play(scene)


def test_interrupts_reach_whoever_takes_them_and_no_more_than_it_can_hold(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.start("other")
        assert await stage.ask("listen", to="other") == ["Ok"]
        sent = 0
        for _ in range(5):
            code, count = (await stage.ask("storm", "100", "node-1/other"))[0].split()
            assert code == "Busy"
            sent += int(count)
        assert sent > 0

        async def heard() -> int:
            return int((await stage.ask("heard", to="other"))[0])

        await eventually(heard, lambda heard: heard == sent)

    play(scene)


def test_answers_and_deadlines_that_make_no_sense(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        deaf = await stage.start("deaf", "deaf")
        codes = await stage.ask("calls", subject=deaf.name)
        assert codes[:6] == ["UnknownCall", "UnknownCall", "UnknownCall", "UnknownFuture", "UnknownFuture",
                             "UnknownFuture"]  # fmt: skip
        far, over = ["Ok", "Ok", "TimedOut", "Ok"], ["Ok", "Ok", "TimedOut", "UnknownFuture"]
        assert codes[6:] == [*far * 4, *over], codes
        await deaf.stop(keep=False)

    play(scene)


def test_a_full_store_says_so_and_moves_with_its_atom(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        before = await stage.resident_bytes()
        count, *codes = await stage.ask("fill")
        assert 0 < int(count) < 64
        assert codes == ["NoRoom", "TooLarge", "TooLarge", "Ok", "Ok"]
        assert await stage.resident_bytes() - before < FLOODED_BYTES
        atom = await stage.realm.atom("wicked")
        for node in ("node-2", "node-1"):
            await atom.migrate(node)
        rows = await atom.keys("key-1")
        assert rows[0].value == b"x" * MIB
        assert (await stage.ask("fill"))[1:] == ["NoRoom", "TooLarge", "TooLarge", "Ok", "Ok"]

    play(scene)


def test_watches_that_nobody_hears_of_are_bounded(play: Callable[..., None]) -> None:
    async def scene(stage: Stage) -> None:
        before = await stage.resident_bytes()
        count, code = await stage.ask("watch", "1000000")
        assert code == "Busy"
        # With the one that was refused.
        assert 0 < int(count) <= 2 * 4096 + 1
        assert await stage.resident_bytes() - before < FLOODED_BYTES

    play(scene)


def test_a_durable_atom_that_is_flooded_keeps_its_journal_small(
    play: Callable[..., None], guests: dict[str, Path], tmp_path: Path
) -> None:
    journal = tmp_path / "node-1" / "journal"
    parts, part_bytes = 6400, MIB // 16

    def size() -> int:
        return sum(file.stat().st_size for file in journal.rglob("*") if file.is_file())

    async def scene(stage: Stage) -> None:
        durable = annotated(guests["wicked"].read_bytes(), [("durable", "true")])
        await stage.realm.start(durable, atom="ledger", node="node-1")
        await stage.start("other")
        pouring = [asyncio.create_task(stage.ask("pour", str(parts // 2), "node-1/ledger", to=name))
                   for name in ("wicked", "other")]  # fmt: skip
        while not all(task.done() for task in pouring):
            await stage.well()
        assert [await task for task in pouring] == [["Ok"], ["Ok"]]
        assert await stage.ask("heard", to="ledger") == ["0"]

        async def kept() -> int:
            return size()

        # What an image has is not kept twice.
        assert parts * part_bytes > 2 * KEPT_BYTES
        await eventually(kept, lambda kept: kept <= KEPT_BYTES)

    play(scene)
