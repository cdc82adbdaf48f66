"""Sensors that know nothing but MQTT, Mosquitto, and an atom between topics that moves.

python examples/sensors/play.py
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, Hopping, Nodes, built, play_with_doors, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above

if TYPE_CHECKING:
    from collections.abc import Iterator

SENSORS = ("kitchen", "office", "cellar", "attic")
# At least so many readings of each, and as many as it takes for so many moves; a summary for each twenty.
READINGS = 400
HOPS = 9
EACH = 20
PROGRAMS = ("mosquitto", "mosquitto_pub", "mosquitto_sub")


def found(program: str) -> str:
    """Where a program is."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        raise SystemExit(f"there is no {program}; hint: apt install mosquitto mosquitto-clients")
    return path


@contextmanager
def broker() -> Iterator[int]:
    """A Mosquitto of one's own; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder, "mosquitto.conf")
        settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nuser root\n")
        process = subprocess.Popen([found("mosquitto"), "-c", str(settings)], stderr=subprocess.DEVNULL)
        try:
            yield port
        finally:
            process.terminate()
            process.wait()


class Desk:
    """Somebody who reads what is published: topics and what came there."""

    def __init__(self, port: int) -> None:
        self.came: dict[str, list[str]] = defaultdict(list)
        self._port = str(port)

    async def listen(self) -> None:
        """Reads on and on."""
        topics = [part for topic in ("summaries/#", "complaints/#") for part in ("-t", topic)]
        command = [found("mosquitto_sub"), "-p", self._port, "-q", "1", "-F", "%t %p", *topics]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        try:
            async for line in process.stdout:
                topic, _, text = line.decode().strip().partition(" ")
                self.came[topic].append(text)
        finally:
            process.terminate()
            await process.wait()

    async def until(self, topic: str, count: int) -> None:
        """Waits for so many messages of a topic."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.came[topic]) < count:  # noqa: ASYNC110 -- what comes is read elsewhere
                await asyncio.sleep(0.01)


async def published(port: int, topic: str, lines: str) -> None:
    """Lines, each a message, by Mosquitto's own client."""
    command = [found("mosquitto_pub"), "-p", str(port), "-q", "1", "-t", topic, "-l"]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    await process.communicate(lines.encode())


async def measure(port: int, sensor: str, moving: Hopping) -> list[int]:
    """What a sensor measures, in thousandths of a degree; all of it has been published."""
    seed, values = random.Random(sensor), list[int]()  # noqa: S311 -- for a story
    while len(values) < READINGS or moving.lacks(HOPS):
        some = [seed.randint(15_000, 25_000) for _ in range(5 * EACH)]
        await published(port, f"readings/{sensor}/temperature", "".join(f"{value}\n" for value in some))
        values += some
    return values


def summaries(values: list[int]) -> list[dict[str, int]]:
    """What is to be said of the values of a sensor."""
    parts = [values[at : at + EACH] for at in range(0, len(values), EACH)]
    return [
        {"readings": EACH * number, "least": min(part), "mean": sum(part) // EACH, "most": max(part)}
        for number, part in enumerate(parts, 1)
    ]


async def story(realm: sojourn.Realm, place: Nodes, port: int) -> bool:
    """Sensors measure while the atom moves."""
    [module] = built(HERE, "summary.c")
    atom = await realm.start(module, node=place.names[0])
    desk = Desk(port)
    reading = asyncio.create_task(desk.listen())
    began = time.monotonic()
    while not desk.came["complaints/nobody"]:
        # Until the gateway has subscribed for the atom, and somebody hears of it.
        await published(port, "readings/nobody/temperature", "?\n")
        await asyncio.sleep(0.05)
    say(f"{atom.name} hears the topics after {time.monotonic() - began:.1f} s")
    moving = Hopping([atom], place.names, cause="it goes where the sensors are")
    measured = dict(zip(SENSORS, await asyncio.gather(*(measure(port, name, moving) for name in SENSORS)), strict=True))
    hops = await moving.end()
    right, nodes = True, set()
    for name, values in measured.items():
        expected = summaries(values)
        await desk.until(f"summaries/{name}", len(expected))
        told = [json.loads(text) for text in desk.came[f"summaries/{name}"]]
        nodes |= {one.pop("node") for one in told}
        good = [{key: one[key] for key in expected[0]} for one in told] == expected
        right = right and good
        say(f"  {name}: {len(values)} readings, {len(told)} summaries, {'as measured' if good else 'WRONG'}")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    say(
        f"no reading lost, none twice, while the atom moved {hops} times, over {len(nodes)} nodes" if right else "WRONG"
    )
    return right and hops >= HOPS


if __name__ == "__main__":
    for program in PROGRAMS:
        found(program)
    with broker() as at:
        play_with_doors("sensors", lambda realm, place: story(realm, place, at), "--mqtt", f"127.0.0.1:{at}")
