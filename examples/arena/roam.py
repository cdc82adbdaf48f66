"""A program whose files are channels goes from node to node, and misses nothing of what it is told.

python examples/arena/roam.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

CHANNELS = {"/ch/light/data": "r", "/ch/state/data": "w", "/sys/signals": "r"}
ROUNDS = 9
QUIT = 3
SIGNAL_BYTES = 128


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """Switches the light, moves the program after each time, and makes it quit."""
    [module] = built(HERE, "channels.c")
    async with realm.open_box("world") as world:
        light = await realm.start(module, atom="light", channels=CHANNELS, channel_to=world.name, node=nodes[0])
        say(f"{light.name} is a plain WASI program; its files are channels: {', '.join(CHANNELS)}")
        right = True
        for round_ in range(1, ROUNDS + 1):
            now = "on" if round_ % 2 else "off"
            await world.send(light.name, now, type="channel", subject="/ch/light/data")
            state = json.loads((await world.receive()).data)
            right = right and state == {"count": round_, "light": now}
            move = await light.migrate(nodes[round_ % len(nodes)], cause="it roams")
            say(f"  told {now}, it wrote {state}; then to {move.target}, {move.downtime_ns / 1e6:.1f} ms down")
        record = bytes([QUIT]).ljust(SIGNAL_BYTES, b"\0")
        await world.send(light.name, record, type="channel", subject="/sys/signals")
        state = json.loads((await world.receive()).data)
        status = await light.wait()
        say(f"a signal to quit: it wrote {state}, and ended with {status.code}")
        return right and state == {"count": ROUNDS, "light": "quit"} and status.code == 0


if __name__ == "__main__":
    play("arena", story)
