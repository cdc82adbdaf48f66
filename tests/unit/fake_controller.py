"""A controller in memory: a realm of three nodes that does at once what it is asked, and keeps what happened."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sojourn.control.picture import Differ, View
from sojourn.control.placement import Fleet
from sojourn.control.registry import Registry
from sojourn.control.state import State
from sojourn.gateway.http.answer import (
    AliasFacts,
    CacheFacts,
    CodeFacts,
    EventRange,
    ForeignCounts,
    Health,
    ImageFacts,
    NameFacts,
    NodeHistory,
    PartFacts,
    ProgramFacts,
    ProgramState,
    Role,
    ScenarioFacts,
    Started,
)
from sojourn.gateway.http.told import Said
from sojourn.model.errors import (
    ConfigError,
    Declined,
    ExpressionError,
    InvalidModule,
    NotLeader,
    SojournError,
    UnknownModule,
    UnknownMove,
    UnknownProgram,
    UnknownRollout,
    UnknownScenario,
    UnknownSetting,
)
from sojourn.model.fleet import NodeFacts
from sojourn.model.names import local_name
from sojourn.model.node_errors import (
    AlreadyRuns,
    AlreadyThere,
    AtomNameTaken,
    InvalidPattern,
    NoImage,
    UnknownAtom,
    UnknownNode,
)
from sojourn.model.placement import Choice, Explanation, Plan, PlannedMove, Term, Verdict
from sojourn.model.record import (
    AtomRecord,
    ModuleRecord,
    MoveRecord,
    MoveState,
    NodeRecord,
    RealmEvent,
    Record,
    RolloutRecord,
    RolloutState,
    SettingRecord,
    Wish,
)
from tests.unit.fake_talks import FakeTalks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence

    from sojourn.gateway.http.body import (
        AskPlace,
        AskPlan,
        ChangeSpec,
        ChooseImage,
        PutProgram,
        RunSimulation,
        StartAtom,
        StartRollout,
        TellForeign,
    )
    from sojourn.gateway.http.value import AtomQuery, MoveQuery, NodeQuery, RolloutQuery

T = TypeVar("T")

LUA = "ab" * 32
MOST_MODELLED = 1000
NOW = 1_700_000_000.0
MAGIC = b"\x00asm"


class FakeController(FakeTalks):
    """See `sojourn.gateway.http.service.Controller`."""

    def __init__(self) -> None:
        super().__init__()
        self.node_records = {
            name: NodeRecord(facts=NodeFacts(name=name, cores=2.0, tags=("zone=eu",), atoms=1), seen_at=NOW)
            for name in ("node-1", "node-2", "node-3")
        }
        self.atom_records: dict[str, AtomRecord] = {}
        self.module_records = {LUA: ModuleRecord(digest=LUA, name="lua", bytes=1000, added_at=NOW)}
        self.move_records: list[MoveRecord] = []
        self.rollout_records: dict[str, RolloutRecord] = {}
        self.definitions: dict[str, PutProgram] = {}
        self.running: set[str] = set()
        self.setting_records = {"adapt.moves_per_minute": "10", "adapt.paused": "false"}
        self.image_facts: list[ImageFacts] = []
        self.aliases: dict[str, tuple[AliasFacts, ...]] = {}
        self.told: list[RealmEvent] = []
        self.pruned = 0
        self.reading = 0
        self.leads = True
        self.leader = "http://127.0.0.1:7481"
        self.failing: SojournError | Exception | None = None
        self.wait = asyncio.Event()
        self.starts = 0
        self.delay: asyncio.Event | None = None
        self.waiting = False
        for name in ("node-1/lua", "node-1/oil", "node-2/tin"):
            self.atom_records[name] = AtomRecord(name=name, module=LUA, node=name.split("/")[0], epoch=1, since=NOW)
            self.keep_image(name)
            self.tell("atom.started", name, f"{name} runs")

    def tell(self, kind: str, subject: str, text: str) -> None:
        """Keeps an event."""
        self.told.append(RealmEvent(number=len(self.told) + 1, at=NOW, kind=kind, subject=subject, text=text))
        self.wait.set()
        self.wait = asyncio.Event()

    def keep_image(self, atom: str) -> ImageFacts:
        """Keeps an image."""
        number = len(self.image_facts) + 1
        record = self.atom_records[atom]
        image = ImageFacts(
            id=number,
            node=record.node,
            atom=atom,
            epoch=record.epoch,
            taken_at=NOW + number,
            cause="asked for",
            bytes=4096,
            module=record.module,
        )
        self.image_facts.append(image)
        return image

    def leading(self) -> None:
        """What changes something is for the leader."""
        if self.failing is not None:
            raise self.failing
        if not self.leads:
            raise NotLeader("this controller does not lead", "ask the one that does", self.leader)

    async def health(self) -> Health:
        role = Role.LEADING if self.leads else Role.FOLLOWING
        return Health(role=role, realm="local", version="0", nodes=3, atoms=len(self.atom_records))

    async def trace_address(self) -> str:
        return "http://traces.test/trace/{trace}"

    async def metrics(self) -> str:
        return f"# TYPE sojourn_atoms gauge\nsojourn_atoms {len(self.atom_records)}\n"

    async def nodes(self, which: NodeQuery, after: str, most: int) -> Sequence[NodeRecord]:
        def fits(record: NodeRecord) -> bool:
            return (
                which.state in {None, record.state}
                and which.cordoned in {None, record.cordoned}
                and (not which.tag or which.tag in record.facts.tags)
                and which.foreign in {None, bool(record.facts.kind)}
            )

        return after_key(self.node_records.values(), fits, after, most)

    async def node(self, name: str) -> NodeRecord:
        return found(self.node_records, name, UnknownNode, "node")

    async def node_history(self, name: str) -> NodeHistory:
        await self.node(name)
        return NodeHistory(
            every_s=5.0,
            at=(NOW - 5.0, NOW),
            load=(0.5, 1.0),
            memory_free_bytes=(1e9, 5e8),
            atoms=(1.0, 2.0),
            joules=(None, None),
            rtt_ms=(None, 0.4),
        )

    async def cache(self, node: str, most: int) -> CacheFacts:
        await self.node(node)
        entries = [
            CodeFacts(module=digest, part="module", engine="wasmtime", bytes=1 << 16, used_at=2.0)
            for digest in self.module_records
        ]
        return CacheFacts(
            hits=7,
            misses=len(entries),
            modules=len(entries),
            entries=len(entries),
            bytes=sum(entry.bytes for entry in entries),
            most_bytes=2 << 30,
            items=tuple(entries[:most]),
        )

    async def cordon(self, node: str, *, on: bool, drain: bool) -> NodeRecord:
        self.leading()
        record = msgspec.structs.replace(await self.node(node), cordoned=on, draining=drain)
        self.node_records[node] = record
        self.tell("node.cordoned" if on else "node.uncordoned", node, f"{node} is changed")
        return record

    async def atoms(self, which: AtomQuery, after: str, most: int) -> Sequence[AtomRecord]:
        if self.failing is not None:
            raise self.failing

        def fits(record: AtomRecord) -> bool:
            return (
                (record.name.startswith(which.name) or local_name(record.name).startswith(which.name))
                and which.node in {"", record.node}
                and which.module in {"", record.module}
                and which.state in {"", record.state}
                and which.wish in {None, record.wish}
                and which.policy in {"", record.spec.policy}
                and which.group in {"", record.spec.group}
                and which.foreign in {None, bool(record.kind)}
            )

        return after_key(self.atom_records.values(), fits, after, most)

    async def atom(self, name: str) -> AtomRecord:
        return found(self.atom_records, name, UnknownAtom, "atom")

    async def start(self, asked: StartAtom) -> Started:
        self.leading()
        if self.delay is not None:
            self.waiting = True
            await self.delay.wait()
        if asked.module not in self.module_records:
            raise UnknownModule(f"there is no module {asked.module[:12]}… in the realm", "put it first")
        node = (await self.node(asked.node)).key if asked.node else "node-1"
        name = f"{node}/{asked.name or f'atom-{self.starts}'}"
        if name in self.atom_records:
            raise AtomNameTaken(f"there is an atom {name}")
        self.starts += 1
        spec = asked.spec.plain()
        self.atom_records[name] = AtomRecord(name=name, module=asked.module, spec=spec, node=node, epoch=1, since=NOW)
        self.aliases[name] = tuple(AliasFacts(scope=each.scope, alias=each.alias) for each in asked.aliases)
        self.tell("atom.started", name, f"{name} runs at {node}")
        return Started(atom=name, node=node, epoch=1, listening=asked.listen)

    async def stop(self, atom: str, *, discard: bool) -> AtomRecord:
        self.leading()
        record = await self.atom(atom)
        if not discard:
            self.keep_image(atom)
        return self.changed(record, wish=Wish.STOP, state="stopped", node="")

    def changed(self, record: AtomRecord, **fields: object) -> AtomRecord:
        """Keeps an atom as it is now."""
        made: AtomRecord = msgspec.structs.replace(record, **fields)
        self.atom_records[record.name] = made
        return made

    async def migrate(self, atom: str, target: str, cause: str) -> MoveRecord:
        self.leading()
        record = await self.atom(atom)
        node = await self.node(target)
        if record.node == target:
            raise AlreadyThere(f"{atom} is at {target}")
        if node.cordoned:
            raise Declined(f"{target} takes no further atoms", f"`sojourn uncordon {target}` lets it")
        move = MoveRecord(
            number=len(self.move_records) + 1,
            atom=atom,
            source=record.node,
            target=target,
            cause=cause,
            state=MoveState.DONE,
            decided_at=NOW,
            downtime_ms=4.0,
            total_ms=40.0,
            bytes=2 << 20,
        )
        self.move_records.append(move)
        self.changed(record, node=target, epoch=record.epoch + 1)
        self.tell("atom.moved", atom, f"{atom} moved to {target}: {cause}")
        return move

    async def respecify(self, atom: str, change: ChangeSpec) -> AtomRecord:
        self.leading()
        record = await self.atom(atom)
        spec = change.of(record.spec)
        if "nonsense" in spec.objective:
            start = spec.objective.index("nonsense")
            raise ExpressionError("there is no fact 'nonsense'", spec.objective, start, start + 8, "did you mean load?")
        if spec.policy not in {"objective", "spread", "pack"}:
            raise ConfigError(f"there is no policy {spec.policy!r}", "there are objective, pack and spread")
        return self.changed(record, spec=spec)

    async def explain(self, atom: str) -> Explanation:
        record = await self.atom(atom)
        terms = (Term("latency_ms(client)", 4.0), Term("2 * load", 0.5))
        verdicts = (
            Verdict(node=record.node, terms=terms, score=4.5, here=True, rank=1),
            Verdict(node="node-3", refused=("it is cordoned",)),
        )
        choice = Choice(atom=atom, node=record.node, score=4.5, here=4.5, measure="ms", reason="it costs least there")
        return Explanation(
            choice=choice,
            policy="objective",
            objective="latency_ms(client) + 2 * load",
            require="",
            at=NOW,
            nodes=verdicts,
        )

    async def plan(self, asked: AskPlan) -> Plan:
        if (name := getattr(asked.change, "atom", None)) is not None:
            await self.atom(name)
        moves: tuple[PlannedMove, ...] = ()
        if (name := getattr(asked.change, "node", None)) is not None:
            await self.node(name)
            moves = tuple(planned(row) for row in self.atom_records.values() if row.node == name)
        what = type(asked.change).__name__
        return Plan(change=what, moves=moves, unplaced=(), stays=len(self.atom_records) - len(moves), gain={"ms": 2.0})

    async def moves(self, which: MoveQuery, after: str, most: int) -> Sequence[MoveRecord]:
        rows = [
            move
            for move in reversed(self.move_records)
            if which.atom in {"", move.atom}
            and which.node in {"", move.source, move.target}
            and which.state in {None, move.state}
            and which.since <= move.decided_at
            and (not which.until or move.decided_at < which.until)
            and (not after or move.key < after)
        ]
        return rows[:most]

    async def move(self, number: int) -> MoveRecord:
        for move in self.move_records:
            if move.number == number:
                return move
        raise UnknownMove(f"there is no move {number}", "`sojourn moves` lists them")

    async def images(self, atom: str) -> Sequence[ImageFacts]:
        return [image for image in self.image_facts if image.atom == atom]

    async def checkpoint(self, atom: str) -> Sequence[ImageFacts]:
        self.leading()
        await self.atom(atom)
        return [self.keep_image(atom)]

    async def restore(self, atom: str, choice: ChooseImage) -> Started:
        record = self.atom_records.get(atom)
        if record is not None and record.wish is Wish.RUN:
            raise AlreadyRuns(f"{atom} runs at {record.node}")
        return await self.rollback(atom, choice)

    async def rollback(self, atom: str, choice: ChooseImage) -> Started:
        self.leading()
        record = await self.atom(atom)
        kept = [
            image
            for image in await self.images(atom)
            if choice.image in {None, image.id} and choice.keeper in {None, image.node}
        ]
        if not kept:
            raise NoImage(f"there is no such image of {atom}", f"`sojourn images {atom}` lists them")
        node = (await self.node(choice.node)).key if choice.node else kept[-1].node
        self.changed(record, wish=Wish.RUN, state="running", node=node, epoch=record.epoch + (1 << 32))
        return Started(atom=atom, node=node, epoch=record.epoch + (1 << 32))

    async def names(self, pattern: str, scope: str) -> Sequence[NameFacts]:
        try:
            wanted = re.compile(pattern)
        except re.error as error:
            raise InvalidPattern(f"{pattern!r} is no pattern: {error}") from error
        rows = [
            NameFacts(atom=name, node=record.node, aliases=self.aliases.get(name, ()))
            for name, record in self.atom_records.items()
        ]
        if scope:
            return [row for row in rows if any(a.scope == scope and wanted.fullmatch(a.alias) for a in row.aliases)]
        return [row for row in rows if not pattern or wanted.fullmatch(row.atom)]

    async def modules(self, after: str, most: int) -> Sequence[ModuleRecord]:
        return after_key(self.module_records.values(), lambda _: True, after, most)

    async def module(self, digest: str) -> ModuleRecord:
        return found(self.module_records, digest, UnknownModule, "module")

    async def put_module(self, name: str, wasm: bytes) -> ModuleRecord:
        self.leading()
        if not wasm.startswith(MAGIC):
            raise InvalidModule("not a WebAssembly module: it does not begin as one")
        digest = hashlib.blake2b(wasm, digest_size=32).hexdigest()
        record = ModuleRecord(digest=digest, name=name, bytes=len(wasm), added_at=NOW)
        return self.module_records.setdefault(digest, record)

    async def rollouts(self, which: RolloutQuery, after: str, most: int) -> Sequence[RolloutRecord]:
        return after_key(self.rollout_records.values(), lambda r: which.state in {None, r.state}, after, most)

    async def rollout(self, name: str) -> RolloutRecord:
        return found(self.rollout_records, name, UnknownRollout, "rollout")

    async def roll_out(self, asked: StartRollout) -> RolloutRecord:
        self.leading()
        for digest in (asked.old, asked.new):
            await self.module(digest)
        for atom in asked.atoms:
            await self.atom(atom)
        name = asked.name or f"rollout-{len(self.rollout_records) + 1}"
        if name in self.rollout_records:
            raise Declined(f"there is a rollout {name}", "choose another name")
        record = RolloutRecord(
            name=name,
            old=asked.old,
            new=asked.new,
            canary=asked.canary,
            batch=asked.batch,
            watch_s=asked.watch_s,
            failures=asked.failures,
            atoms=asked.atoms or tuple(a.name for a in self.atom_records.values() if a.module == asked.old),
            changed_at=NOW,
        )
        self.rollout_records[name] = record
        return record

    async def pause_rollout(self, name: str, *, on: bool) -> RolloutRecord:
        return await self.turned(name, RolloutState.PAUSED if on else RolloutState.RUNNING)

    async def roll_back(self, name: str) -> RolloutRecord:
        return await self.turned(name, RolloutState.ROLLED_BACK)

    async def turned(self, name: str, state: RolloutState) -> RolloutRecord:
        """A rollout in another state."""
        self.leading()
        record = await self.rollout(name)
        if record.state in {RolloutState.DONE, RolloutState.ROLLED_BACK}:
            raise Declined(f"{name} is over: {record.state}")
        self.rollout_records[name] = msgspec.structs.replace(record, state=state)
        return self.rollout_records[name]

    async def programs(self, after: str, most: int) -> Sequence[ProgramFacts]:
        names = sorted(name for name in self.definitions if name > after)
        return [await self.program(name) for name in names[:most]]

    async def program(self, name: str) -> ProgramFacts:
        asked, runs = await self.program_definition(name), name in self.running
        parts = tuple(
            PartFacts(part=part.part, module=part.module, state="running" if runs else "stopped", atom="node-1/lua")
            for part in asked.parts
        )
        return ProgramFacts(
            name=name,
            wish=Wish.RUN if runs else Wish.STOP,
            state=ProgramState.RUNNING if runs else ProgramState.STOPPED,
            parts=parts,
            description=asked.description,
            strategy=asked.strategy,
        )

    async def program_definition(self, name: str) -> PutProgram:
        return found(self.definitions, name, UnknownProgram, "program")

    async def put_program(self, name: str, asked: PutProgram) -> ProgramFacts:
        self.leading()
        for part in asked.parts:
            await self.module(part.module)
            if part.runs_as is not None:
                await self.atom(part.runs_as)
        if len({part.part for part in asked.parts}) < len(asked.parts):
            raise Declined("two parts of it have one name")
        self.definitions[name] = asked
        return await self.program(name)

    async def start_program(self, name: str) -> ProgramFacts:
        self.leading()
        if not (await self.program_definition(name)).parts:
            raise Declined(f"{name} has no parts")
        self.running.add(name)
        return await self.program(name)

    async def stop_program(self, name: str, *, discard: bool) -> ProgramFacts:
        del discard
        self.leading()
        await self.program_definition(name)
        self.running.discard(name)
        return await self.program(name)

    async def remove_program(self, name: str) -> ProgramFacts:
        self.leading()
        told = await self.program(name)
        if name in self.running:
            raise Declined(f"{name} is at work", "stop it first")
        del self.definitions[name]
        return told

    async def tell_foreign(self, door: str, told: TellForeign) -> ForeignCounts:
        self.leading()
        for name in told.gone_nodes:
            self.node_records.pop(name, None)
        for name in told.gone_atoms:
            self.atom_records.pop(name, None)
        for node in told.nodes:
            facts = NodeFacts(name=node.name, kind=node.kind, functions=node.functions, max_atoms=node.max_atoms)
            self.node_records[node.name] = NodeRecord(facts=facts, seen_at=NOW, door=door)
        for atom in told.atoms:
            kind = self.node_records[atom.node].facts.kind if atom.node in self.node_records else ""
            if not kind:
                raise Declined(f"{atom.name} would be at {atom.node}, which {door} does not tell of")
            self.atom_records[atom.name] = AtomRecord(name=atom.name, kind=kind, node=atom.node, since=NOW)
        nodes = [each.key for each in self.node_records.values() if each.door == door]
        return ForeignCounts(nodes=len(nodes), atoms=sum(each.node in nodes for each in self.atom_records.values()))

    async def ask_place(self, asked: AskPlace) -> Explanation:
        fit = [each for each in self.node_records.values() if each.facts.kind in ("", *asked.spec.kinds)]
        names = sorted(each.key for each in fit if asked.spec.pinned in {"", each.key})
        choice = Choice(atom=asked.name, node=names[0] if names else None, reason="" if names else "no node will do")
        return Explanation(choice=choice, policy=asked.spec.policy, objective="", require="", at=NOW, nodes=())

    async def scenarios(self) -> Sequence[ScenarioFacts]:
        return [ScenarioFacts(name="day", title="A day", hours=24.0, nodes=3, atoms=3)]

    async def simulate(self, scenario: str, asked: RunSimulation) -> AsyncIterator[Sequence[bytes]]:
        self.leading()
        if scenario != "day":
            raise UnknownScenario(f"there is no scenario {scenario}", "there is day")
        if asked.nodes is not None and asked.nodes > MOST_MODELLED:
            raise ConfigError(f"there can be {MOST_MODELLED} nodes at most")

        async def lines() -> AsyncIterator[Sequence[bytes]]:
            yield [b'{"sojourn_recording":1,"seed":%d}\n' % asked.seed]
            if self.delay is not None:
                self.waiting = True
                await self.delay.wait()
            yield [b'[1.0,"picture",{}]\n', b'[2.0,"end",{}]\n']

        return lines()

    async def settings(self) -> Sequence[SettingRecord]:
        return [SettingRecord(name=name, value=value) for name, value in sorted(self.setting_records.items())]

    async def change_setting(self, name: str, value: str) -> SettingRecord:
        self.leading()
        if name not in self.setting_records:
            raise UnknownSetting(f"there is no setting {name!r}")
        if name == "adapt.paused" and value not in {"true", "false"}:
            raise ConfigError(f"adapt.paused is true or false, and not {value!r}")
        self.setting_records[name] = value
        return SettingRecord(name=name, value=value)

    def view(self) -> View:
        """What is to be seen."""
        state = State(Registry(), Fleet())
        records: list[Record] = [*self.node_records.values(), *self.atom_records.values()]
        for record in records:
            state.registry.put(record)
        return View(at=NOW, role="leading", number=len(self.told), state=state)

    async def picture(self) -> AsyncGenerator[Sequence[Said], None]:
        if self.failing is not None:
            raise self.failing
        return self.pictures()

    async def pictures(self) -> AsyncGenerator[Sequence[Said], None]:
        """The picture, and what changes whenever something is told."""
        differ, number = Differ("local"), 1
        differ.look(self.view())
        yield [Said(number, "picture", differ.picture())]
        while True:
            await self.wait.wait()
            if (change := differ.look(self.view())) is not None:
                number += 1
                yield [Said(number, "change", change)]

    async def event_range(self) -> EventRange:
        return EventRange(first=self.pruned + 1, last=len(self.told))

    async def events(self, after: int) -> AsyncIterator[Sequence[RealmEvent]]:
        self.reading += 1
        try:
            async for batch in self.batches(after):
                yield batch
        finally:
            self.reading -= 1

    async def batches(self, after: int) -> AsyncIterator[Sequence[RealmEvent]]:
        """Events in parts, without end."""
        while True:
            if batch := self.told[max(after, self.pruned) :][:256]:
                after = batch[-1].number
                yield batch
            else:
                await self.wait.wait()


def planned(record: AtomRecord) -> PlannedMove:
    """A move away."""
    return PlannedMove(
        atom=record.name,
        source=record.node,
        target="node-3",
        gain=2.0,
        cost_ms=4.0,
        total_ms=40.0,
        measure="ms",
        reason="its node is drained",
    )


def found(records: dict[str, T], name: str, unknown: type[SojournError], what: str) -> T:
    """A record by its key."""
    if name not in records:
        raise unknown(f"there is no {what} {name!r} in the realm")
    return records[name]


R = TypeVar("R", NodeRecord, AtomRecord, ModuleRecord, RolloutRecord)


def after_key(records: Iterable[R], fits: Callable[[R], bool], after: str, most: int) -> list[R]:
    """A part of a list."""
    rows = sorted((record for record in records if fits(record)), key=lambda record: record.key)
    return [record for record in rows if record.key > after][:most]
