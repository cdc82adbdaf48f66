"""A durable atom's node is killed again and again while messages come: each counts once, in its order."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import sojourn
from sojourn import Box, Realm
from sojourn.model.node_errors import AlreadyRuns
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met
from tests.e2e.process import Runner

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
ROUNDS = 500 if os.environ.get("SOJOURN_SOAK") else 10
KEEPER, DOOR = NAMES = ("keeper", "door")
ATOM = f"{KEEPER}/ledger"


@pytest.fixture(scope="session")
def ledger() -> Path:
    """An atom that notes numbers."""
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), str(ROOT / "tests/guests/ledger.c"), "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Path(next(iter(made.values())))


async def told(realm: Realm) -> list[int]:
    """How many numbers it has noted, how many of them were wrong, the last one, and how many its store says."""
    answer = await realm.call(ATOM, type="tell", timeout=PATIENCE_S)
    return [int(number) for number in answer.data.split()]


class Sender:
    """Sends numbers, and hears of each that was noted."""

    def __init__(self, realm: Realm, box: Box) -> None:
        self.realm = realm
        self.box = box
        self.sent = 0
        self.heard: list[int] = []
        self.over = asyncio.Event()

    async def send(self) -> None:
        """Sends until it is over; what was refused is sent again, as it was not sent."""
        while not self.over.is_set():
            with suppress(sojourn.NodeError):
                await self.box.send(ATOM, str(self.sent + 1), type="note", subject=self.box.name)
                self.sent += 1

    async def heard_more(self, count: int) -> None:
        """Waits until it has heard of so many more."""
        goal = len(self.heard) + count

        async def heard() -> int:
            return len(self.heard)

        await eventually(heard, lambda heard: heard >= goal)

    async def hear(self) -> None:
        """Takes what comes back."""
        async for event in self.box:
            self.heard.append(int(event.data))


async def restored(realm: Realm) -> None:
    """Lets it go on from its image and its journal."""

    async def restore() -> bool:
        try:
            await realm.restore(ATOM, node=KEEPER)
        except AlreadyRuns:
            # The last attempt was heard, and its answer was not.
            return True
        except sojourn.NodeError:
            return False
        return True

    await eventually(restore, bool)


@pytest.mark.timeout(60 + 12 * ROUNDS)
def test_each_message_counts_once_however_often_its_node_is_killed(nodes: Nodes, ledger: Path) -> None:
    door, keeper = processes = nodes(DOOR, KEEPER)
    chance = random.Random(os.environ.get("SOJOURN_SEED", str(os.getpid())))  # noqa: S311 -- nothing secret

    async def run() -> None:
        async with (
            sojourn.connect(door.address, realm=door.realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node=DOOR) as box,
        ):
            await met(realm, {process.name for process in processes})
            atom = await realm.start(ledger, node=KEEPER)
            assert atom.name == ATOM
            sender = Sender(realm, box)
            sending, hearing = asyncio.create_task(sender.send()), asyncio.create_task(sender.hear())
            for round_ in range(ROUNDS):
                await sender.heard_more(chance.randrange(1, 60))
                if round_ % 4 == 1:
                    # Killed while it keeps an image.
                    keeping = asyncio.create_task(atom.checkpoint())
                    await asyncio.sleep(chance.random() / 50)
                    keeper.kill()
                    await asyncio.gather(keeping, return_exceptions=True)
                else:
                    keeper.kill()
                keeper.begin(join=door.address)
                await met(realm, set(NAMES))
                await restored(realm)
            sender.over.set()
            await sending
            # What is on its way comes.
            noted, wrong, last, stored = await eventually(lambda: told(realm), lambda told: told[0] >= sender.sent)
            assert (noted, wrong, last, stored) == (sender.sent, 0, sender.sent, sender.sent)

            await sender.heard_more(sender.sent - len(sender.heard))
            hearing.cancel()
            assert sender.heard == list(range(1, sender.sent + 1)), "lost, repeated or out of order"
            (row,) = await atom.keys("count")
            assert (row.key, row.value) == (b"count", str(sender.sent).encode())

    asyncio.run(run())


def test_it_takes_all_along_when_it_moves_and_is_killed_there(nodes: Nodes, ledger: Path) -> None:
    door, keeper = nodes(DOOR, KEEPER)

    async def run() -> None:
        async with (
            sojourn.connect(door.address, realm=door.realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node=DOOR) as box,
        ):
            await met(realm, set(NAMES))
            atom = await realm.start(ledger, node=DOOR)

            async def noted(numbers: range) -> None:
                for number in numbers:
                    await box.send(atom.name, str(number), type="note", subject=box.name)
                for number in numbers:
                    assert int((await box.receive(timeout=PATIENCE_S)).data) == number

            await noted(range(1, 21))
            await atom.migrate(KEEPER)
            await noted(range(21, 41))
            keeper.kill()
            keeper.begin(join=door.address)
            await met(realm, set(NAMES))
            await eventually(atom.images, lambda rows: any(row.node == KEEPER for row in rows))
            await realm.restore(atom.name, node=DOOR)
            await noted(range(41, 61))
            answer = await realm.call(atom.name, type="tell", timeout=PATIENCE_S)
            assert answer.data == b"60 0 60 60"

    asyncio.run(run())


def test_its_keys_are_listed(nodes: Nodes, ledger: Path, sojourn: Runner) -> None:
    (door,) = nodes(DOOR)
    to = ("--address", door.address, "--realm", door.realm)
    started = sojourn("start", *to, ledger)
    assert started.returncode == 0, started.stderr
    assert b"no keys" in sojourn("keys", "ledger", *to).stderr
    for number in ("1", "2"):
        sent = sojourn("send", "ledger", number, "--type", "note", "--subject", "door/ledger", *to)
        assert sent.returncode == 0, sent.stderr
    called = sojourn("call", "ledger", "--type", "tell", *to)
    assert called.stdout.strip() == b"2 0 2 2", called
    assert sojourn("keys", "ledger", "co", *to).stdout.split()[4:] == [b"count", b"2", b"1", b"2"]
    rows = json.loads(sojourn("keys", "ledger", "--json", *to).stdout)
    assert rows == [{"key": b"count".hex(), "version": 2, "value": b"2".hex()}]
    none = sojourn("keys", "ledger", "x", *to)
    assert (none.returncode, none.stdout) == (0, b"")
