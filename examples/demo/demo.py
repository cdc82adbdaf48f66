"""Three nodes; Lua and SQLite at work, each hopping from node to node while it runs; a pair that hops while it talks.

python examples/demo/demo.py FOLDER-OF-GUESTS [--stay | --leave]

In a terminal they go on hopping after that, for whoever looks at the page, until Ctrl-C.
"""

from __future__ import annotations

import asyncio
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import Nodes, built, say  # noqa: E402 -- the path first

import sojourn  # noqa: E402 -- the path first
from sojourn.app.rest_client import RestClient  # noqa: E402 -- the path first
from sojourn.core.atom import Atom  # noqa: E402 -- the path first
from sojourn.core.realm import Realm  # noqa: E402 -- the path first
from sojourn.model.record import AtomRecord, MoveRecord, SettingRecord  # noqa: E402 -- the path first
from sojourn.model.wire import MoveRow  # noqa: E402 -- the path first

NODES = 3
# From one arrival to the next departure.
STAY_S = 0.15
# The same, where somebody looks on.
STAY_IN_SIGHT_S = 0.7
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
    atom = await started(realm, guests, story)
    hopping = asyncio.create_task(hop(story, atom, nodes))
    output = b""
    async for chunk in atom.logs(follow=True):
        output += chunk
        for line in chunk.decode(errors="replace").splitlines():
            place = story.moves[-1].target if story.moves else nodes[0]
            say(f"  {place}  {story.title}: {line}")
    await hopping
    story.lines, story.same = output.count(b"\n"), output == expected


async def started(realm: Realm, guests: Path, story: Story) -> Atom:
    """A program of the demo, started in the realm."""
    module = guests / story.guest
    return await realm.start(module, args=story.arguments, mounts=story.mounts(), stdin=story.stdin())


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


async def run(guests: Path, *, stay: bool) -> bool:
    """All stories at once, on one realm; whether all went well."""
    began = time.monotonic()
    with Nodes("demo", NODES, controlled=True) as nodes:
        say(f"{len(nodes.names)} nodes, each a process: {', '.join(nodes.names)}\n")
        # Only the demo moves its atoms.
        await asyncio.to_thread(pause, nodes.controller)
        async with await sojourn.connect(nodes.address, realm="demo") as realm:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*(tell(story, guests, realm, nodes.names) for story in STORIES))
                await talk(PAIR, realm, nodes.names)
            summary(time.monotonic() - began)
            say(f"\ndashboard: {nodes.page}")
            if stay:
                say("they go on hopping there until Ctrl-C")
                await linger(guests, realm, nodes)
    return all(story.same and story.moves for story in STORIES) and PAIR.well() and bool(PAIR.moves)


def pause(controller: str) -> None:
    """Has the controller leave atoms where they are."""
    body = {"value": "true"}
    RestClient(controller).ask("PUT", "/v1/settings/adapt.paused", SettingRecord, body=body)


async def linger(guests: Path, realm: Realm, nodes: Nodes) -> None:
    """Tells the stories again and again, for whoever looks on, until SIGINT or SIGTERM."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    [talker] = built(HERE, "talker.c")
    beginnings = [partial(started, realm, guests, story) for story in STORIES]
    beginnings += [
        partial(realm.start, talker, args=[other, str(PAIR.messages)], atom=name, node=node)
        for name, other, node in zip(PAIR.names, PAIR.names[::-1], nodes.names, strict=False)
    ]
    told = [asyncio.create_task(again(nodes, begin)) for begin in beginnings]
    waiting = asyncio.create_task(ended.wait())
    # One that cannot go on ends the demo, too, and says why.
    await asyncio.wait([waiting, *told], return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *told):
        task.cancel()
    outcomes = await asyncio.gather(*told, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not ended.is_set():
            raise outcome


async def again(nodes: Nodes, begin: Callable[[], Awaitable[Atom]]) -> None:
    """Starts an atom, has it hop, and starts it anew when it has ended."""
    while True:
        atom = await begin()
        hopping = asyncio.create_task(hop_in_sight(nodes, atom.name))
        try:
            await atom.wait()
        finally:
            hopping.cancel()
        with suppress(sojourn.NodeError):
            await atom.forget()


async def hop_in_sight(nodes: Nodes, atom: str) -> None:
    """Moves an atom around as a user of the controller, which tells the page of each move."""
    client = RestClient(nodes.controller)
    while True:
        await asyncio.sleep(STAY_IN_SIGHT_S)
        # Where it is on its way, or nobody knows it yet, or any more, it stays.
        with suppress(sojourn.SojournError):
            row = await asyncio.to_thread(client.ask, "GET", f"/v1/atoms/{atom}", AtomRecord)
            body = {"target": following(row.node, nodes.names), "cause": "the demo"}
            await asyncio.to_thread(client.ask, "POST", f"/v1/atoms/{atom}/moves", MoveRecord, body=body)


def following(node: str, names: list[str]) -> str:
    """The node after another."""
    return names[(names.index(node) + 1) % len(names)] if node in names else names[0]


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


def main(guests: Path, options: list[str]) -> int:
    """Tells all stories; the exit status."""
    stay = "--stay" in options or (sys.stdout.isatty() and "--leave" not in options)
    return 0 if asyncio.run(run(guests, stay=stay)) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
