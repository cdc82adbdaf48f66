"""The controller's loop: events in, decisions kept, then carried out.

```text
nodes ---reports, who is there---> inbox ---> Controller.handle ---> store (one transaction) ---> commands ---> nodes
users (REST) ----wishes----------->                                       |
                                     ^------- what came of them ----------------------------------'
```

Nothing is done that is not kept. Where the store says that somebody else leads, this one stops deciding at once.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from sojourn.app.controller.commands import Hands
from sojourn.app.observe.metrics import Metrics
from sojourn.app.observe.store import MeasuredStore
from sojourn.control.controller import Controller
from sojourn.control.decision import Learned, NodeDown, Reported, Tick
from sojourn.control.trail import EVERY_S, Trail
from sojourn.model.errors import NotLeader, SojournError, StorageError
from sojourn.model.record import KINDS, MoveRecord, MoveState, NodeState, Put

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Mapping

    from sojourn.app.controller.followers import Followers
    from sojourn.app.controller.link import Link
    from sojourn.app.controller.modules import Modules
    from sojourn.app.observe.traces import Traces
    from sojourn.control.decision import Command, Decision, Event, Progressed, Settled
    from sojourn.control.placement.interface import Policy
    from sojourn.model.record import AtomRecord, NodeRecord, Write
    from sojourn.model.wire import MoveRow
    from sojourn.store.interface import Store

log = logging.getLogger(__name__)

# Who is there is looked at so often, in seconds, and what nodes have measured.
LOOK_S = 0.2
REPORT_S = 1.0
# A follower looks so often whether it is to lead, and what the leader has kept.
FOLLOW_S = 1.0
# Old events and moves are let go so often.
PRUNE_S = 60.0
# A store that keeps nothing is tried again after so long.
RETRY_S = 1.0


class Asked(NamedTuple):
    """An event, and who waits for what follows from it."""

    event: Event
    decided: asyncio.Future[Decision] | None

    def answer(self, decision: Decision) -> None:
        """It is decided, and kept."""
        if self.decided is not None and not self.decided.done():
            self.decided.set_result(decision)

    def fail(self, error: Exception) -> None:
        """It is not."""
        if self.decided is not None and not self.decided.done():
            self.decided.set_exception(error)


class Runner:
    """Runs a controller.

    Args:
        link: The realm's nodes.
        store: What it keeps.
        modules: Modules that were brought.
        followers: Who follows events.
        traces: Where traces go.
        clock: Seconds of its clock.
        policies: Placement policies of users.
    """

    def __init__(  # noqa: PLR0913 -- its parts, by keyword
        self,
        link: Link,
        store: Store,
        *,
        modules: Modules,
        followers: Followers,
        traces: Traces,
        clock: Callable[[], float],
        policies: Mapping[str, Policy],
    ) -> None:
        self.link = link
        self.metrics = Metrics(self.nodes, self.atoms)
        self.store = MeasuredStore(store, self.metrics)
        self.followers = followers
        self.traces = traces
        self.clock = clock
        self.policies = policies
        self.controller = Controller(policies)
        self.trail = Trail()
        self.term: int | None = None
        # Whether it has read what is kept.
        self.ready = False
        self._hands = Hands(link, modules, self._progressed)
        self._inbox: asyncio.Queue[Asked] = asyncio.Queue()
        self._present: set[str] = set()
        self._annotations: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        # What sources tell of moves that are settled in a moment.
        self._rows: dict[int, MoveRow] = {}

    def nodes(self) -> Collection[NodeRecord]:
        """Nodes that are known."""
        return self.controller.state.registry.nodes.values()

    def atoms(self) -> Collection[AtomRecord]:
        """Atoms that are known."""
        return self.controller.state.registry.atoms.values()

    @property
    def leads(self) -> bool:
        """Whether it decides."""
        return self.term is not None

    async def decide(self, event: Event) -> Decision:
        """What follows from an event, once it is kept.

        Raises:
            NotLeader: Somebody else decides.
            StorageError: It could not be kept, and nothing follows.
        """
        if not self.leads:
            leader = await asyncio.to_thread(self.store.leader)
            told = "this controller does not lead the realm" + (f"; {leader} does" if leader else "")
            raise NotLeader(told, leader=leader if leader and "://" in leader else None)
        decided: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait(Asked(event, decided))
        return await decided

    async def run(self) -> None:
        """Leads, or follows until it can; for ever."""
        read = False
        while True:
            try:
                self.term = await asyncio.to_thread(self.store.lead)
                await asyncio.to_thread(self.load)
                # Who has seen events of an earlier life, or of the one that leads, goes on after them.
                self.followers.reached(await asyncio.to_thread(self.store.last_event))
            except StorageError as error:
                self.term = None
                # Whoever starts it is told; later it waits until the store is back.
                if not read:
                    raise
                log.warning("the store cannot be read", extra={"error": str(error)})
                await asyncio.sleep(RETRY_S)
                continue
            read = True
            if self.term is None:
                await asyncio.sleep(FOLLOW_S)
                continue
            log.info("leads", extra={"term": self.term, "atoms": len(self.controller.state.registry.atoms)})
            try:
                await self._lead()
            except NotLeader:
                log.warning("does not lead any more")
            except StorageError as error:
                log.warning("the store fails", extra={"error": str(error)})
                await asyncio.sleep(RETRY_S)
            finally:
                self.term = None
                self._refuse_all()

    def load(self) -> None:
        """Takes what is kept."""
        controller = Controller(self.policies)
        controller.load(record for kind in KINDS for record in self.store.records(kind))
        self.controller = controller
        self.ready = True

    def _refuse_all(self) -> None:
        while not self._inbox.empty():
            self._inbox.get_nowait().fail(NotLeader("this controller does not lead the realm any more"))

    async def _lead(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                group.create_task(self._measure())
                group.create_task(self._prune())
                group.create_task(self._remember())
                group.create_task(self._work())
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _watch(self) -> None:
        """Who is there. Whoever was there in an earlier life of this process and is not now is told as gone, too."""
        registry = self.controller.state.registry
        self._present = {node.key for node in registry.up()}
        settled = self.clock() + REPORT_S
        while True:
            here = set(self.link.peers())
            # At the beginning not all have been met; and where nobody is there, it is this one that is cut off.
            if here and self.clock() > settled:
                for name in sorted(self._present - here):
                    self._inbox.put_nowait(Asked(NodeDown(name, 0), None))
                self._present = here
            self._inbox.put_nowait(Asked(Tick(), None))
            await asyncio.sleep(LOOK_S)

    async def _measure(self) -> None:
        """What nodes report."""
        while True:
            began = self.clock()
            try:
                for report in await self.link.reports():
                    if report.facts.max_atoms > 0:
                        self.metrics.reported()
                        self._inbox.put_nowait(Asked(Reported(report), None))
            except SojournError as error:
                log.warning("no reports", extra={"error": str(error)})
            await asyncio.sleep(max(0.05, REPORT_S - (self.clock() - began)))

    async def _prune(self) -> None:
        while True:
            await asyncio.sleep(PRUNE_S)
            settings = self.controller.state.registry.settings
            events, moves = int(settings.number("keep.events")), int(settings.number("keep.moves"))
            if self.term is not None:
                await asyncio.to_thread(self.store.prune, self.term, events=events, moves=moves)

    async def _remember(self) -> None:
        """How nodes do, for those who look back."""
        while True:
            self.trail.sample(self.clock(), self.controller.state.fleet)
            await asyncio.sleep(EVERY_S)

    async def _work(self) -> None:
        """Decides on all that has come, keeps it in one transaction, then has it done."""
        while True:
            batch = [await self._inbox.get()]
            while not self._inbox.empty():
                batch.append(self._inbox.get_nowait())
            await self._settle(batch)

    async def _settle(self, batch: list[Asked]) -> None:
        decided = [(asked, decision) for asked in batch if (decision := self._handle(asked)) is not None]
        writes = tuple(write for _, decision in decided for write in decision.writes)
        if writes:
            assert self.term is not None  # noqa: S101 -- only who leads works
            try:
                self.followers.publish(await asyncio.to_thread(self.store.apply, self.term, writes))
                self._show(writes)
            except SojournError as error:
                for asked, _ in decided:
                    asked.fail(error)
                raise
        for asked, decision in decided:
            asked.answer(decision)
            for command in decision.commands:
                self._start(self._do(command))
        self._ask_annotations()

    def _show(self, writes: tuple[Write, ...]) -> None:
        """Has moves that are over traced."""
        for write in writes:
            if isinstance(write, Put) and isinstance(write.record, MoveRecord):
                record = write.record
                if record.state is not MoveState.DECIDED:
                    self.traces.move(record, self._rows.pop(record.number, None))

    def _handle(self, asked: Asked) -> Decision | None:
        try:
            with self.metrics.handling(type(asked.event).__name__):
                return self.controller.handle(asked.event, self.clock())
        except Exception as error:
            # A mistake of ours must not end all: what it was about stays as it was.
            log.exception("an event could not be handled", extra={"event": type(asked.event).__name__})
            asked.fail(error)
            return None

    def _progressed(self, event: Progressed) -> None:
        self._inbox.put_nowait(Asked(event, None))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, command: Command) -> None:
        log.info("does", extra={"command": type(command).__name__, "atom": command.atom, "cause": command.cause})
        event, row = await self._hands.do(command)
        self.metrics.carried_out(type(command).__name__.lower(), outcome(event))
        if row is not None:
            self._rows[command.number] = row
        if event.error:
            # It is told as an event; that an atom ends while it is to move is nothing to warn of.
            log.info("was not done", extra={"atom": command.atom, "error": event.error})
        self._inbox.put_nowait(Asked(event, None))

    def _ask_annotations(self) -> None:
        """Asks what modules say of themselves that were met with their first atom."""
        state = self.controller.state
        for digest, atoms in state.unread.items():
            atom = state.registry.atoms.get(atoms[0]) if atoms else None
            if digest and atom is not None and digest not in self._annotations and self._is_up(atom.node):
                self._annotations.add(digest)
                self._start(self._learn(digest, atom.node))

    def _is_up(self, node: str) -> bool:
        record = self.controller.state.registry.nodes.get(node)
        return record is not None and record.state is NodeState.UP

    async def _learn(self, digest: str, node: str) -> None:
        try:
            module = await self.link.annotation(digest, node)
        except SojournError as error:
            log.warning("a module's annotation is not known", extra={"digest": digest, "error": str(error)})
            self._annotations.discard(digest)
            return
        self._inbox.put_nowait(Asked(Learned(module), None))


def outcome(event: Settled) -> str:
    """What became of a command, for those who count."""
    return "busy" if event.busy else "failed" if event.error else "done"
