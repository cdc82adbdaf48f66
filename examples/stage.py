"""What the stories of atoms have in common: atoms built from source, and a realm that ends with the story."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import sojourn

HERE = Path(__file__).resolve().parent
SOJOURN = Path(sys.executable).with_name("sojourn")
# An answer that has not come after this time will not come.
PATIENCE_S = 120.0


class Nodes:
    """`sojourn up`, as a person would start it in another terminal; it ends with the block.

    Attributes:
        address: Where a client connects.
        names: Names of the nodes.
        doors: Where its doors are, by name; those that the options ask for.
        controller: Where its controller answers; empty: it has none.
        page: Where that one's page is looked at; empty: nowhere.
    """

    def __init__(self, realm: str, nodes: int = 3, *options: str, controlled: bool = False) -> None:
        self._command = [str(SOJOURN), "up", "--nodes", str(nodes), "--port", "0", "--realm", realm]
        self._command += ["--json", *([] if controlled else ["--no-controller"]), *options]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(self._process.wait() or 1)
        told = json.loads(line)
        self.address: str = told["address"]
        self.names: list[str] = [row["name"] for row in told["nodes"]]
        self.doors: dict[str, str] = told["doors"]
        self.controller: str = told["controller"] or ""
        self.page: str = told["page"] or ""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


def built(folder: Path, *sources: str) -> list[Path]:
    """Compiles atoms of a story; their modules, in that order."""
    paths = [str(folder / source) for source in sources]
    command = [sys.executable, str(HERE.parent / "sdk" / "atoms.py"), *paths, "--json"]
    made = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return [Path(made[path]) for path in paths]


def play(realm: str, story: Callable[[sojourn.Realm, list[str]], Awaitable[bool]], nodes: int = 3) -> None:
    """Tells a story on a realm of its own; exit status 1 when it did not come out as it should."""

    async def told(connected: sojourn.Realm, place: Nodes) -> bool:
        return await story(connected, place.names)

    play_with_doors(realm, told, nodes=nodes)


def play_with_doors(
    realm: str, story: Callable[[sojourn.Realm, Nodes], Awaitable[bool]], *options: str, nodes: int = 3
) -> None:
    """The same, with the doors that the options of `sojourn up` ask for."""

    async def told(place: Nodes) -> bool:
        async with sojourn.connect(place.address, realm=realm, timeout=PATIENCE_S) as connected:
            return await story(connected, place)

    with Nodes(realm, nodes, *options) as place:
        went_well = asyncio.run(told(place))
    say("as it should be" if went_well else "NOT as it should be")
    sys.exit(0 if went_well else 1)


class Hopping:
    """Moves atoms in turn, each to the node after the one where it is, from now on.

    Attributes:
        hops: How many moves there were.
    """

    def __init__(self, atoms: list[sojourn.Atom], nodes: list[str], *, cause: str) -> None:
        self.hops = 0
        self._task = asyncio.create_task(self._go_on(atoms, nodes, cause))

    async def _go_on(self, atoms: list[sojourn.Atom], nodes: list[str], cause: str) -> None:
        # An atom that has ended does not move any more, and then the story is at its end.
        with suppress(sojourn.NodeError):
            while True:
                for atom in atoms:
                    place = (await atom.row()).node
                    await atom.migrate(nodes[(nodes.index(place) + 1) % len(nodes)], cause=cause)
                    self.hops += 1

    def lacks(self, hops: int) -> bool:
        """Whether there were fewer moves, and there will be more."""
        return self.hops < hops and not self._task.done()

    async def end(self) -> int:
        """Ends it; how many moves there were."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        return self.hops


def say(text: str) -> None:
    """A line."""
    print(text, flush=True)
