"""The door around its centre: what is kept, what the controller is told, where atoms are; without sockets."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from sojourn.app.doors.arts import sight
from sojourn.app.doors.arts.shell import Shell
from sojourn.app.doors.arts.sight import MISSED, Sight
from sojourn.gateway.http.answer import ForeignCounts
from sojourn.gateway.http.body import TellForeign
from sojourn.gateway.mqtt.arts import action
from sojourn.gateway.mqtt.arts.centre import Centre
from sojourn.gateway.mqtt.arts.record import Module, OurNode, our_uuid
from sojourn.gateway.mqtt.arts.state import Options
from sojourn.gateway.mqtt.arts.topic import Topics
from sojourn.model.errors import NoController, OutputLost, StorageError
from sojourn.model.record import AtomRecord, Wish
from sojourn.model.wire import AtomState
from tests.arts.standin import REG, SimulatedRuntime

BOUND_S = 30.0


@dataclass
class Kept:
    """What is kept, in order with what is published."""

    order: list[str]
    failing: bool = False

    def apply(self, changes: list[action.Keep | action.Drop]) -> None:
        if self.failing:
            raise StorageError("the disk is full")
        self.order.extend(f"keep {each.record.uuid}" for each in changes if isinstance(each, action.Keep))


@dataclass
class Controller:
    """The controller, as hands reach it."""

    told: list[TellForeign] = field(default_factory=list)
    counts: ForeignCounts | None = None
    away: bool = False
    records: dict[str, AtomRecord] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def tell(self, told: TellForeign) -> ForeignCounts:
        if self.away:
            raise NoController("no controller answers")
        self.told.append(told)
        self.asked.append("tell")
        nodes = sum(len(each.nodes) for each in self.told if each.whole) or len(told.nodes)
        return self.counts or ForeignCounts(nodes=max(nodes, 1), atoms=0)

    def nodes(self) -> list[OurNode]:
        if self.away:
            raise NoController("no controller answers")
        return [OurNode("node-1", our_uuid("local", "node-1"), 100)]

    def atoms(self) -> dict[str, AtomRecord]:
        return self.records

    def do(self, wanted: action.Action) -> action.Outcome | None:
        self.asked.append(type(wanted).__name__)
        if isinstance(wanted, action.Place):
            return action.Placed(wanted.number, None, "nowhere")
        return None


@dataclass
class Client:
    """A client of a broker."""

    order: list[str]

    def publish(self, topic: str, payload: bytes) -> None:
        del payload
        self.order.append(f"publish {topic}")

    def subscribe(self, pattern: str) -> None:
        self.order.append(f"listen {pattern}")


@dataclass
class Set:
    """A shell with what is around it."""

    shell: Shell
    centre: Centre
    controller: Controller
    kept: Kept
    order: list[str]
    failed: list[Exception]


def played(play: Callable[[Set], Awaitable[None]]) -> None:
    """A play in an event loop."""

    async def work() -> None:
        ids, order, failed = itertools.count(), list[str](), list[Exception]()
        centre = Centre(Topics(), Options(), lambda: f"id-{next(ids)}")
        controller, kept = Controller(), Kept(order)
        shell = Shell(centre, kept, controller, lambda: 1000.0, failed.append)  # type: ignore[arg-type]
        shell.client = Client(order)  # type: ignore[assignment]
        try:
            async with asyncio.timeout(BOUND_S):
                await play(Set(shell, centre, controller, kept, order, failed))
        finally:
            shell.close()

    asyncio.run(work())


def registered(scene: Set) -> None:
    """A runtime registers."""
    [(topic, payload)] = SimulatedRuntime(uuid="rt").register()
    scene.centre.feed(topic, payload, 1000.0)
    scene.shell.after()


def test_what_is_kept_is_kept_before_it_is_said() -> None:
    async def play(scene: Set) -> None:
        registered(scene)
        assert scene.order == ["keep rt", f"publish {REG}"]

    played(play)


def test_what_cannot_be_kept_is_not_said_and_ends_the_door() -> None:
    async def play(scene: Set) -> None:
        scene.kept.failing = True
        registered(scene)
        assert scene.order == []
        assert isinstance(scene.failed[0], StorageError)

    played(play)


def test_the_whole_is_told_first_then_what_changes() -> None:
    async def play(scene: Set) -> None:
        await scene.shell.tell(renew=True)
        registered(scene)
        await scene.shell.tell()
        assert [(each.whole, len(each.nodes)) for each in scene.controller.told] == [(True, 0), (True, 1)]
        await scene.shell.tell()
        await scene.shell.tell(renew=True)
        assert [each.whole for each in scene.controller.told[2:]] == [False]

    played(play)


def test_a_controller_that_was_away_or_forgot_is_told_everything_anew() -> None:
    async def play(scene: Set) -> None:
        registered(scene)
        scene.controller.away = True
        with pytest.raises(NoController):
            await scene.shell.tell()
        scene.controller.away = False
        await scene.shell.tell()
        assert (scene.controller.told[-1].whole, len(scene.controller.told[-1].nodes)) == (True, 1)
        scene.controller.counts = ForeignCounts(nodes=0, atoms=0)
        await scene.shell.tell(renew=True)
        scene.controller.counts = None
        await scene.shell.tell(renew=True)
        assert (scene.controller.told[-1].whole, len(scene.controller.told[-1].nodes)) == (True, 1)

    played(play)


def test_each_is_told_before_the_next_is_placed() -> None:
    async def play(scene: Set) -> None:
        running = asyncio.create_task(scene.shell.run())
        registered(scene)
        for number in range(3):
            create = (
                b'{"object_id":"%d","type":"arts_req","action":"create","data":{"type":"module","name":"a",' % number
            )
            scene.centre.feed("realm/proc/control", create + b'"filename":"x.py","filetype":"PY"}}', 1000.0)
        scene.shell.after()
        await until(lambda: scene.controller.asked.count("Place") == 3)
        assert scene.controller.asked.index("tell") < scene.controller.asked.index("Place")
        running.cancel()

    played(play)


@dataclass
class Row:
    """What a node tells of an atom."""

    atom: str
    node: str = "node-1"
    state: AtomState = AtomState.RUNNING
    stdout_bytes: int = 0


@dataclass
class Nodes:
    """Nodes of the realm."""

    rows: list[Row] = field(default_factory=list)
    written: bytes = b""
    lost: bool = False
    looks: int = 0

    async def atoms(self) -> list[Row]:
        self.looks += 1
        return self.rows

    async def output(self, atom: str, at: int, end: int) -> AsyncIterator[bytes]:
        del atom
        if self.lost:
            raise OutputLost("gone")
        yield self.written[at:end]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "LOOK_S", 0.0)


def looked(nodes: Nodes, play: Callable[[Centre, Controller], Awaitable[None]], *, known: bool = False) -> Centre:
    """A play while atoms are looked at."""
    centre = Centre(Topics(), Options(), lambda: "id")
    centre.nodes([OurNode(name, our_uuid("local", name), 10) for name in ("node-1", "node-2")])
    module = Module(
        uuid="m", name="a", filename="b", parent=our_uuid("local", "node-1"), atom="node-1/arts.m", confirmed=True
    )
    if known:
        centre.load([module])

    async def work() -> None:
        controller = Controller()
        looking = asyncio.create_task(Sight(nodes, controller, centre, lambda: None).run())  # type: ignore[arg-type]
        if not known:
            centre.state.put_module(module)
        async with asyncio.timeout(BOUND_S):
            await play(centre, controller)
        looking.cancel()

    asyncio.run(work())
    return centre


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 -- what is waited for is no event
        await asyncio.sleep(0)


@pytest.mark.usefixtures("quick")
def test_what_an_atom_writes_is_told_once_and_where_it_is() -> None:
    nodes = Nodes([Row("node-1/arts.m", stdout_bytes=3)], b"abcdef")
    said: list[action.Publish] = []

    async def play(centre: Centre, controller: Controller) -> None:
        del controller

        def heard() -> bytes:
            said.extend(each for each in centre.take() if isinstance(each, action.Publish))
            return b"".join(each.payload for each in said)

        await until(lambda: heard() == b"abc")
        nodes.rows = [Row("node-1/arts.m", node="node-2", stdout_bytes=6)]
        await until(lambda: heard() == b"abcdef")
        await until(lambda: centre.state.modules["m"].parent == our_uuid("local", "node-2"))

    looked(nodes, play)


@pytest.mark.usefixtures("quick")
def test_what_was_written_before_the_door_began_is_not_told_again() -> None:
    nodes = Nodes([Row("node-1/arts.m", stdout_bytes=3)], b"abcdef")

    async def play(centre: Centre, controller: Controller) -> None:
        del controller
        centre.take()
        await until(lambda: nodes.looks > 1)
        nodes.rows = [Row("node-1/arts.m", stdout_bytes=6)]
        said: list[bytes] = []
        while b"".join(said) != b"def":
            said += [each.payload for each in centre.take() if isinstance(each, action.Publish)]
            assert b"a" not in b"".join(said)
            await asyncio.sleep(0)

    looked(nodes, play, known=True)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("state", [AtomState.ENDED, AtomState.STOPPED])
def test_an_end_is_seen(state: AtomState) -> None:
    nodes = Nodes([Row("node-1/arts.m")])

    async def play(centre: Centre, controller: Controller) -> None:
        del controller
        nodes.rows = [Row("node-1/arts.m", state=state)]
        await until(lambda: not centre.state.modules)

    looked(nodes, play)


@pytest.mark.usefixtures("quick")
def test_one_that_no_node_tells_of_is_over_only_when_the_controller_says_so() -> None:
    async def play(centre: Centre, controller: Controller) -> None:
        restoring = AtomRecord(name="node-1/arts.m", state="lost", wish=Wish.RUN)
        controller.records = {"node-1/arts.m": restoring}
        for _ in range(3 * MISSED):
            await asyncio.sleep(0)
        assert "m" in centre.state.modules
        controller.records = {"node-1/arts.m": AtomRecord(name="node-1/arts.m", state="down", wish=Wish.STOP)}
        await until(lambda: not centre.state.modules)

    looked(Nodes(), play)


@pytest.mark.usefixtures("quick")
def test_output_that_is_gone_is_passed_over() -> None:
    nodes = Nodes([Row("node-1/arts.m", stdout_bytes=3)], b"abcdef", lost=True)

    async def play(centre: Centre, controller: Controller) -> None:
        del controller
        await until(lambda: nodes.looks > 1)
        nodes.lost = False
        nodes.rows = [Row("node-1/arts.m", stdout_bytes=6)]
        said: list[bytes] = []
        while b"".join(said) != b"def":
            said += [each.payload for each in centre.take() if isinstance(each, action.Publish)]
            await asyncio.sleep(0)

    looked(nodes, play)
