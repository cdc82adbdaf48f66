"""Plain WASI programs whose files are channels: what comes for them moves with them, and nothing is lost."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn
from sojourn import Box, Realm
from sojourn.core.atom import Atom
from sojourn.model.node_errors import Busy, InvalidRequest, UnknownAtom
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met
from tests.e2e.process import Runner
from tests.e2e.test_port import door, known, taken

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
NAMES = ("north", "south")
LIGHT, STATE, LINES, SIGNALS = "/ch/light/data", "/ch/state/data", "/ch/lines/data", "/sys/signals"
# What the program writes last.
BYE = (LIGHT, b"bye\n")
MOVES = 200 if os.environ.get("SOJOURN_SOAK") else 20
TURNS = 10 if os.environ.get("SOJOURN_SOAK") else 3


def made(script: str, *names: str) -> dict[str, str]:
    """What a build script makes, by name."""
    command = [sys.executable, str(ROOT / script), *names, "--json"]
    paths: dict[str, str] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return paths


@pytest.fixture(scope="session")
def echo() -> Path:
    """A C program that writes what it reads."""
    return Path(next(iter(made("sdk/atoms.py", str(ROOT / "tests/guests/channels.c")).values())))


@pytest.fixture(scope="session", params=["channels", "channels-unstable"])
def light(request: pytest.FixtureRequest) -> Path:
    """The example, of either preview."""
    return Path(made("examples/build.py", request.param)[request.param])


async def tell(box: Box, atom: str, data: str | bytes, path: str = LIGHT) -> None:
    """Sends to a channel, as soon as there is room, and whoever is asked knows the atom."""

    async def told() -> bool:
        try:
            await box.send(atom, data, type="channel", subject=path)
        except (Busy, UnknownAtom):
            return False
        return True

    await eventually(told, bool)


async def hear(box: Box, count: int) -> list[tuple[str, bytes]]:
    """What comes, each with its path."""
    heard = [await box.receive(timeout=PATIENCE_S) for _ in range(count)]
    assert {event.type for event in heard} <= {"channel"}
    return [(event.subject, event.data) for event in heard]


async def started(realm: Realm, module: Path, box: Box, **options: object) -> Atom:
    """A program with its channels, at the first node."""
    channels = {LIGHT: "rw", LINES: "w", SIGNALS: "r"}
    given: dict[str, object] = {"channels": channels, "channel_to": box.name, "node": NAMES[0], **options}
    return await realm.start(module, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["wasmtime", "wasmi"])
@pytest.mark.timeout(120 + 2 * MOVES)
def test_a_program_moves_under_a_stream_of_messages(nodes: Nodes, echo: Path, engine: str) -> None:
    processes = nodes(*NAMES)

    async def run() -> None:
        async with (
            sojourn.connect(processes[0].address, realm=processes[0].realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node=NAMES[0]) as box,
        ):
            await met(realm, set(NAMES))
            atom = await started(realm, echo, box, engine=engine)
            over = asyncio.Event()
            sent: list[int] = []
            heard: list[tuple[str, bytes]] = []

            def line(number: int) -> bytes:
                return f"{number} {'x' * (number % 40)}\n".encode()

            async def send() -> None:
                while not over.is_set():
                    await tell(box, atom.name, line(len(sent)))
                    sent.append(len(sent))

            async def take() -> None:
                while BYE not in heard[-1:]:
                    heard.extend(await hear(box, 1))

            sending, taking = asyncio.create_task(send()), asyncio.create_task(take())
            for move in range(MOVES):
                before = len(heard)
                await atom.migrate(NAMES[(move + 1) % 2])
                await grown(heard, before + 5)
            over.set()
            await asyncio.wait_for(sending, PATIENCE_S)
            await tell(box, atom.name, "end\n")
            await asyncio.wait_for(taking, PATIENCE_S)
            paths = [LINES if turn % 5 == 4 else LIGHT for turn in sent]
            assert heard == [*((path, line(number)) for path, number in zip(paths, sent, strict=True)), BYE]
            assert len(heard) >= 5 * MOVES
            assert await ended(atom) == 7

    asyncio.run(run())


async def ended(atom: Atom) -> int | None:
    """The status with which it ends."""
    return (await asyncio.wait_for(atom.wait(), PATIENCE_S)).code


async def grown(items: list[tuple[str, bytes]], count: int) -> None:
    """Waits until there are so many."""

    async def enough() -> bool:
        return len(items) >= count

    await eventually(enough, bool)


def test_an_arena_program_reads_writes_and_heeds_its_signals(nodes: Nodes, light: Path) -> None:
    processes = nodes(*NAMES)

    async def run() -> None:
        async with (
            sojourn.connect(processes[0].address, realm=processes[0].realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node=NAMES[1]) as box,
        ):
            await met(realm, set(NAMES))
            channels = {LIGHT: "r", STATE: "w", SIGNALS: "r"}
            atom = await realm.start(light, channels=channels, channel_to=box.name, node=NAMES[0])
            for number in range(1, 9):
                await tell(box, atom.name, "on" if number % 2 else "off")
                ((path, data),) = await hear(box, 1)
                assert path == STATE
                assert json.loads(data) == {"count": number, "light": "on" if number % 2 else "off"}
                if number % 2:
                    await atom.migrate(NAMES[number // 2 % 2 == 0])
            await tell(box, atom.name, bytes([1]) + bytes(127), SIGNALS)
            await tell(box, atom.name, bytes([3]) + bytes(127), SIGNALS)
            ((_, data),) = await hear(box, 1)
            assert json.loads(data) == {"count": 8, "light": "quit"}
            assert await ended(atom) == 0

    asyncio.run(run())


def test_a_port_is_the_world_of_a_program_that_moves(nodes: Nodes, light: Path) -> None:
    first, _ = nodes(*NAMES)

    async def run() -> None:
        async with sojourn.connect(first.address, realm=first.realm, timeout=PATIENCE_S) as realm:
            with door(first) as port:
                await met(realm, {*NAMES, "gateway"})
                channels = {LIGHT: "r", STATE: "w", SIGNALS: "r"}
                atom = await realm.start(light, channels=channels, channel_to=port.name, node=NAMES[0])
                known(port, atom.name)
                for number in range(1, 7):
                    port.send(atom.name, b"on", type="channel", subject=LIGHT)
                    (event,) = await asyncio.to_thread(taken, port, 1)
                    assert (event.type, event.subject, event.source) == ("channel", STATE, atom.name)
                    assert json.loads(event.data) == {"count": number, "light": "on"}
                    await atom.migrate(NAMES[number % 2])
                port.send(atom.name, bytes([3]) + bytes(127), type="channel", subject=SIGNALS)
                (event,) = await asyncio.to_thread(taken, port, 1)
                assert json.loads(event.data) == {"count": 6, "light": "quit"}
                assert await ended(atom) == 0

    asyncio.run(run())


@pytest.fixture
def durable(echo: Path, sojourn: Runner, tmp_path: Path) -> Path:
    """The same, durable, and with channels that its annotation says."""
    path = tmp_path / "durable.wasm"
    said = ("durable=true", f"channel={LIGHT}:rw", f"channel={LINES}:w")
    done = sojourn("annotate", echo, *(part for key in said for part in ("--set", key)), "--out", path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.timeout(300)
def test_what_a_durable_one_was_told_survives_its_node(nodes: Nodes, durable: Path) -> None:
    door, keeper = nodes("door", "keeper")

    async def run() -> None:
        async with (
            sojourn.connect(door.address, realm=door.realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node="door") as box,
        ):
            await met(realm, {"door", "keeper"})
            given = {SIGNALS: "r"}
            atom = await realm.start(durable, node="keeper", channels=given, channel_to=box.name, images_every=0.2)
            sent = 0
            for _ in range(TURNS):
                for _ in range(50):
                    await tell(box, atom.name, f"{sent}\n")
                    sent += 1
                keeper.kill()
                keeper.begin(join=door.address)
                await met(realm, {"door", "keeper"})
                await restored(realm, atom.name)
            await tell(box, atom.name, "end\n")
            paths = [LINES if turn % 5 == 4 else LIGHT for turn in range(sent)]
            expected = [(path, f"{number}\n".encode()) for number, path in enumerate(paths)]
            assert await hear(box, sent + 1) == [*expected, BYE]

    asyncio.run(run())


async def restored(realm: Realm, name: str) -> None:
    """Lets an atom go on from its image and its journal."""

    async def restore() -> bool:
        try:
            await realm.restore(name, node="keeper")
        except sojourn.NodeError:
            return name in {row.atom for row in await realm.atoms() if row.state.name == "RUNNING"}
        return True

    await eventually(restore, bool)


def test_a_full_channel_is_busy_and_an_unknown_receiver_a_broken_pipe(nodes: Nodes, echo: Path) -> None:
    (north,) = nodes(NAMES[0])

    async def run() -> None:
        async with (
            sojourn.connect(north.address, realm=north.realm, timeout=PATIENCE_S) as realm,
            realm.open_box("client", node=NAMES[0]) as box,
        ):
            # Nobody reads this one, so that it gets full; the other goes on.
            atom = await started(realm, echo, box)
            await tell(box, atom.name, "0\n")
            assert await hear(box, 1) == [(LIGHT, b"0\n")]
            with pytest.raises(Busy):
                await fill(box, atom.name)
            async with realm.open_box("second", node=NAMES[0]) as second:
                await tell(second, atom.name, "1\n")
            assert await hear(box, 1) == [(LIGHT, b"1\n")]

            lost = await started(realm, echo, box, channel_to="nobody")
            await tell(box, lost.name, "1\n")
            assert await ended(lost) == 1
            assert b"write: Broken pipe" in b"".join([chunk async for chunk in lost.logs("stderr")])

    asyncio.run(run())


async def fill(box: Box, atom: str) -> None:
    """Sends signals until there is no room, and far beyond."""
    for _ in range(1 << 14):
        await box.send(atom, bytes(128), type="channel", subject=SIGNALS, timeout=0)


@pytest.mark.parametrize(
    ("channels", "word"),
    [
        ({"ch/light/data": "r"}, "absolute"),
        ({"/data": "r"}, "directory"),
        ({LIGHT: "wr"}, "mode"),
        ({LIGHT: "w"}, "channel_to"),
        ({f"/ch/{number}/data": "r" for number in range(65)}, "64"),
    ],
)
def test_channels_that_cannot_be_are_refused_in_words(
    nodes: Nodes, echo: Path, channels: dict[str, str], word: str
) -> None:
    (north,) = nodes(NAMES[0])

    async def run() -> None:
        async with sojourn.connect(north.address, realm=north.realm, timeout=PATIENCE_S) as realm:
            with pytest.raises(InvalidRequest, match=word):
                await realm.start(echo, channels=channels)
            assert await realm.atoms() == ()

    asyncio.run(run())


def test_the_command_line_gives_channels(nodes: Nodes, echo: Path, sojourn: Runner) -> None:
    (north,) = nodes(NAMES[0])
    to = ("--address", north.address, "--realm", north.realm)
    wrong = sojourn("start", *to, "--channel", f"{LIGHT}=x", echo)
    assert wrong.returncode != 0
    assert b"PATH=MODE" in wrong.stderr
    twice = sojourn("start", *to, "--channel", f"{LIGHT}=r", "--channel", f"{LIGHT}=w", echo)
    assert b"twice" in twice.stderr
    options = ("--channel", f"{LIGHT}=rw", "--channel", f"{LINES}=w", "--channel", f"{SIGNALS}=r")
    begun = sojourn("start", *to, *options, "--channel-to", "north/other", "--atom", "echo", echo)
    assert begun.returncode == 0, begun.stderr
    assert begun.stdout.strip() == b"north/echo"
