"""Clients that talk with atoms, by Python and by the command line, with real nodes and moves in the middle."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import sojourn
from sojourn import EventKind, Realm
from sojourn.model.node_errors import (
    AtomNameTaken,
    Busy,
    InvalidName,
    NotRunning,
    TimedOut,
    TooLarge,
    UnknownAtom,
    UnknownCall,
)
from tests.e2e.nodes import PATIENCE_S, Process, eventually, met
from tests.e2e.process import Ran, Runner, Starter

ROOT = Path(__file__).parents[2]
Nodes = Callable[..., list[Process]]
NAMES = ("node-1", "node-2")


@pytest.fixture(scope="session")
def atoms() -> dict[str, Path]:
    """The test atoms in C, by name."""
    sources = [str(ROOT / f"sdk/conformance/c/{name}.c") for name in ("echo", "counter", "mortal")]
    command = [sys.executable, str(ROOT / "sdk/atoms.py"), *sources, "--json"]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {Path(path).stem: Path(path) for path in made.values()}


@pytest.fixture
def realm(nodes: Nodes) -> Process:
    """Two nodes; the first of them."""
    first, _ = nodes(*NAMES)
    return first


def run(process: Process, work: Callable[[Realm], Any]) -> Any:  # noqa: ANN401 -- what the work gives
    """Connects as users do."""

    async def connected() -> Any:  # noqa: ANN401 -- the same
        async with sojourn.connect(process.address, realm=process.realm, timeout=PATIENCE_S) as realm:
            await met(realm, set(NAMES))
            return await asyncio.wait_for(work(realm), 2 * PATIENCE_S)

    return asyncio.run(connected())


def test_an_atom_answers_wherever_it_is(realm: Process, atoms: dict[str, Path]) -> None:
    async def work(connected: Realm) -> None:
        echo = await connected.start(atoms["echo"], node="node-1")
        assert echo.name == "node-1/echo"
        for round_ in range(6):
            for value in ("grüß", {"n": round_}, bytes(range(256)), [None, 1.5]):
                answer = await connected.call("echo", value, type="ask", subject="x")
                assert (answer.source, answer.type, answer.subject) == ("node-1/echo", "ask", "x")
                assert answer.value == value
                assert answer.kind is EventKind.REPLY
                assert not answer.expects_answer
            await echo.migrate(NAMES[(round_ + 1) % 2])

    run(realm, work)


def test_a_stream_of_messages_comes_once_and_in_order_through_moves(realm: Process, atoms: dict[str, Path]) -> None:
    count = 400

    async def work(connected: Realm) -> None:
        echo = await connected.start(atoms["echo"], node="node-1")
        async with connected.open_box("reader", node="node-2") as box:

            async def hop() -> int:
                moves = 0
                while not done.is_set():
                    moves += 1
                    await echo.migrate(NAMES[moves % 2])
                return moves

            done = asyncio.Event()
            hopping = asyncio.create_task(hop())
            for number in range(count):
                await connected.send("echo", str(number), type="forward", subject=box.name)
            came = [await box.receive(timeout=PATIENCE_S) for _ in range(count)]
            done.set()
            assert await hopping > 0
            assert [int(event.data) for event in came] == list(range(count))
            assert {event.type for event in came} == {"forwarded"}
            assert len({event.id for event in came}) == count
            with pytest.raises(TimedOut):
                await box.receive(timeout=0.2)

    run(realm, work)


def test_a_box_is_called_and_answers(realm: Process) -> None:
    async def work(connected: Realm) -> None:
        async with connected.open_box("server", node="node-2") as server:

            async def serve() -> None:
                async for event in server:
                    await server.reply(event, {"twice": 2 * int(event.data)}, type="doubled")

            serving = asyncio.create_task(serve())
            answers = await asyncio.gather(*(connected.call("server", str(number)) for number in range(20)))
            assert [answer.value for answer in answers] == [{"twice": 2 * number} for number in range(20)]
            serving.cancel()
        # The end may be news to the node that is asked, or not yet.
        with pytest.raises((UnknownAtom, NotRunning)):
            await connected.call("server")

    run(realm, work)


def test_an_answer_is_given_once(realm: Process) -> None:
    async def work(connected: Realm) -> None:
        async with connected.open_box("server") as server:
            call = asyncio.create_task(connected.call("server", "?"))
            event = await server.receive(timeout=PATIENCE_S)
            await server.reply(event, "first")
            with pytest.raises(UnknownCall):
                await server.reply(event, "second")
            assert (await call).value == "first"

    run(realm, work)


def test_an_alias_reaches_whoever_has_it(realm: Process) -> None:
    async def work(connected: Realm) -> None:
        topic = [("topic", "prices")]
        async with connected.open_box(aliases=topic) as one, connected.open_box(aliases=topic, node="node-2") as two:

            async def found() -> set[str]:
                return {row.atom for row in await connected.find("prices", scope="topic")}

            assert await eventually(found, lambda names: len(names) == 2) == {one.name, two.name}
            for name in await found():
                await connected.send(name, "3.50", type="price")
            for box in (one, two):
                assert (await box.receive(timeout=PATIENCE_S)).value == "3.50"

        async def left() -> int:
            return len(await connected.find("prices", scope="topic"))

        await eventually(left, lambda count: count == 0)

    run(realm, work)


def test_an_end_is_heard_of_wherever_it_comes(realm: Process, atoms: dict[str, Path]) -> None:
    async def work(connected: Realm) -> None:
        mortal = await connected.start(atoms["mortal"], node="node-1")
        end = asyncio.ensure_future(connected.watch(mortal.name))
        await mortal.migrate("node-2")
        await connected.call(mortal.name, "7", type="exit")
        told = await end
        assert (told.atom, told.status, told.reason) == ("node-1/mortal", 7, None)
        # Also to those who ask when it has ended, or never was.
        assert (await connected.watch("nobody")).status is None
        other = await connected.start(atoms["mortal"], atom="other", node="node-2")
        ends = connected.watch(other.name).ends()
        first = asyncio.ensure_future(anext(ends))
        await connected.call("other", type="argument")
        await other.stop()
        assert (await first).reason == "it was stopped"
        await ends.aclose()

    run(realm, work)


def test_calls_fail_in_time_and_with_their_receiver(realm: Process, atoms: dict[str, Path]) -> None:
    async def work(connected: Realm) -> None:
        await connected.start(atoms["echo"])
        with pytest.raises(TimedOut, match="node-1/echo") as raised:
            await connected.call("echo", type="silent", timeout=0.1)
        assert not raised.value.definite
        waits = asyncio.create_task(connected.call("echo", type="silent", timeout=PATIENCE_S))
        await connected.call("echo", type="ask")
        await (await connected.atom("echo")).stop(keep=False)
        with pytest.raises(NotRunning, match="ended before it answered"):
            await waits

    run(realm, work)


def test_bad_input_is_a_definite_error_that_says_what_to_do(realm: Process, atoms: dict[str, Path]) -> None:
    async def work(connected: Realm) -> None:
        await connected.start(atoms["echo"], atom="mine")
        with pytest.raises(AtomNameTaken) as taken:
            await connected.start(atoms["echo"], atom="mine")
        assert taken.value.definite
        with pytest.raises(AtomNameTaken):
            await connected.open_box("mine")
        for wrong in ("a b", ".hidden", "x" * 65, "a/b"):
            with pytest.raises(InvalidName):
                await connected.open_box(wrong)
        for aliases in ([("a b", "x")], [("topic", "")]):
            with pytest.raises(InvalidName):
                await connected.open_box(aliases=aliases)
        for unknown in ("nobody", "node-1/nobody", "node-9/mine"):
            with pytest.raises(UnknownAtom):
                await connected.send(unknown)
        with pytest.raises(TooLarge, match="too large"):
            await connected.send("mine", bytes(5 << 20))

    run(realm, work)


def test_a_box_that_nobody_empties_makes_senders_wait(realm: Process) -> None:
    async def work(connected: Realm) -> None:
        async with connected.open_box("full", node="node-2") as box:
            sent = 0
            with suppress(Busy):
                while sent < 10_000:
                    await connected.send("full", bytes(256 << 10), timeout=0.0)
                    sent += 1
            assert 0 < sent < 10_000
            for _ in range(sent):
                await box.receive(timeout=PATIENCE_S)
            await connected.send("full", "there is room")
            assert (await box.receive(timeout=PATIENCE_S)).value == "there is room"

    run(realm, work)


@pytest.fixture
def ran(realm: Process, sojourn: Runner) -> Callable[..., Ran]:
    """Runs a command that talks to the realm."""

    def run_command(command: str, *arguments: str | Path, **options: Any) -> Ran:  # noqa: ANN401 -- subprocess's own
        return sojourn(command, "--address", realm.address, "--realm", realm.realm, *arguments, **options)

    return run_command


def test_the_command_line_sends_calls_and_lists(ran: Callable[..., Ran], atoms: dict[str, Path]) -> None:
    assert ran("start", atoms["counter"]).stdout == b"node-1/counter\n"
    assert ran("call", "counter", "40", "--type", "add").stdout == b"40"
    assert ran("send", "counter", "2", "--type", "add").returncode == 0
    told = json.loads(ran("call", "counter", "--type", "get", "--json").stdout)
    assert (told["type"], told["source"], told["specversion"]) == ("count", "node-1/counter", "1.0")
    assert ran("migrate", "counter", "node-2").returncode == 0
    assert ran("call", "node-1/counter", "--type", "get").stdout == b"42"
    [row] = json.loads(ran("ps", "--json").stdout)
    assert (row["atom"], row["node"], row["reactive"], row["waiting"]) == ("node-1/counter", "node-2", True, 0)
    listed = ran("ps").stdout.decode()
    assert "reactive" in listed
    # Bytes pass as they are.
    assert ran("start", atoms["echo"]).returncode == 0
    whole = bytes(range(256)) * 64
    assert ran("call", "echo", "--type", "ask", "--file", "-", input=whole).stdout == whole


def test_the_command_line_says_what_went_wrong(ran: Callable[..., Ran], atoms: dict[str, Path]) -> None:
    ran("start", atoms["echo"])
    wrong = ran("call", "ehco", "x")
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert wrong.stderr.decode().splitlines() == [
        "error: there is no atom 'ehco' in the realm",
        "hint: did you mean node-1/echo?",
    ]
    late = ran("call", "echo", "--type", "silent", "--timeout", "300ms")
    assert late.returncode == 1
    lines = late.stderr.decode().splitlines()
    assert "node-1/echo did not answer within 300 ms" in lines[0]
    assert lines[1].startswith("hint: ")


def test_watch_prints_ends_and_messages(
    ran: Callable[..., Ran], begin: Starter, realm: Process, atoms: dict[str, Path]
) -> None:
    ran("start", atoms["mortal"])
    place = ("--address", realm.address, "--realm", realm.realm)
    with begin("watch", *place, "--alias", "topic:news", "--json", "mortal", "--count", "2") as watching:
        assert watching.stderr is not None
        assert watching.stdout is not None
        name = watching.stderr.readline().decode().split()[-1]
        assert ran("send", name, "hello", "--type", "news").returncode == 0
        first = json.loads(watching.stdout.readline())
        assert (first["type"], first["data"]) == ("news", "hello")
        assert ran("call", "mortal", "3", "--type", "exit").returncode == 0
        assert json.loads(watching.stdout.readline()) == {"atom": "node-1/mortal", "status": 3, "reason": None}
        assert watching.wait(PATIENCE_S) == 0
