"""A program of ARENA, asked for as ARTS is asked: over MQTT, with topics for its channels. It moves after each message.

python examples/arena/requester.py
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, SOJOURN, built, say  # noqa: E402 -- it lies beside the stories

from sojourn.gateway.mqtt.broker import broker_at  # noqa: E402 -- beside the path above
from sojourn.gateway.mqtt.client import Client, Deaf  # noqa: E402 -- the same
from sojourn.gateway.mqtt.packet import V311, Publish  # noqa: E402 -- the same
from sojourn.gateway.mqtt.session import Granted, Options  # noqa: E402 -- the same

CONTROL, RUNTIMES = "realm/proc/control", "/arts-api/v1/runtimes/"
LIGHT, STATE = "kitchen/light", "kitchen/state"
ROUNDS = 6
# The same program as ARENA's are, of preview 0, where `make examples` has built it.
UNSTABLE = HERE.parents[1] / "build" / "guests" / "channels-unstable.wasm"


class Requester(Deaf):
    """Who asks for modules, as ARENA's pages do, and the kitchen that they are for.

    Args:
        address: The broker's.
    """

    def __init__(self, address: str) -> None:
        options = Options(client=f"requester-{uuid.uuid4()}", version=V311, clean=True)
        self.client = Client(broker_at(address), options, self)
        self.states: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.listens = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._granted: set[str] = set()
        for topic in (CONTROL, STATE):
            self.client.subscribe(topic)

    def granted(self, happened: Granted) -> None:
        """The broker lets it listen."""
        self._granted.add(happened.pattern)
        if {CONTROL, STATE} <= self._granted:
            self.listens.set()

    def message(self, message: Publish) -> None:
        """Something came: the state of the light, or an answer."""
        told = json.loads(message.payload)
        if message.topic == STATE:
            self.states.put_nowait(told)
        elif told["type"] == "arts_resp" and told["object_id"] in self._waiting:
            self._waiting.pop(told["object_id"]).set_result(told["data"])
        self.client.acknowledge(message)

    async def ask(self, action: str, **data: object) -> dict[str, Any]:
        """Asks, and waits for the answer on the same topic."""
        object_id = str(uuid.uuid4())
        answer = self._waiting[object_id] = asyncio.get_running_loop().create_future()
        request = {"object_id": object_id, "action": action, "type": "arts_req", "data": {"type": "module", **data}}
        self.client.publish(CONTROL, json.dumps(request).encode())
        told = await asyncio.wait_for(answer, PATIENCE_S)
        if told["result"] != "ok":
            raise SystemExit(str(told["details"]))
        details: dict[str, Any] = told["details"]
        return details

    async def switch(self, now: str) -> dict[str, Any]:
        """Switches the light; what the program writes then."""
        self.client.publish(LIGHT, now.encode())
        return await asyncio.wait_for(self.states.get(), PATIENCE_S)


async def story(address: str, runtimes: dict[str, str]) -> bool:
    """Asks for the program, switches the light, moves it after each time, and has it deleted."""
    requester, module = Requester(address), str(uuid.uuid4())
    running = asyncio.create_task(requester.client.run())
    await asyncio.wait_for(requester.listens.wait(), PATIENCE_S)
    channels = [
        {"path": "/ch/light", "type": "pubsub", "mode": "r", "params": {"topic": LIGHT}},
        {"path": "/ch/state", "type": "pubsub", "mode": "w", "params": {"topic": STATE}},
    ]
    wanted = {"uuid": module, "name": "kitchen/switch", "filename": "switch.wasm", "filetype": "WA"}
    details = await requester.ask("create", **wanted, apis="wasi:unstable", channels=channels)
    names = {identity: name for name, identity in runtimes.items()}
    say(f"ARTS was asked for {wanted['name']}; it runs at {names[details['parent']['uuid']]}")
    right = True
    for round_ in range(1, ROUNDS + 1):
        now = "on" if round_ % 2 else "off"
        state = await requester.switch(now)
        right = right and state == {"count": round_, "light": now}
        others = sorted(name for name in runtimes if runtimes[name] != details["parent"]["uuid"])
        target = runtimes[others[round_ % len(others)]]
        details = await requester.ask("delete", uuid=module, send_to_runtime=target)
        right = right and details["parent"]["uuid"] == target
        say(f"  {LIGHT}: {now}; {STATE}: {state}; then it migrates to {names[target]}")
    await requester.ask("delete", uuid=module)
    state = await asyncio.wait_for(requester.states.get(), PATIENCE_S)
    say(f"deleted: a signal told it to quit, and it wrote {state}")
    await requester.client.close()
    await running
    return right and state == {"count": ROUNDS, "light": "quit"}


def begun(*command: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """A process of the command line, and what it tells when it is up."""
    process = subprocess.Popen([str(SOJOURN), *command, "--json"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(process.wait() or 1)
    return process, json.loads(line)


def listed(address: str) -> dict[str, str]:
    """Names of runtimes and nodes, with their identities, as ARTS's tools read them."""
    import urllib.request  # noqa: PLC0415 -- for this alone

    with urllib.request.urlopen(f"http://{address}{RUNTIMES}", timeout=PATIENCE_S) as answer:
        return {each["name"]: each["uuid"] for each in json.load(answer)}


def main() -> bool:
    """A realm with a broker, the door to ARENA, and the story; whether it came out as it should."""
    realm = ("--realm", "arena")
    up, told = begun("up", "--nodes", "3", "--port", "0", *realm, "--mqtt", "embedded")
    try:
        with tempfile.TemporaryDirectory() as folder:
            module = UNSTABLE if UNSTABLE.exists() else built(HERE, "channels.c")[0]
            (Path(folder) / "switch.wasm").write_bytes(module.read_bytes())
            broker = told["doors"]["mqtt"]
            where = ("--address", told["address"], "--controller", told["controller"], "--broker", broker)
            kept = ("--modules", folder, "--arts-folder", folder, "--rest", "127.0.0.1:0")
            door, doors = begun("arts", *realm, *where, *kept)
            try:
                return asyncio.run(story(broker, listed(doors["arts-rest"])))
            finally:
                door.terminate()
                door.wait()
    finally:
        up.terminate()
        up.wait()


if __name__ == "__main__":
    went_well = main()
    say("as it should be" if went_well else "NOT as it should be")
    sys.exit(0 if went_well else 1)
