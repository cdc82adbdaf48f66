"""A ring with point-to-point messages and all-reduce, whose members move during the run.

python examples/ring/run.py [ROUNDS]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import Hopping, built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

MEMBERS = 6
ROUNDS = 300


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """Starts the members around the nodes, and moves them until they end."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    [module] = built(HERE, "member.c")
    members = [
        await realm.start(
            module,
            args=[str(number), str(MEMBERS), str(rounds)],
            atom=f"ring-{number}",
            node=nodes[number % len(nodes)],
        )
        for number in range(MEMBERS)
    ]
    began = time.monotonic()
    moving = Hopping(members, nodes, cause="the ring goes on")
    ends = [end async for end in realm.watch(*(member.name for member in members))]
    took = time.monotonic() - began
    hops = await moving.end()
    for member in members:
        lines = b"".join([chunk async for chunk in member.logs()]).decode().strip()
        say(f"  {member.name}: {lines or 'nothing'}")
    messages = rounds * (MEMBERS + 2 * (MEMBERS - 1) * MEMBERS)
    say(f"{messages} messages in {took:.1f} s while members moved {hops} times")
    for end in ends:
        if end.status != 0:
            say(f"  {end.atom} ended with {end.status if end.reason is None else end.reason}")
    return all(end.status == 0 for end in ends) and len(ends) == MEMBERS and hops > 0


if __name__ == "__main__":
    play("ring", story)
