"""The door's centre with a real controller, nodes that do what they are told, and a broker: all in memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.app.controller.foreign import event_of
from sojourn.control.controller import Controller
from sojourn.control.decision import Adopt, NodeUp, Reported, Tick
from sojourn.control.placement import explain
from sojourn.gateway.mqtt.arts import telling
from sojourn.gateway.mqtt.arts.action import (
    Channel,
    Done,
    Drop,
    Failed,
    Input,
    Keep,
    Listen,
    Move,
    Place,
    Placed,
    Publish,
    Start,
    Started,
    Stop,
    Unlisten,
)
from sojourn.gateway.mqtt.arts.centre import Centre
from sojourn.gateway.mqtt.arts.record import OurNode, Record, our_uuid
from sojourn.gateway.mqtt.arts.state import Options
from sojourn.gateway.mqtt.arts.topic import Topics
from sojourn.model.fleet import NodeFacts, NodeReport
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec
from tests.arts.broker import Broker

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.action import Action, Outcome

REALM = "local"
GIB = 1 << 30


@dataclass
class World:
    """All of it."""

    nodes: tuple[str, ...] = ("node-1", "node-2")
    options: Options = field(default_factory=Options)
    word: str = "realm"
    now: float = 1_700_000_000.0
    broker: Broker = field(default_factory=Broker)
    store: dict[tuple[str, str], Record] = field(default_factory=dict)
    atoms: dict[str, str] = field(default_factory=dict)
    given: list[Channel | Input] = field(default_factory=list)
    failing: str = ""
    # Atoms end as soon as they are asked to, or not at all by themselves.
    obedient: bool = False
    name: str = "door"
    will: tuple[str, bytes] | None = None

    def __post_init__(self) -> None:
        self.controller = Controller()
        self.filters: set[str] = set()
        self.ids = itertools.count(1)
        for name in self.nodes:
            facts = NodeFacts(name=name, cores=4.0, memory_bytes=8 * GIB, memory_free_bytes=8 * GIB, incarnation=1)
            self.controller.handle(NodeUp(name, 1), self.now)
            self.controller.handle(Reported(NodeReport(at=self.now, facts=facts, whole=True)), self.now)
        self.begin()

    def begin(self) -> None:
        """The door begins, or begins again, with what it has kept."""
        topics = Topics(self.word)
        self.centre = Centre(topics, self.options, lambda: f"id-{next(self.ids)}")
        self.filters = set(topics.filters)
        self.centre.nodes(OurNode(name, our_uuid(REALM, name), 20_000) for name in self.nodes)
        self.centre.load(list(self.store.values()))
        self.broker.connect(self)
        self.tell(whole=True)
        self.act()

    def uuid(self, node: str) -> str:
        return our_uuid(REALM, node)

    # As a client of the broker.

    def feed(self, topic: str, payload: bytes) -> list[tuple[str, bytes]]:
        self.centre.feed(topic, payload, self.now)
        return self.act()

    def act(self) -> list[tuple[str, bytes]]:
        """Does what the centre wants; what it publishes."""
        published = []
        while actions := self.centre.take():
            for action in actions:
                if isinstance(action, Publish):
                    published.append((action.topic, action.payload))
                else:
                    self.do(action)
        self.tell()
        return published

    def do(self, action: Action) -> None:
        match action:
            case Listen(topic):
                self.filters.add(topic)
            case Unlisten(topic):
                self.filters.discard(topic)
            case Keep(record):
                self.store[record.TABLE, record.uuid] = record
            case Drop(table, key):
                self.store.pop((table, key), None)
            case Channel() | Input():
                self.given.append(action)
                if isinstance(action, Channel) and action.path == "/sys/signals" and self.obedient:
                    self.atoms.pop(action.atom)
                    self.centre.atom_ended(action.atom)
            case _:
                outcome = self.answered(action)
                if outcome is not None:
                    self.centre.outcome(outcome, self.now)

    def answered(self, action: Action) -> Outcome | None:
        match action:
            case Place(number, name, spec):
                self.tell()
                choice = explain(self.controller.state.fleet, Ask(atom=name, spec=spec), self.now).choice
                return Placed(number, choice.node, choice.reason)
            case Start(number) | Move(number) if self.failing:
                return Failed(number, self.failing)
            case Start(number, module, node):
                atom = f"{node}/{module.local_name}"
                self.atoms[atom] = node
                adopted = Adopt(atom=atom, module="aa", spec=AtomSpec(), node=node)
                self.controller.handle(adopted, self.now)
                return Started(number, atom, node)
            case Stop(number, atom):
                self.atoms.pop(atom, None)
                return Done(number)
            case Move(number, atom, node):
                self.atoms[atom] = node
                return Done(number)
        return None

    def tell(self, *, whole: bool = False) -> None:
        changes = self.centre.changes()
        if changes.any or whole:
            told = telling.told(self.centre.state, changes, whole=whole)
            decision = self.controller.handle(event_of("arts", told, self.controller.state.registry), self.now)
            assert not decision.refused

    # Time.

    def settle(self) -> None:
        """Lets all messages arrive."""
        while self.broker.deliver():
            pass

    def wait(self, seconds: float) -> None:
        """Time passes, and what is due is done when it is."""
        end = self.now + seconds
        self.settle()
        while (due := self.centre.due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.tick()
        self.now = end
        self.tick()

    def tick(self) -> None:
        self.centre.tick(self.now)
        for topic, payload in self.act():
            self.broker.publish(topic, payload)
        self.controller.handle(Tick(), self.now)
        self.settle()

    def say(self, published: list[tuple[str, bytes]]) -> None:
        """Somebody publishes; all that follows happens."""
        for topic, payload in published:
            self.broker.publish(topic, payload)
        self.settle()

    def atom_of(self, module: str) -> str:
        return next(atom for atom in self.atoms if atom.endswith(f"/arts.{module}"))
