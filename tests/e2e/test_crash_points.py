"""A node is killed at each step of a move: its atom lives exactly once afterwards, or is restored from its image."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from tests.e2e.nodes import Process, eventually, living, met

Nodes = Callable[..., list[Process]]
ARGUMENTS = ("1", "10", "700")
POINTS = [
    "source:offered",
    "source:accepted",
    "source:copying",
    "source:copied",
    "source:stopping",
    "source:stopped",
    "source:sealed",
    "source:released",
    "source:ended",
    "target:offered",
    "target:pages",
    "target:sealed",
    "target:built",
    "target:released",
    "target:owned",
]


@pytest.mark.parametrize("point", POINTS)
def test_the_atom_lives_once_whoever_is_killed(nodes: Nodes, steady: Path, point: str) -> None:
    side = point.partition(":")[0]
    source, target, door = processes = nodes("source", "target", "door", crash={side: point})
    killed, other = (source, target) if side == "source" else (target, source)
    expected = sojourn.start(steady, args=ARGUMENTS).stdout.read()

    async def run() -> None:
        async with await sojourn.connect(door.address, realm=door.realm) as realm:
            await met(realm, {process.name for process in processes})
            atom = await realm.start(steady, args=ARGUMENTS, node="source")
            await atom.checkpoint()
            # Who asks may or may not hear how it ended.
            with suppress(sojourn.SojournError):
                await atom.migrate("target", cause="the test")
            killed.wait()
            await eventually(lambda: living(realm, atom.name), lambda rows: len(rows) <= 1)
            killed.begin(join=other.address)
            await met(realm, {process.name for process in processes})
            # Nobody is left who knows whether it was released: a target drops what it holds, a source keeps its image.
            rows = await eventually(
                lambda: living(realm, atom.name),
                lambda rows: all(row.state.name not in {"HELD", "FROZEN"} for row in rows),
            )
            assert len(rows) <= 1
            if not rows:
                atom = await realm.restore(atom.name, node="door")
            assert b"".join([chunk async for chunk in atom.logs(follow=True)]) == expected
            assert len(await living(realm, atom.name)) == 0

    asyncio.run(run())
