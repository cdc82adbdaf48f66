"""A bag of tasks, and workers on one, two and three nodes that empty it.

python examples/bag/run.py [TASKS]
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

TASKS = 300
STRETCH = 4000


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """The same bag with one worker more each time."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    bag_module, worker_module = built(HERE, "bag.c", "worker.c")
    await realm.start(bag_module, node=nodes[0])
    expected = primes_below(tasks * STRETCH)
    # Compiled once on each node before anything is timed.
    await emptied(realm, worker_module, nodes, len(nodes))
    alone, right = 0.0, True
    for count in range(1, len(nodes) + 1):
        took, found = await emptied(realm, worker_module, nodes[:count], tasks)
        alone = alone or took
        say(f"  {count} worker{'s' * (count > 1)}: {tasks} tasks in {took:.2f} s, speed-up {alone / took:.2f}")
        right = right and found == expected
    say(f"{expected} primes below {tasks * STRETCH:,}")
    return right


async def emptied(realm: sojourn.Realm, worker: Path, nodes: list[str], tasks: int) -> tuple[float, int]:
    """Fills the bag, starts a worker on each node, and waits for their ends; seconds, and the sum of all results."""
    await realm.call("bag", str(tasks), type="fill")
    began = time.monotonic()
    workers = await asyncio.gather(*(realm.start(worker, node=node) for node in nodes))
    async for end in realm.watch(*(each.name for each in workers)):
        if end.status != 0:
            raise RuntimeError(f"{end.atom} failed: {end.reason or end.status}")
    async with asyncio.timeout(PATIENCE_S):
        # The last results may still be on their way.
        while (answer := await realm.call("bag", type="sum")).type != "sum":  # noqa: ASYNC110 -- it is asked each time
            await asyncio.sleep(0)
    return time.monotonic() - began, int(answer.data)


def primes_below(end: int) -> int:
    """How many there are, by a sieve."""
    sieve = bytearray([1]) * end
    sieve[0:2] = b"\0\0"
    for number in range(2, int(end**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, end, number)))
    return sum(sieve)


if __name__ == "__main__":
    play("bag", story)
