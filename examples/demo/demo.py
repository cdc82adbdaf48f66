"""Three nodes; Lua and SQLite at work, each hopping from node to node while it runs; a pair that hops while it talks.

python examples/demo/demo.py FOLDER-OF-GUESTS
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import Nodes, built, say  # noqa: E402 -- the path first

import sojourn  # noqa: E402 -- the path first
from sojourn.core.atom import Atom  # noqa: E402 -- the path first
from sojourn.core.realm import Realm  # noqa: E402 -- the path first
from sojourn.model.wire import MoveRow  # noqa: E402 -- the path first

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


@dataclass
class Pair:
    """Two atoms that talk, and what came of it.

    Attributes:
        counts: Of each: messages that came, that were lost, that came twice, that came out of order.
    """

    names: tuple[str, str] = ("alice", "bob")
    messages: int = 100_000
    counts: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    moves: list[MoveRow] = field(default_factory=list)

    def well(self) -> bool:
        """Whether each has every message of the other one, once and in order."""
        return len(self.counts) == len(self.names) and all(
            count == (self.messages, 0, 0, 0) for count in self.counts.values()
        )


PAIR = Pair()


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


async def hop(story: Story | Pair, atom: Atom, nodes: list[str]) -> None:
    """Moves an atom around until it ends."""
    place = 0
    # It ends while it is asked to move: then the last move is refused.
    with suppress(sojourn.NodeError):
        while True:
            await asyncio.sleep(STAY_S)
            place = (place + 1) % len(nodes)
            story.moves.append(await atom.migrate(nodes[place], cause="the demo"))


async def talk(pair: Pair, realm: Realm, nodes: list[str]) -> None:
    """Lets two atoms send each other numbered messages while both hop."""
    [module] = built(HERE, "talker.c")
    say(f"{' and '.join(pair.names)} send each other {pair.messages:,} messages")
    atoms = [
        await realm.start(module, args=[other, str(pair.messages)], atom=name, node=node)
        for name, other, node in zip(pair.names, pair.names[::-1], nodes, strict=False)
    ]
    hopping = [asyncio.create_task(hop(pair, atom, nodes[place:] + nodes[:place])) for place, atom in enumerate(atoms)]
    for name, atom in zip(pair.names, atoms, strict=True):
        output = b"".join([chunk async for chunk in atom.logs(follow=True)])
        came, lost, repeated, reordered, moves = map(int, output.split())
        pair.counts[name] = (came, lost, repeated, reordered)
        say(f"  {name} has {came:,} messages after {moves} moves")
    await asyncio.gather(*hopping)


async def run(guests: Path) -> bool:
    """All stories at once, on one realm; whether all went well."""
    with Nodes("demo", NODES) as nodes:
        say(f"{len(nodes.names)} nodes, each a process: {', '.join(nodes.names)}\n")
        async with await sojourn.connect(nodes.address, realm="demo") as realm:
            await asyncio.gather(*(tell(story, guests, realm, nodes.names) for story in STORIES))
            await talk(PAIR, realm, nodes.names)
    return all(story.same and story.moves for story in STORIES) and PAIR.well() and bool(PAIR.moves)


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
    came, lost, repeated, reordered = (sum(counts) for counts in zip(*PAIR.counts.values(), strict=True))
    down = [move.downtime_ns / 1e6 for move in PAIR.moves] or [0.0]
    say(
        f"{'pair':<8} {len(PAIR.moves):>5} {statistics.median(down):>10.1f} ms {max(down):>6.1f} ms"
        f" {sum(move.bytes for move in PAIR.moves) / 2**20:>5.0f} MiB"
        f"  {came:,} messages: {lost} lost, {repeated} repeated, {reordered} reordered"
    )
    say(f"in {took_s:.0f} s")


def main(guests: Path) -> int:
    """Tells all stories; the exit status."""
    began = time.monotonic()
    well = asyncio.run(asyncio.wait_for(run(guests), PATIENCE_S))
    summary(time.monotonic() - began)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
