"""Messages, timers and what is kept, around the centre.

What is kept is kept before anything that follows from it is published. A message of the broker is dealt with at once,
in the loop's thread; what takes time (the controller, a file store) is done in threads, and comes back as an outcome.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sojourn.control.foreign import RENEW_S
from sojourn.gateway.mqtt.arts import action, telling
from sojourn.gateway.mqtt.client import Deaf
from sojourn.gateway.mqtt.error import MqttError
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sojourn.app.doors.arts.hands import Hands
    from sojourn.app.doors.arts.streams import Streams
    from sojourn.gateway.mqtt.arts.centre import Centre
    from sojourn.gateway.mqtt.arts.keeping import Keeping
    from sojourn.gateway.mqtt.client import Client
    from sojourn.gateway.mqtt.packet import Publish
    from sojourn.gateway.mqtt.session import Granted

log = logging.getLogger(__name__)

# What is done in the realm at once, beside placing, which is done one after the other.
WORKERS = 8
# Nodes of the realm are asked for so often; sooner, as long as there is none.
NODES_S = 2.0
AGAIN_S = 0.5


class Shell(Deaf):
    """See above. A listener of the client of the broker.

    Args:
        centre: What decides.
        keeping: Where is kept what has to outlast this process.
        hands: What is done in the realm.
        clock: Unix time.
        fail: Told of what it cannot go on after.
    """

    def __init__(
        self,
        centre: Centre,
        keeping: Keeping,
        hands: Hands,
        clock: Callable[[], float],
        fail: Callable[[Exception], None],
    ) -> None:
        self._centre = centre
        self._keeping = keeping
        self._hands = hands
        self._clock = clock
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="arts")
        self._places: asyncio.Queue[action.Place] = asyncio.Queue()
        self._telling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._whole = True
        self._granted: set[str] = set()
        self.listening = asyncio.Event()
        self.client: Client | None = None
        self.streams: Streams | None = None

    # The broker.

    def granted(self, happened: Granted) -> None:
        """The broker has answered a subscription."""
        self._granted.add(happened.pattern)
        if self._granted.issuperset(self._centre.state.topics.filters):
            self.listening.set()

    def message(self, message: Publish) -> None:
        """A message came."""
        self._centre.feed(message.topic, message.payload, self._clock())
        if self.client is not None:
            self.client.acknowledge(message)
        self.after()

    async def first_look(self) -> None:
        """Looks which nodes there are before the first message is heeded; without a controller there are none yet."""
        try:
            self._centre.nodes(await self._loop.run_in_executor(self._threads, self._hands.nodes))
        except SojournError as error:
            log.warning("no controller answers yet", extra={"error": str(error)})

    # What follows.

    def after(self) -> None:
        """Does what the centre wants."""
        while actions := self._centre.take():
            kept = [each for each in actions if isinstance(each, action.Keep | action.Drop)]
            if kept:
                try:
                    self._keeping.apply(kept)
                except SojournError as error:
                    self._fail(error)
                    return
            for each in actions:
                self._do(each)
        self._wake()

    def _do(self, wanted: action.Action) -> None:
        client = self.client
        match wanted:
            case action.Publish(topic, payload):
                self._publish(topic, payload)
            case action.Listen(topic) if client is not None:
                self._listen(client, topic)
            case action.Unlisten(topic) if client is not None:
                client.unsubscribe(topic)
            case action.Channel(atom, path, data) if self.streams is not None:
                self.streams.send(atom, path, data)
            case action.Input(atom, data) if self.streams is not None:
                self.streams.given(atom, data)
            case action.Place():
                self._places.put_nowait(wanted)
            case action.Start() | action.Stop() | action.Move():
                self._start(self._work(wanted))
            case _:
                pass

    def _publish(self, topic: str, payload: bytes) -> None:
        if self.client is None:
            return
        try:
            self.client.publish(topic, payload)
        except MqttError as error:
            log.warning("a message is not published", extra={"topic": topic, "error": str(error)})

    def _listen(self, client: Client, topic: str) -> None:
        try:
            client.subscribe(topic)
        except MqttError as error:
            log.warning("a topic is not listened to", extra={"topic": topic, "error": str(error)})

    def _wake(self) -> None:
        """Sets the timer for what is due next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._centre.due()
        if due is not None:
            self._timer = self._loop.call_later(max(0.0, due - self._clock()), self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._centre.tick(self._clock())
        self.after()

    # The realm.

    async def run(self) -> None:
        """Places, and tells the controller, until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._place())
            group.create_task(self._renew())
            group.create_task(self._look())

    async def _place(self) -> None:
        """Places one after the other: each has to be told before the next is placed."""
        while True:
            wanted = await self._places.get()
            try:
                await self.tell()
            except SojournError as error:
                log.info("the controller is not told", extra={"error": str(error)})
            await self._work(wanted)

    async def _work(self, wanted: action.Action) -> None:
        outcome = await self._loop.run_in_executor(self._threads, self._hands.do, wanted)
        if outcome is not None:
            self._centre.outcome(outcome, self._clock())
            self.after()

    async def _renew(self) -> None:
        """Tells what has changed, soon, and that there is a door, again and again."""
        told_at = float("-inf")
        while True:
            if self._whole or self._centre.has_changes or self._loop.time() - told_at >= RENEW_S:
                try:
                    await self.tell(renew=True)
                    told_at = self._loop.time()
                except SojournError as error:
                    log.info("the controller is not told", extra={"error": str(error)})
            await asyncio.sleep(AGAIN_S)

    async def tell(self, *, renew: bool = False) -> None:
        """Tells the controller what has changed; everything, where it knows something else.

        Raises:
            SojournError: It was not told; all is told next time.
        """
        async with self._telling:
            if self._whole:
                self._centre.state.retell()
            whole, self._whole = self._whole, True
            changes = self._centre.changes()
            if not (whole or renew or changes.any):
                self._whole = False
                return
            state = self._centre.state
            expected = len(state.runtimes), len(state.foreign())
            for part in telling.parts(state, changes, whole=whole):
                counts = await self._loop.run_in_executor(self._threads, self._hands.tell, part)
            # What it has lost, or kept too long, is told anew.
            self._whole = (counts.nodes, counts.atoms) != expected

    async def _look(self) -> None:
        """Looks which nodes the realm has."""
        while True:
            try:
                nodes = await self._loop.run_in_executor(self._threads, self._hands.nodes)
                self._centre.nodes(nodes)
            except SojournError as error:
                log.info("nodes are not known", extra={"error": str(error)})
            await asyncio.sleep(NODES_S if self._centre.state.nodes else AGAIN_S)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Nothing more is done."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
