"""One run: the world goes on step by step, and a controller hears of it as a real one would."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec

from sojourn.control.decision import Adopt, Command, NodeDown, NodeUp, Reported, Set, Settled, Tick
from sojourn.model.record import MoveRecord, Put
from sojourn.sim import limit
from sojourn.sim.check.suite import Suite
from sojourn.sim.check.view import WorldOutlook
from sojourn.sim.measure import Measure
from sojourn.sim.timeline import Timeline
from sojourn.sim.world.atoms import State
from sojourn.sim.world.birth import populate
from sojourn.sim.world.carry import Carrier
from sojourn.sim.world.happening import Happening, Kind
from sojourn.sim.world.telling import Telling
from sojourn.sim.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.control.decision import Decision, Event
    from sojourn.model.record import Write
    from sojourn.sim.scenario.schema import Scenario

# The controller's clock at the beginning of any run: it knows no time before.
EPOCH_S = 1_800_000_000.0
MODULE = "5e" * 32
# A node gives a copy of an atom up so long after it heard that the atom went on elsewhere.
HEARD_S = 1.0


class Decides(Protocol):
    """What decides: `control.controller.Controller`, or what a test puts in its place."""

    def handle(self, event: Event, now: float) -> Decision:
        """What follows from an event."""


class Watches(Protocol):
    """Who looks on, as whoever records it."""

    def heard(self, event: Event, decision: Decision, now: float) -> None:
        """The controller heard something, and this followed."""

    def stepped(self, now: float) -> None:
        """The world has come to a time; first to its beginning."""


class Decided(msgspec.Struct, frozen=True):
    """A command as it is exported.

    Attributes:
        at: Seconds from the beginning.
        command: The command.
        gain: What it was to gain, by its own prediction.
        cost: What it was to cost.
    """

    at: float
    command: Command
    gain: float = 0.0
    cost: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """What came of a run.

    Attributes:
        figures: Figures by name.
        lines: Values over time.
        violations: How often each checker found something.
        told: What they found, in words.
        decided: All commands.
    """

    figures: dict[str, float]
    lines: dict[str, list[float]]
    violations: dict[str, int] = {}
    told: list[str] = []
    decided: list[Decided] = []


class Simulation:
    """A world, and who decides; None: nobody does, and everything stays where it began.

    Args:
        scenario: What there is.
        happenings: What happens to it, in order.
        seed: Of everything that is left to chance.
        controller: Who decides.
        moves_per_minute: The budget that checkers hold the controller to.
        watcher: Who looks on.
    """

    def __init__(  # noqa: PLR0913 -- what there is to a run
        self,
        scenario: Scenario,
        happenings: Sequence[Happening],
        seed: int,
        controller: Decides | None,
        *,
        moves_per_minute: float = float("inf"),
        watcher: Watches | None = None,
    ) -> None:
        self.scenario = scenario
        self.watcher = watcher
        self.controller = controller
        self.world = World(scenario, seed)
        self.timeline = Timeline()
        self.telling = Telling(self.world, EPOCH_S)
        self.carrier = Carrier(self.world, self.timeline, self.settled)
        self.steps = max(1, round(scenario.seconds / scenario.control.step))
        self.buckets = max(1, round(scenario.control.report / scenario.control.step))
        self.decided: list[Decided] = []
        self.swinging = any(table.swing for table in scenario.atoms.values())
        self.begin(happenings)
        self.measure = Measure(self.world, self.steps)
        outlook = WorldOutlook(self.world)
        self.suite = Suite(outlook, moves_per_minute=moves_per_minute, steps=self.steps)

    def begin(self, happenings: Sequence[Happening]) -> None:
        """The world as it is at first."""
        for each in happenings:
            if each.at > 0:
                self.timeline.put(each.at, partial(self.happen, each))
            else:
                self.apply(each, 0.0)
        self.world.environment(0.0)
        populate(self.world)

    def run(self, progress: Callable[[float], None] | None = None) -> Outcome:
        """From the beginning to the end.

        Args:
            progress: Is told what share of it is over, now and then.
        """
        if self.controller is not None:
            self.introduce()
        self.watched(0.0)
        step = self.scenario.control.step
        for number in range(1, self.steps + 1):
            self.timeline.run(number * step)
            self.step(number, number * step)
            if progress is not None and number % max(1, self.steps // 200) == 0:
                progress(number / self.steps)
        return Outcome(
            figures=self.measure.figures(),
            lines=self.measure.lines,
            violations=self.suite.violations(),
            told=self.suite.told(),
            decided=self.decided,
        )

    def introduce(self) -> None:
        """The controller hears of its settings, nodes and atoms."""
        world = self.world
        for name, value in self.scenario.control.settings.items():
            self.deliver(Set(name, value), 0.0)
        for row in range(world.nodes.count):
            self.came(row, 0.0)
            self.deliver(Reported(self.telling.greeting(row, 0.0)), 0.0)
        for atom, name in enumerate(world.atoms.names):
            node = world.nodes.names[world.atoms.node[atom]]
            self.deliver(Adopt(atom=name, module=MODULE, spec=world.atoms.spec_of(atom), node=node), 0.0)

    # A step.

    def step(self, number: int, now: float) -> None:
        """The world comes to a time; nodes report, and the controller ticks."""
        world = self.world
        world.advance(now)
        self.power(now)
        self.finish(now)
        world.environment(now)
        world.keep_images(now)
        self.measure.stepped(now, self.scenario.control.step)
        if self.controller is not None:
            if self.swinging:
                self.suite.changed(now)
            self.suite.stepped(now)
            self.reports(number, now)
            self.deliver(Tick(), now)
        self.watched(now)

    def watched(self, now: float) -> None:
        """Whoever looks on sees it."""
        if self.watcher is not None:
            self.watcher.stepped(now)

    def power(self, now: float) -> None:
        """Nodes are suspended, and wake."""
        low = self.world.nodes.low.copy()
        empty, full = self.world.threshold()
        for row in empty:
            self.world.suspend(row)
            self.went(row, now)
        for row in full:
            self.world.wake(row, now)
            self.came(row, now)
        if empty or full or (low != self.world.nodes.low).any():
            self.suite.changed(now)

    def finish(self, now: float) -> None:
        """Atoms whose work is done end."""
        a = self.world.atoms
        done = (a.done >= a.work) & (a.state == State.RUNNING) & ~a.moving
        for atom in done.nonzero()[0].tolist():
            self.world.leave(atom, State.ENDED, now)
            self.suite.changed(now)

    def reports(self, number: int, now: float) -> None:
        """The nodes whose turn it is report, if they can be reached."""
        reachable = self.world.nodes.reachable
        for row in range(number % self.buckets, self.world.nodes.count, self.buckets):
            if reachable[row]:
                report = Reported(self.telling.report(row, now))
                self.timeline.put(now + self.scenario.control.delay, partial(self.deliver, report))

    # Nodes come and go, for the controller.

    def came(self, row: int, now: float) -> None:
        """A node's liveliness begins."""
        n = self.world.nodes
        self.telling.anew(row)
        self.deliver(NodeUp(n.names[row], int(n.incarnation[row])), now)
        if row in self.world.stale:
            self.timeline.put(now + HEARD_S, lambda _: self.world.give_up(row))

    def went(self, row: int, now: float) -> None:
        """A node falls silent, which is noticed later."""
        self.timeline.put(
            now + self.scenario.control.detect, partial(self.missed, row, int(self.world.nodes.incarnation[row]))
        )

    def missed(self, row: int, incarnation: int, now: float) -> None:
        """A node's silence is noticed, if it still is silent."""
        n = self.world.nodes
        if not n.reachable[row] or n.incarnation[row] != incarnation:
            self.deliver(NodeDown(n.names[row], incarnation), now)

    # What happens.

    def happen(self, happening: Happening, now: float) -> None:
        """One happening, at its time."""
        self.apply(happening, now)
        self.suite.changed(now)

    def apply(self, happening: Happening, now: float) -> None:
        """What it does to the world."""
        world, subject = self.world, happening.subject
        if happening.kind is Kind.SKY:
            world.sky(subject, happening.x)
        elif happening.kind is Kind.HARVEST:
            world.nodes.given_w[world.nodes.number[subject]] = happening.x
        elif happening.kind is Kind.LEG:
            world.users.go(world.users.number[subject], (happening.x, happening.y), now, happening.lasts)
        elif happening.kind is Kind.LOAD:
            world.load(subject, happening.x, happening.y)
        else:
            self.fail(happening.kind, world.nodes.number[subject], now)

    def fail(self, kind: Kind, row: int, now: float) -> None:
        """A node fails, or comes back."""
        n = self.world.nodes
        if kind is Kind.CRASH and not n.crashed[row]:
            self.world.crash(row, now)
            self.went(row, now)
        elif kind is Kind.BACK and n.crashed[row]:
            self.world.boot(row, now)
            self.came(row, now)
        elif kind is Kind.CUT and not n.cut[row]:
            n.cut[row] = True
            self.went(row, now)
        elif kind is Kind.HEAL and n.cut[row]:
            n.cut[row] = False
            if n.awake[row]:
                self.came(row, now)

    # The controller.

    def deliver(self, event: Event, now: float) -> None:
        """The controller hears something, and what it decides begins."""
        if self.controller is None:
            return
        decision = self.controller.handle(event, EPOCH_S + now)
        if self.watcher is not None:
            self.watcher.heard(event, decision, now)
        predicted = moves_in(decision.writes)
        for command in decision.commands:
            self.suite.commanded(command, now)
            if len(self.decided) < limit.MOST_DECISIONS:
                move = predicted.get(command.number)
                self.decided.append(Decided(now, command, move.gain if move else 0.0, move.cost if move else 0.0))
            self.timeline.put(now + self.scenario.control.delay, partial(self.carrier.carry, command))

    def settled(self, command: Command, outcome: Settled, now: float) -> None:
        """A command was carried out, or not."""
        self.suite.settled(command, outcome, now)
        self.measure.settled(command, outcome)
        self.timeline.put(now + self.scenario.control.delay, partial(self.deliver, outcome))


def moves_in(writes: Sequence[Write]) -> dict[int, MoveRecord]:
    """Records of moves, by number."""
    records = (write.record for write in writes if isinstance(write, Put))
    return {record.number: record for record in records if isinstance(record, MoveRecord)}
