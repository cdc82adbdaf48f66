"""A chat room whose clients stay connected while it crosses three nodes.

python examples/chat/play.py [--stay]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, Hopping, Nodes, built, play_with_doors, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

GUESTS = 20
# So many lines of each guest, and as many as it takes for so many moves.
LINES = 20
HOPS = 12


class Guest:
    """Somebody in the room.

    Attributes:
        heard: The numbers of the lines that came, and who said what.
        pause_s: The longest time between saying something and hearing it.
    """

    def __init__(self, name: str, socket: ClientConnection) -> None:
        self.name = name
        self.heard: list[tuple[int, str, str]] = []
        self.nodes: set[str] = set()
        self.pause_s = 0.0
        self.said = 0
        self._socket = socket
        self._own = asyncio.Event()

    async def listen(self) -> None:
        """Hears what is said, until the connection ends."""
        async for text in self._socket:
            line = json.loads(text)
            self.heard.append((line["number"], line["from"], line["text"]))
            self.nodes.add(line["node"])
            if line["from"] == self.name:
                self._own.set()

    async def talk(self, moving: Hopping) -> None:
        """Says something, and again when it was heard."""
        while self.said < LINES or moving.lacks(HOPS):
            self._own.clear()
            began = time.monotonic()
            await self._socket.send(f"line {self.said}")
            self.said += 1
            await asyncio.wait_for(self._own.wait(), PATIENCE_S)
            self.pause_s = max(self.pause_s, time.monotonic() - began)


async def story(realm: sojourn.Realm, place: Nodes) -> bool:
    """Guests talk while the room moves."""
    [module] = built(HERE, "examples/room.rs")
    room = await realm.start(module, node=place.names[0])
    door = f"{place.doors['http']}/a/{room.name.partition('/')[2]}"
    say(f"the room: http://{door}/")
    if "--stay" in sys.argv:
        await stay(room, place.names)
    sockets = [
        await connect(f"ws://{door}/socket?name=guest-{number}", open_timeout=PATIENCE_S) for number in range(GUESTS)
    ]
    guests = [Guest(f"guest-{number}", socket) for number, socket in enumerate(sockets)]
    listening = [asyncio.create_task(guest.listen()) for guest in guests]
    moving = Hopping([room], place.names, cause="the room crosses nodes")
    await asyncio.gather(*(guest.talk(moving) for guest in guests))
    hops = await moving.end()
    lines = sum(guest.said for guest in guests)
    async with asyncio.timeout(PATIENCE_S):
        while any(len(guest.heard) < lines for guest in guests):  # noqa: ASYNC110 -- what comes is heard elsewhere
            await asyncio.sleep(0.01)
    lost = sum(task.done() for task in listening)
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*listening)
    return told(guests, lines, hops, lost)


def told(guests: list[Guest], lines: int, hops: int, lost: int) -> bool:
    """What came of it."""
    nodes = set.union(*(guest.nodes for guest in guests))
    wrong = sum(guest.heard != guests[0].heard for guest in guests)
    order = [number for number, _, _ in guests[0].heard]
    by: dict[str, list[str]] = defaultdict(list)
    for _, name, text in guests[0].heard:
        by[name].append(text)
    right = order == list(range(1, lines + 1)) and all(
        by[guest.name] == [f"line {number}" for number in range(guest.said)] for guest in guests
    )
    pause_ms = max(guest.pause_s for guest in guests) * 1e3
    say(f"{len(guests)} guests said {lines} lines while the room moved {hops} times, over {len(nodes)} nodes")
    say(f"  disconnected: {lost}; who heard something else than the others: {wrong}")
    say(f"  {'every line once, and in one order' if right else 'lines are NOT as they were said'}")
    say(f"  longest time from saying to hearing {pause_ms:.0f} ms")
    return right and not lost and not wrong and hops >= HOPS and len(nodes) == len(set(nodes)) >= 3  # noqa: PLR2004


async def stay(room: sojourn.Atom, nodes: list[str]) -> None:
    """The room is open to browsers, and moves every few seconds, until Ctrl-C."""
    while True:
        for node in nodes[1:] + nodes[:1]:
            await asyncio.sleep(5)
            await room.migrate(node, cause="the room crosses nodes")


if __name__ == "__main__":
    play_with_doors("chat", story, "--http", "127.0.0.1:0")
