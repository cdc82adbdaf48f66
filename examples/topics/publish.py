"""Publish and subscribe, by nothing but an alias.

python examples/topics/publish.py
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, Hopping, built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

# At least so many rounds, and as many as it takes for so many moves.
ROUNDS = 10
HOPS = 9
PRICES = 30


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """Three atoms and a client subscribe; they move, one leaves, one comes later."""
    ticker_module, subscriber_module = built(HERE, "ticker.c", "subscriber.zig")
    await realm.start(ticker_module, node=nodes[0])
    rooms = ("kitchen", "office", "cellar")
    subscribers = {
        room: await realm.start(subscriber_module, atom=room, node=node)
        for room, node in zip(rooms, nodes, strict=True)
    }
    async with realm.open_box("reader", aliases=[("topic", "prices")]) as box:
        say(f"subscribed: {', '.join(atom.name for atom in subscribers.values())}, and {box.name}, a client")
        await everybody(realm, 4)
        moving = Hopping(list(subscribers.values()), nodes, cause="subscribers move")
        rounds = 0
        while moving.lacks(HOPS) or rounds < ROUNDS:
            await realm.call("ticker", str(PRICES))
            rounds += 1
        hops = await moving.end()
        prices = [int((await box.receive(timeout=PATIENCE_S)).data) for _ in range(rounds * PRICES)]
    whole = rounds * PRICES
    say(f"published {whole} prices while they moved {hops} times")
    right = prices == list(range(whole)) and hops >= HOPS
    say(f"  the client has read {len(prices)}, {'in order' if right else 'NOT as published'}")
    # One does not want any more; another one comes, and has what is published from then on.
    await realm.call("cellar", type="leave")
    await realm.start(subscriber_module, atom="attic", node=nodes[2])
    await everybody(realm, 3)
    await realm.call("ticker", str(PRICES))
    late = PRICES
    expected = {"kitchen": (whole + late, 0), "office": (whole + late, 0), "cellar": (whole, 0), "attic": (late, whole)}
    for room, (count, first) in expected.items():
        seen = (await realm.call(room, type="report")).data.decode()
        say(f"  {room} has {seen.split()[0]}, from {seen.split()[1]} on")
        right = right and seen == f"{count} {first} 0"
    return right


async def everybody(realm: sojourn.Realm, count: int) -> None:
    """Waits until the ticker's node has heard of so many subscribers: names spread, and that takes a moment."""
    async with asyncio.timeout(PATIENCE_S):
        while len(await realm.find("prices", scope="topic")) != count:  # noqa: ASYNC110 -- it is asked each time
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    play("topics", story)
