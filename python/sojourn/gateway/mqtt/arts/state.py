"""What the door knows, and what is under way. All that changes it goes through here, so that it is kept and told."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.arts import limit, say
from sojourn.gateway.mqtt.arts.action import Action, Changes, Drop, Keep, Listen, Publish, Unlisten
from sojourn.gateway.mqtt.arts.record import Module, OurNode, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable

    import msgspec

    from sojourn.gateway.mqtt.arts.topic import Topics


@dataclass(frozen=True, slots=True)
class Options:
    """How the door is set.

    Attributes:
        patience_s: How long a runtime may take to answer.
        grace_s: How long an atom has to end by itself after it was asked to.
        policy: By which policy modules are placed.
    """

    patience_s: float = 20.0
    grace_s: float = 1.0
    policy: str = "least_modules"


@dataclass(frozen=True, slots=True)
class Origin:
    """A request that is to be answered, once, on its own topic."""

    topic: str
    object_id: str


@dataclass(slots=True)
class Sent:
    """A request to a runtime that waits for its answer.

    Attributes:
        what: What follows of the answer; see `exchange`.
        runtime: Identity of the runtime.
        module: Identity of the module.
        origin: Whose request it is; None: it was not asked for here.
        payload: It, as long as it may have to be sent.
        deadline: When it is not waited for any more.
        at: When it is sent, again or for the first time; None: it has been.
    """

    what: str
    runtime: str
    module: str
    origin: Origin | None
    payload: bytes
    deadline: float
    at: float | None = None


@dataclass(slots=True)
class Placing:
    """A module that is being placed, or started at a node of this realm."""

    origin: Origin
    module: Module
    pinned: str = ""
    memory: msgspec.Raw | None = None
    tries: int = 1
    node: str = ""


@dataclass(slots=True)
class Leaving:
    """An atom that was asked to end, and is stopped when it does not.

    Attributes:
        origin: Whose request it is; None: nobody waits for it.
        at: When it is stopped; None: it is being stopped.
    """

    origin: Origin | None
    at: float | None


@dataclass(slots=True)
class Moving:
    """A module on its way to another runtime, or node of this realm.

    Attributes:
        origin: Whose request it is.
        target: Identity of where it goes.
        deadline: When that is not waited for any more.
        left: Whether the old runtime has said that it has let it go.
        seen: Whether the old runtime has sent it to the new one.
    """

    origin: Origin
    target: str
    deadline: float
    left: bool = False
    seen: bool = False


@dataclass(slots=True)
class Counts:
    """What was refused or not heeded, since the beginning."""

    unreadable: int = 0
    refused: int = 0
    too_long: int = 0
    ignored: int = 0
    late: int = 0


@dataclass
class State:
    """See above.

    Attributes:
        topics: Of the realm.
        options: How the door is set.
        new_id: A new identity.
        runtimes: By identity.
        modules: By identity, also those that are being placed.
        nodes: Nodes of this realm that are up, by identity.
        open: Requests that are to be answered, by their own identity.
        sent: What runtimes have to answer, by its identity.
        placing: What the realm has to answer about modules that come, by number.
        leaving: Atoms that are to end, by module.
        moving: Modules on their way, by identity.
        moves: Moves of atoms that the realm has to answer: the module, by number.
        stops: The same of stops.
        at: Modules by identity of where they are.
        atoms: Modules by their atom.
        channels: Topics that modules here read: which, and the file.
        hearing: Modules at runtimes whose output would be their first sign of life: identity of the request.
        strays: Modules that somebody sent to a runtime without asking here, until that has answered.
        by_node: Identities of runtimes by their names in the realm.
        echoes: Identities of what was sent here.
        counts: What was refused.
        out: What is to be done.
    """

    topics: Topics
    options: Options
    new_id: Callable[[], str]
    runtimes: dict[str, Runtime] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    nodes: dict[str, OurNode] = field(default_factory=dict)
    open: dict[str, Origin] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict)
    placing: dict[int, Placing] = field(default_factory=dict)
    leaving: dict[str, Leaving] = field(default_factory=dict)
    moving: dict[str, Moving] = field(default_factory=dict)
    moves: dict[int, str] = field(default_factory=dict)
    stops: dict[int, str] = field(default_factory=dict)
    at: dict[str, set[str]] = field(default_factory=dict)
    atoms: dict[str, str] = field(default_factory=dict)
    channels: dict[str, dict[str, str]] = field(default_factory=dict)
    hearing: dict[str, str] = field(default_factory=dict)
    strays: dict[str, Module] = field(default_factory=dict)
    by_node: dict[str, str] = field(default_factory=dict)
    echoes: OrderedDict[str, None] = field(default_factory=OrderedDict)
    counts: Counts = field(default_factory=Counts)
    out: list[Action] = field(default_factory=list)
    _number: int = 0
    _nodes_changed: dict[str, None] = field(default_factory=dict)
    _atoms_changed: dict[str, None] = field(default_factory=dict)
    _nodes_gone: dict[str, None] = field(default_factory=dict)
    _atoms_gone: dict[str, None] = field(default_factory=dict)

    def next_number(self) -> int:
        """Number of the next question to the realm."""
        self._number += 1
        return self._number

    # Answers: one to every request.

    def begin(self, origin: Origin) -> bool:
        """A request is to be answered; not if it is being answered already: it came twice."""
        if origin.object_id in self.open:
            self.counts.ignored += 1
            return False
        if len(self.open) >= limit.OPEN:
            self.counts.refused += 1
            self.out.append(Publish(origin.topic, say.error(origin.object_id, "too much is under way; try again")))
            return False
        self.open[origin.object_id] = origin
        return True

    def reply(self, origin: Origin | None, details: object) -> None:
        """It was done."""
        if origin is not None and self.open.pop(origin.object_id, None) is not None:
            self.out.append(Publish(origin.topic, say.answer(origin.object_id, say.OK, details)))

    def refuse(self, origin: Origin | None, why: str) -> None:
        """It was not, and why."""
        if origin is not None and self.open.pop(origin.object_id, None) is not None:
            self.counts.refused += 1
            self.out.append(Publish(origin.topic, say.error(origin.object_id, why)))

    def echo(self, object_id: str) -> None:
        """What has this identity was sent here: it is not heeded when it comes back."""
        self.echoes[object_id] = None
        while len(self.echoes) > limit.ECHOES:
            self.echoes.popitem(last=False)

    # Runtimes.

    def put_runtime(self, runtime: Runtime) -> None:
        """A runtime is there, or has changed."""
        self.runtimes[runtime.uuid] = runtime
        self.by_node[runtime.node] = runtime.uuid
        self.out.append(Keep(runtime))
        self._nodes_gone.pop(runtime.node, None)
        self._nodes_changed[runtime.node] = None

    def note_runtime(self, runtime: Runtime) -> None:
        """What the realm need not be told of has changed."""
        self.runtimes[runtime.uuid] = runtime
        self.out.append(Keep(runtime))

    def drop_runtime(self, runtime: Runtime) -> None:
        """A runtime is gone."""
        self.runtimes.pop(runtime.uuid, None)
        self.by_node.pop(runtime.node, None)
        self.out.append(Drop(Runtime.TABLE, runtime.uuid))
        self._nodes_changed.pop(runtime.node, None)
        self._nodes_gone[runtime.node] = None

    def children(self, parent: str) -> list[Module]:
        """Modules at a runtime or node, in order of their identities."""
        return [self.modules[uuid] for uuid in sorted(self.at.get(parent, ()))]

    def room(self, runtime: Runtime, module: str = "") -> int:
        """How many modules a runtime takes, not counting one."""
        return runtime.max_nmodules - len(self.at.get(runtime.uuid, set()) - {module})

    # Modules.

    def put_module(self, module: Module) -> None:
        """A module is there, or has changed. One without a place is kept nowhere but here."""
        before = self.modules.get(module.uuid)
        self.modules[module.uuid] = module
        if before is not None and before.parent != module.parent:
            self._left(before)
        if not module.parent:
            return
        self.at.setdefault(module.parent, set()).add(module.uuid)
        self.out.append(Keep(module))
        if module.atom:
            self.atoms[module.atom] = module.uuid
            self._hear(module)
        else:
            self._atoms_gone.pop(module.foreign_name, None)
            self._atoms_changed[module.foreign_name] = None

    def drop_module(self, module: Module) -> None:
        """A module is gone."""
        if self.modules.pop(module.uuid, None) is None:
            return
        self._left(module)
        self.leaving.pop(module.uuid, None)
        self.moving.pop(module.uuid, None)
        self.unhear_output(module.uuid)
        if module.parent:
            self.out.append(Drop(Module.TABLE, module.uuid))
        if module.atom:
            self.atoms.pop(module.atom, None)
            self._unhear(module)
        elif module.parent:
            self._atoms_changed.pop(module.foreign_name, None)
            self._atoms_gone[module.foreign_name] = None

    def _left(self, module: Module) -> None:
        there = self.at.get(module.parent)
        if there is not None:
            there.discard(module.uuid)
            if not there:
                del self.at[module.parent]

    def busy(self, module: Module) -> str:
        """What is being done with a module; empty: nothing."""
        if not module.parent or any(each.module.uuid == module.uuid for each in self.placing.values()):
            return "it is being created"
        if module.uuid in self.leaving:
            return "it is being deleted"
        if module.uuid in self.moving:
            return "it is being moved"
        if any(each.module == module.uuid and each.origin is not None for each in self.sent.values()):
            return "its runtime has not yet answered what was asked before"
        return ""

    # Topics.

    def _hear(self, module: Module) -> None:
        for channel in module.channels:
            if "r" in channel.mode and channel.topic:
                readers = self.channels.setdefault(channel.topic, {})
                if not readers:
                    self.out.append(Listen(channel.topic))
                readers[f"{module.uuid} {channel.file}"] = channel.file

    def _unhear(self, module: Module) -> None:
        for channel in module.channels:
            readers = self.channels.get(channel.topic)
            if readers and readers.pop(f"{module.uuid} {channel.file}", "") and not readers:
                del self.channels[channel.topic]
                self.out.append(Unlisten(channel.topic))

    def hear_output(self, module: str, object_id: str) -> None:
        """What a module writes would be a sign that it runs."""
        if module not in self.hearing:
            self.out.append(Listen(self.topics.output(module)))
        self.hearing[module] = object_id

    def unhear_output(self, module: str) -> None:
        """It need not be heard any more."""
        if self.hearing.pop(module, None) is not None:
            self.out.append(Unlisten(self.topics.output(module)))

    # What the realm is told.

    def changes(self) -> Changes:
        """What has changed since the last time."""
        told = Changes(
            tuple(self._nodes_changed), tuple(self._atoms_changed), tuple(self._nodes_gone), tuple(self._atoms_gone)
        )
        for each in (self._nodes_changed, self._atoms_changed, self._nodes_gone, self._atoms_gone):
            each.clear()
        return told

    @property
    def has_changes(self) -> bool:
        """Whether something has changed since the last time."""
        return bool(self._nodes_changed or self._atoms_changed or self._nodes_gone or self._atoms_gone)

    def retell(self) -> None:
        """Everything is to be told anew."""
        self._nodes_changed = dict.fromkeys(each.node for each in self.runtimes.values())
        self._atoms_changed = dict.fromkeys(each.foreign_name for each in self.foreign())
        self._nodes_gone, self._atoms_gone = {}, {}

    def foreign(self) -> list[Module]:
        """Modules at runtimes."""
        return [each for each in self.modules.values() if each.parent and not each.atom]

    def named(self, node: str) -> str:
        """Identity of a node by its name in the realm; empty: there is none."""
        found = self.by_node.get(node, "")
        return found or next((each.uuid for each in self.nodes.values() if each.name == node), "")

    def node_of(self, identity: str) -> str:
        """Name in the realm of a runtime or node; empty: there is none."""
        if identity in self.runtimes:
            return self.runtimes[identity].node
        return self.nodes[identity].name if identity in self.nodes else ""
