"""A counter that roams: it is asked all the time while it goes from node to node.

python examples/counter/roam.py
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

ROUNDS = 8
ASKED = 25


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """Counts by calls, with a move after some of them."""
    [module] = built(HERE, "counter.c")
    counter = await realm.start(module, node=nodes[0])
    say(f"{counter.name} is a reactive atom: between messages it rests, and is no more than its state")
    expected, right, places = 0, True, set()
    for round_ in range(1, ROUNDS + 1):
        for number in range(1, ASKED + 1):
            # Some are told and some are asked; what one client sends comes in order, so the next answer has them all.
            expected += number
            if number % 5:
                await realm.send("counter", str(number))
                continue
            count, node, moves = (await realm.call("counter", str(number))).data.decode().split()
            right = right and int(count) == expected
            places.add(node)
        move = await counter.migrate(nodes[round_ % len(nodes)], cause="it roams")
        say(f"  {count:>5} on {node} after {moves} moves; then to {move.target}, {move.downtime_ns / 1e6:.1f} ms down")
    say(f"counted to {expected} on {len(places)} nodes: {'nothing lost, nothing twice' if right else 'WRONG'}")
    return right and places == set(nodes)


if __name__ == "__main__":
    play("counter", story)
