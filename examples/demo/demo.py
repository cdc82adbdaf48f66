"""Three nodes; Lua and SQLite at work, each hopping from node to node while it runs and while its output is read.

python examples/demo/demo.py FOLDER-OF-GUESTS
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import sojourn
from sojourn.core.atom import Atom
from sojourn.core.realm import Realm
from sojourn.model.wire import MoveRow

HERE = Path(__file__).resolve().parent
SOJOURN = Path(sys.executable).with_name("sojourn")
NODES = 3
# From one arrival to the next departure.
STAY_S = 0.15
# Output that has not come after this time will not come.
PATIENCE_S = 300


@dataclass
class Story:
    """One program of the demo, and what came of it.

    Attributes:
        title: What it is.
        guest: Its module.
        arguments: What it is given.
        files: Its folder in memory, which moves with it: path, and file beside this script.
        script: What it reads from its standard input.
    """

    title: str
    guest: str
    arguments: tuple[str, ...]
    mount: str
    files: tuple[str, ...] = ()
    script: str | None = None
    lines: int = 0
    same: bool = False
    moves: list[MoveRow] = field(default_factory=list)

    def mounts(self) -> dict[str, sojourn.Memory]:
        """Its folders."""
        return {self.mount: sojourn.Memory({name: (HERE / name).read_bytes() for name in self.files})}

    def stdin(self) -> bytes:
        """What it reads."""
        return (HERE / self.script).read_bytes() if self.script else b""


STORIES = (
    Story("Lua", "lua.wasm", ("/demo/collatz.lua",), mount="/demo", files=("collatz.lua",)),
    Story("SQLite", "sqlite.wasm", ("/data/accounts.db",), mount="/data", script="transfer.sql"),
)


class Nodes:
    """`sojourn up`, as a person would start it in another terminal."""

    def __enter__(self) -> Self:
        command = [str(SOJOURN), "up", "--nodes", str(NODES), "--port", "0", "--realm", "demo", "--json"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(self._process.wait() or 1)
        told = json.loads(line)
        self.address: str = told["address"]
        self.names: list[str] = [row["name"] for row in told["nodes"]]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


async def tell(story: Story, guests: Path, realm: Realm, nodes: list[str]) -> None:
    """Runs a program twice: at rest, and hopping; compares what they print."""
    module = guests / story.guest
    rested = sojourn.start(module, args=story.arguments, mounts=story.mounts(), stdin=story.stdin())
    expected = await asyncio.to_thread(rested.stdout.read)
    lines = expected.count(b"\n")
    say(f"{story.title}: the uninterrupted run printed {lines} lines")
    atom = await realm.start(module, args=story.arguments, mounts=story.mounts(), stdin=story.stdin())
    hopping = asyncio.create_task(hop(story, atom, nodes))
    output = b""
    async for chunk in atom.logs(follow=True):
        output += chunk
        for line in chunk.decode(errors="replace").splitlines():
            place = story.moves[-1].target if story.moves else nodes[0]
            say(f"  {place}  {story.title}: {line}")
    await hopping
    story.lines, story.same = output.count(b"\n"), output == expected


async def hop(story: Story, atom: Atom, nodes: list[str]) -> None:
    """Moves an atom around until it ends."""
    place = 0
    # It ends while it is asked to move: then the last move is refused.
    with suppress(sojourn.NodeError):
        while True:
            await asyncio.sleep(STAY_S)
            place = (place + 1) % len(nodes)
            story.moves.append(await atom.migrate(nodes[place], cause="the demo"))


async def run(guests: Path) -> bool:
    """All stories at once, on one realm; whether all went well."""
    with Nodes() as nodes:
        say(f"{len(nodes.names)} nodes, each a process: {', '.join(nodes.names)}\n")
        async with await sojourn.connect(nodes.address, realm="demo") as realm:
            await asyncio.gather(*(tell(story, guests, realm, nodes.names) for story in STORIES))
    return all(story.same and story.moves for story in STORIES)


def summary(took_s: float) -> None:
    """What came of it."""
    say(f"\n{'program':<8} {'hops':>5} {'downtime p50':>13} {'worst':>9} {'moved':>9}  result")
    for story in STORIES:
        down = [move.downtime_ns / 1e6 for move in story.moves] or [0.0]
        moved = sum(move.bytes for move in story.moves) / 2**20
        result = "the same as without hops" if story.same else "DIFFERENT"
        say(
            f"{story.title:<8} {len(story.moves):>5} {statistics.median(down):>10.1f} ms {max(down):>6.1f} ms"
            f" {moved:>5.0f} MiB  {result}, {story.lines} lines"
        )
    say(f"in {took_s:.0f} s")


def say(text: str) -> None:
    """A line."""
    print(text, flush=True)


def main(guests: Path) -> int:
    """Tells all stories; the exit status."""
    began = time.monotonic()
    well = asyncio.run(asyncio.wait_for(run(guests), PATIENCE_S))
    summary(time.monotonic() - began)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
