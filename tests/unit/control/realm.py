"""Nodes in a table: what commands do to them, and what they report. No clock but the test's."""

from __future__ import annotations

from dataclasses import dataclass, field

from sojourn.control.controller import Controller
from sojourn.control.decision import (
    Command,
    Decision,
    Event,
    Forget,
    Move,
    NodeDown,
    NodeUp,
    Reload,
    Reported,
    Restore,
    Settled,
    Start,
    Stop,
    Tick,
)
from sojourn.model.fleet import AtomFacts, NodeFacts, NodeReport
from sojourn.model.record import Put, Record, Tell

GIB = 1 << 30


@dataclass
class Running:
    """An atom as it is."""

    node: str
    epoch: int = 1
    module: str = "aa"
    cores: float = 0.0
    status: int | None = None
    state: str = "running"


@dataclass
class Realm:
    """Nodes, their atoms, and a controller with its store."""

    controller: Controller = field(default_factory=Controller)
    nodes: dict[str, NodeFacts] = field(default_factory=dict)
    atoms: dict[str, Running] = field(default_factory=dict)
    # Atoms that run with an epoch that was overtaken: nodes that were cut off have them.
    late: dict[str, Running] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    store: dict[tuple[str, str], Record] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    history: list[Command] = field(default_factory=list)
    now: float = 1000.0
    refuse: set[str] = field(default_factory=set)

    def handle(self, event: Event) -> Decision:
        decision = self.controller.handle(event, self.now)
        for write in decision.writes:
            if isinstance(write, Put):
                self.store[write.record.KIND, write.record.key] = write.record
            elif isinstance(write, Tell):
                self.told.append(write.event.kind)
            else:
                self.store.pop((write.kind, write.key), None)
        self.commands.extend(decision.commands)
        self.history.extend(decision.commands)
        return decision

    def add(self, name: str, **facts: object) -> None:
        made = {"cores": 4.0, "memory_bytes": 8 * GIB, "memory_free_bytes": 8 * GIB, "incarnation": 1, **facts}
        self.nodes[name] = NodeFacts(name=name, **made)  # type: ignore[arg-type]
        self.handle(NodeUp(name, self.nodes[name].incarnation))
        self.report(name)

    def report(self, name: str) -> Decision:
        rows = tuple(
            AtomFacts(atom=atom, epoch=at.epoch, state=at.state, module=at.module, cores=at.cores, status=at.status)
            for atoms in (self.late, self.atoms)
            for atom, at in sorted(atoms.items())
            if at.node == name
        )
        return self.handle(Reported(NodeReport(at=self.now, facts=self.nodes[name], atoms=rows, whole=True)))

    def lose(self, name: str) -> None:
        """A node is gone, and what it had with it."""
        incarnation = self.nodes.pop(name).incarnation
        self.atoms = {atom: at for atom, at in self.atoms.items() if at.node != name}
        self.handle(NodeDown(name, incarnation))

    def carry_out(self) -> None:
        """Does what has been decided, and tells what came of it."""
        commands, self.commands = self.commands, []
        for command in commands:
            self.handle(self.done(command))

    def done(self, command: Command) -> Settled:  # noqa: C901, PLR0911 -- one for each outcome
        number, at = command.number, self.atoms.get(command.atom)
        match command:
            case Move(target=target):
                if at is None or target not in self.nodes or command.atom in self.refuse:
                    return Settled(number=number, error="refused", busy=True)
                at.node, at.epoch = target, at.epoch + 1
                return Settled(number=number, atom=command.atom, node=target, epoch=at.epoch, total_ms=20.0)
            case Start():
                return self.begun(command)
            case Restore(target=target, module=module):
                if at is not None or target not in self.nodes:
                    return Settled(number=number, error="it runs, or the node is gone", busy=True)
                known = self.controller.state.registry.atoms[command.atom]
                self.atoms[command.atom] = Running(target, known.epoch + 1, module or known.module)
                return Settled(number=number, atom=command.atom, node=target, epoch=known.epoch + 1)
            case Forget():
                return Settled(number=number, atom=command.atom)
            case Stop():
                if at is not None:
                    del self.atoms[command.atom]
                return Settled(number=number, atom=command.atom)
            case Reload(module=module):
                if at is None:
                    return Settled(number=number, error="it does not run")
                at.module, at.epoch = module, at.epoch + 1
                return Settled(number=number, atom=command.atom, epoch=at.epoch)
        raise AssertionError(command)

    def begun(self, command: Start) -> Settled:
        if command.atom in self.atoms or command.target not in self.nodes:
            return Settled(number=command.number, error=f"{command.atom} runs, or its node is gone")
        if command.part.part in self.refuse:
            return Settled(number=command.number, error="the node is busy", busy=True)
        self.atoms[command.atom] = Running(command.target, module=command.part.module)
        return Settled(number=command.number, atom=command.atom, node=command.target, epoch=1)

    def start(self, name: str, node: str, **at: object) -> None:
        self.atoms[name] = Running(node, **at)  # type: ignore[arg-type]
        self.report(node)

    def run(self, seconds: float, step: float = 0.5) -> None:
        """Time passes."""
        end = self.now + seconds
        while self.now < end:
            self.now += step
            self.handle(Tick())
            self.carry_out()
            for name in sorted(self.nodes):
                self.report(name)

    def where(self, atom: str) -> str:
        return self.controller.state.registry.atoms[atom].node

    def agrees(self) -> bool:
        """Whether the registry is as reality is."""
        known = {
            name: (atom.node, atom.epoch)
            for name, atom in self.controller.state.registry.atoms.items()
            if atom.state == "running"
        }
        return known == {name: (at.node, at.epoch) for name, at in self.atoms.items() if at.state == "running"}

    def restarted(self) -> None:
        """The controller begins again from what was kept."""
        self.controller = Controller()
        self.controller.load(self.store.values())
        self.commands = []
