"""What REST asks of the controller, answered: reading from what is known, wishes by the runner."""

from __future__ import annotations

import asyncio
import secrets
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

import msgspec

from sojourn.app.controller.foreign import event_of
from sojourn.control.annotation import spec_of
from sojourn.control.decision import (
    Adopt,
    Cordon,
    Dismiss,
    Learned,
    MoveAsked,
    Respecify,
    RolloutAsked,
    RolloutTurn,
    Set,
)
from sojourn.control.foreign import counts
from sojourn.control.placement import explain, place, plan, validate
from sojourn.control.placing import ask_of
from sojourn.control.registry import LIVING
from sojourn.control.settings import SETTINGS
from sojourn.core.version import VERSION
from sojourn.gateway.http.answer import (
    AliasFacts,
    EventRange,
    ForeignCounts,
    Health,
    ImageFacts,
    NameFacts,
    Role,
    Started,
)
from sojourn.gateway.http.body import PlanAdd, PlanChange, PlanDrain, PlanLose, PlanStart
from sojourn.gateway.http.value import MoveQuery
from sojourn.model.errors import (
    Declined,
    NotLeader,
    UnknownModule,
    UnknownMove,
    UnknownRollout,
    UnknownSetting,
)
from sojourn.model.mount import Memory
from sojourn.model.names import local_name
from sojourn.model.node_errors import AlreadyRuns, NoImage, UnknownAtom, UnknownNode
from sojourn.model.placement import Ask, AtomAdded, NodeAdded, NodeDrained, NodeLost, Respecified
from sojourn.model.record import (
    AtomRecord,
    AtomSpec,
    ModuleRecord,
    MoveRecord,
    NodeRecord,
    RolloutRecord,
    SettingRecord,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from sojourn.app.controller.followers import Followers
    from sojourn.app.controller.modules import Modules
    from sojourn.app.controller.runner import Runner
    from sojourn.control.decision import Event
    from sojourn.control.state import State
    from sojourn.gateway.http.body import (
        AskPlace,
        AskPlan,
        ChangeSpec,
        ChooseImage,
        Planned,
        StartAtom,
        StartRollout,
        TellForeign,
    )
    from sojourn.gateway.http.value import AtomQuery, NodeQuery, RolloutQuery
    from sojourn.model.placement import Change, Explanation, Plan
    from sojourn.model.record import RealmEvent
    from sojourn.model.wire import ImageRow

R = TypeVar("R", NodeRecord, AtomRecord, MoveRecord, ModuleRecord, RolloutRecord)

# Events that are read at once.
EVENTS = 500


class Service:
    """A controller, as REST sees it. See `gateway.http.service.Controller`.

    Args:
        runner: The controller's loop.
        modules: Modules that were brought.
        followers: Who follows events.
        realm: Name of the realm.
    """

    def __init__(self, runner: Runner, modules: Modules, followers: Followers, realm: str) -> None:
        self._runner = runner
        self._modules = modules
        self._followers = followers
        self._realm = realm
        self._began = runner.clock()

    @property
    def _state(self) -> State:
        if not self._runner.ready:
            raise NotLeader("this controller has begun a moment ago, and reads what is kept", "try again in a moment")
        return self._runner.controller.state

    async def _wish(self, event: Event) -> None:
        """Asks for a decision.

        Raises:
            Declined: It cannot be; the text says why.
        """
        decision = await self._runner.decide(event)
        if decision.refused:
            raise Declined(decision.refused, decision.hint or None)

    # How it is.

    async def health(self) -> Health:
        registry = self._runner.controller.state.registry
        following = Role.FOLLOWING if self._runner.ready else Role.STARTING
        return Health(
            role=Role.LEADING if self._runner.leads and self._runner.ready else following,
            realm=self._realm,
            version=VERSION,
            nodes=sum(1 for _ in registry.up()),
            atoms=len(registry.atoms),
            uptime_s=self._runner.clock() - self._began,
        )

    async def metrics(self) -> str:
        return self._runner.metrics.text()[0]

    # Nodes.

    async def nodes(self, which: NodeQuery, after: str, most: int) -> Sequence[NodeRecord]:
        def fits(node: NodeRecord) -> bool:
            return (
                which.state in {None, node.state}
                and (not which.tag or which.tag in node.facts.tags)
                and which.cordoned in {None, node.cordoned}
                and which.foreign in {None, bool(node.facts.kind)}
            )

        return part(filter(fits, self._state.registry.nodes.values()), after, most)

    async def node(self, name: str) -> NodeRecord:
        node = self._state.registry.nodes.get(name)
        if node is None:
            raise UnknownNode(f"there is no node {name}")
        return node

    async def cordon(self, node: str, *, on: bool, drain: bool) -> NodeRecord:
        await self.node(node)
        await self._wish(Cordon(node=node, on=on, drain=drain))
        return await self.node(node)

    # Atoms.

    async def atoms(self, which: AtomQuery, after: str, most: int) -> Sequence[AtomRecord]:
        def fits(atom: AtomRecord) -> bool:
            return (
                (not which.name or atom.name.startswith(which.name) or local_name(atom.name).startswith(which.name))
                and (not which.node or which.node == atom.node)
                and (not which.module or which.module == atom.module)
                and (not which.state or which.state == atom.state)
                and which.wish in {None, atom.wish}
                and (not which.policy or which.policy == atom.spec.policy)
                and (not which.group or which.group == atom.spec.group)
                and which.foreign in {None, bool(atom.kind)}
            )

        return part(filter(fits, self._state.registry.atoms.values()), after, most)

    async def atom(self, name: str) -> AtomRecord:
        atom = self._state.registry.atoms.get(name)
        if atom is None:
            raise UnknownAtom(f"there is no atom {name}")
        return atom

    async def start(self, asked: StartAtom) -> Started:
        module = await self.module(asked.module)
        spec = merged(spec_of(module.annotation), asked.spec.plain())
        validate(self._state.fleet, spec)
        program = asked.program or module.name or "main.wasm"
        target = self._place(Ask(atom="new", spec=spec, module=module.digest), asked.node)
        atom = await self._runner.link.start(
            await self._modules.get(module.digest),
            args=asked.arguments,
            env=dict(asked.environment),
            mounts={
                path: mount.host if mount.host is not None else Memory(mount.files)
                for path, mount in asked.mounts.items()
            },
            stdin=asked.stdin,
            listen=asked.listen,
            images_every=spec.checkpoint_s,
            memory_bytes=asked.memory_bytes,
            name=PurePath(program).stem,
            atom=asked.name,
            aliases=[(each.scope, each.alias) for each in asked.aliases],
            channels=asked.channels,
            channel_to=asked.channel_to,
            node=target,
        )
        await self._wish(Adopt(atom=atom.name, module=module.digest, spec=spec, node=target))
        return Started(atom=atom.name, node=target, epoch=1, listening=atom.listening)

    def _place(self, ask: Ask, node: str | None) -> str:
        """The node where an atom is to be, chosen or as it was asked for.

        Raises:
            Declined: No node can have it, or that one cannot.
        """
        fleet, now = self._state.fleet, self._runner.clock()
        if node is None:
            choice = place(fleet, ask, now)
            if choice.node is None:
                raise Declined(choice.reason, "`sojourn plan` tells why, node by node")
            return choice.node
        verdict = next((each for each in explain(fleet, ask, now).nodes if each.node == node), None)
        if verdict is None:
            raise UnknownNode(f"there is no node {node}")
        if verdict.refused:
            raise Declined(f"{node} cannot have it: {'; '.join(verdict.refused)}")
        return node

    async def stop(self, atom: str, *, discard: bool) -> AtomRecord:
        await self.atom(atom)
        await self._wish(Dismiss(atom, not discard))
        return await self.atom(atom)

    async def migrate(self, atom: str, target: str, cause: str) -> MoveRecord:
        await self.atom(atom)
        await self.node(target)
        await self._wish(MoveAsked(atom=atom, target=target, cause=cause))
        registry = self._state.registry
        number = registry.busy.get(atom)
        move = None if number is None else registry.moves.get(number)
        if move is not None:
            return move
        # It was over before it was told of.
        newest = await self.moves(MoveQuery(atom=atom), "", 1)
        return newest[0]

    async def respecify(self, atom: str, change: ChangeSpec) -> AtomRecord:
        spec = change.of((await self.atom(atom)).spec)
        validate(self._state.fleet, spec)
        await self._wish(Respecify(atom, spec))
        return await self.atom(atom)

    async def explain(self, atom: str) -> Explanation:
        return explain(self._state.fleet, ask_of(await self.atom(atom)), self._runner.clock())

    async def plan(self, asked: AskPlan) -> Plan:
        change, state, now = self._change(asked.change), self._state, self._runner.clock()
        atoms = state.registry.atoms.values()
        asks = [ask_of(atom) for atom in atoms if atom.state in LIVING and not atom.kind]
        # Of very many it takes seconds: nothing else waits for it.
        fleet = state.fleet.copy()
        return await asyncio.to_thread(plan, fleet, asks, change, now, state.history)

    def _change(self, asked: Planned) -> Change:
        """A change as placement has it.

        Raises:
            UnknownAtom: It names one that there is not.
            UnknownNode: It names one that there is not.
        """
        registry = self._state.registry
        match asked:
            case PlanStart():
                module = registry.modules.get(asked.module or "")
                spec = asked.spec.plain() if module is None else merged(spec_of(module.annotation), asked.spec.plain())
                validate(self._state.fleet, spec)
                return AtomAdded(Ask(atom=asked.name, spec=spec, module=asked.module or ""))
            case PlanChange():
                if asked.atom not in registry.atoms:
                    raise UnknownAtom(f"there is no atom {asked.atom}")
                spec = asked.to.of(registry.atoms[asked.atom].spec)
                validate(self._state.fleet, spec)
                return Respecified(asked.atom, spec)
            case PlanAdd():
                return NodeAdded(NodeRecord(facts=asked.facts, seen_at=self._runner.clock()))
            case PlanDrain() | PlanLose():
                if asked.node not in registry.nodes:
                    raise UnknownNode(f"there is no node {asked.node}")
                return NodeDrained(asked.node) if isinstance(asked, PlanDrain) else NodeLost(asked.node)

    # Moves and images.

    async def moves(self, which: MoveQuery, after: str, most: int) -> Sequence[MoveRecord]:
        def fits(move: MoveRecord) -> bool:
            return (
                (not which.atom or which.atom == move.atom)
                and (not which.node or which.node in {move.source, move.target})
                and which.state in {None, move.state}
                and (not after or move.key < after)
            )

        kept = await self._kept(MoveRecord)
        return sorted(filter(fits, kept), key=lambda move: -move.number)[:most]

    async def move(self, number: int) -> MoveRecord:
        for move in await self._kept(MoveRecord):
            if move.number == number:
                return move
        raise UnknownMove(f"there is no move {number}, or none any more")

    async def _kept(self, kind: type[R]) -> list[R]:
        """Records as they are in the store."""
        records = await asyncio.to_thread(lambda: list(self._runner.store.records(kind.KIND)))
        return [record for record in records if isinstance(record, kind)]

    async def images(self, atom: str) -> Sequence[ImageFacts]:
        return [image_of(row) for row in await self._runner.link.images(atom)]

    async def checkpoint(self, atom: str) -> Sequence[ImageFacts]:
        await self.atom(atom)
        return [image_of(row) for row in await self._runner.link.named(atom).checkpoint()]

    async def restore(self, atom: str, choice: ChooseImage) -> Started:
        known = self._state.registry.atoms.get(atom)
        if known is not None and known.state in LIVING:
            raise AlreadyRuns(f"{atom} runs at {known.node}")
        return await self._restored(atom, known, choice, await self._chosen(atom, choice, behind=0))

    async def rollback(self, atom: str, choice: ChooseImage) -> Started:
        known = await self.atom(atom)
        image = await self._chosen(atom, choice, behind=1)
        if known.state in LIVING:
            await self._runner.link.named(atom).stop(keep=False)
        return await self._restored(atom, known, choice, image)

    async def _chosen(self, atom: str, choice: ChooseImage, behind: int) -> ImageRow:
        """The image that is meant: by its number, or counted back from the newest.

        Raises:
            NoImage: There is no such image.
        """
        rows = await self._runner.link.images(atom)
        if choice.image is not None:
            rows = tuple(row for row in rows if row.id == choice.image and choice.keeper in {None, row.node})
            behind = 0
        # Copies of one image are one.
        times = sorted({row.taken_at_ns for row in rows}, reverse=True)
        if not times:
            raise NoImage(f"there is no such image of {atom}", f"`sojourn images {atom}` shows those there are")
        wanted = times[min(behind, len(times) - 1)]
        return next(row for row in rows if row.taken_at_ns == wanted)

    async def _restored(self, atom: str, known: AtomRecord | None, choice: ChooseImage, image: ImageRow) -> Started:
        spec = AtomSpec() if known is None else known.spec
        target = self._place(Ask(atom=atom, spec=spec, module=image.module.hex()), choice.node)
        placed = await self._runner.link.restore_at(atom, target, (image.id, image.node))
        adopted = Adopt(atom=atom, module=image.module.hex(), spec=spec, node=placed.node, epoch=placed.epoch)
        await self._wish(adopted)
        return Started(atom=atom, node=placed.node, epoch=placed.epoch)

    async def names(self, pattern: str, scope: str) -> Sequence[NameFacts]:
        rows = await self._runner.link.find(pattern, scope or None)
        return [
            NameFacts(
                atom=row.atom,
                node=row.node,
                aliases=tuple(AliasFacts(scope=each.scope, alias=each.alias) for each in row.aliases),
            )
            for row in rows
        ]

    # Modules.

    async def modules(self, after: str, most: int) -> Sequence[ModuleRecord]:
        return part(self._state.registry.modules.values(), after, most)

    async def module(self, digest: str) -> ModuleRecord:
        module = self._state.registry.modules.get(digest)
        if module is None:
            raise UnknownModule(f"there is no module {digest}", "POST /v1/modules takes one")
        return module

    async def put_module(self, name: str, wasm: bytes) -> ModuleRecord:
        module = await self._modules.put(name, wasm)
        known = self._state.registry.modules.get(module.digest)
        if known is not None and known.bytes:
            return known
        await self._wish(Learned(module))
        return module

    # Updates.

    async def rollouts(self, which: RolloutQuery, after: str, most: int) -> Sequence[RolloutRecord]:
        rollouts = self._state.registry.rollouts.values()
        return part((each for each in rollouts if which.state in {None, each.state}), after, most)

    async def rollout(self, name: str) -> RolloutRecord:
        rollout = self._state.registry.rollouts.get(name)
        if rollout is None:
            raise UnknownRollout(f"there is no rollout {name}")
        return rollout

    async def roll_out(self, asked: StartRollout) -> RolloutRecord:
        atoms = self._state.registry.atoms
        for name in asked.atoms:
            await self.atom(name)
        await self.module(asked.new)
        chosen = asked.atoms or tuple(
            sorted(name for name, atom in atoms.items() if atom.module == asked.old and atom.state in LIVING)
        )
        # What it may have to go back to has to be at hand before anything is changed.
        if not self._modules.has(asked.old):
            await self._fetch(asked.old)
        name = asked.name or f"rollout-{secrets.token_hex(3)}"
        await self._wish(
            RolloutAsked(
                name=name,
                old=asked.old,
                new=asked.new,
                atoms=chosen,
                canary=asked.canary,
                batch=asked.batch,
                watch_s=asked.watch_s,
                failures=asked.failures,
            )
        )
        return await self.rollout(name)

    async def _fetch(self, digest: str) -> None:
        """Has a module from a node that runs it."""
        known = self._state.registry.modules.get(digest)
        holder = next((atom.node for atom in self._state.registry.atoms.values() if atom.module == digest), None)
        if holder is None:
            raise UnknownModule(f"there is no module {digest}", "POST /v1/modules takes one")
        wasm = await self._runner.link.content(digest, holder)
        module = await self._modules.put("" if known is None else known.name, wasm)
        await self._wish(Learned(module))

    async def pause_rollout(self, name: str, *, on: bool) -> RolloutRecord:
        return await self._turned(name, "pause" if on else "go_on")

    async def roll_back(self, name: str) -> RolloutRecord:
        return await self._turned(name, "back")

    async def _turned(self, name: str, to: str) -> RolloutRecord:
        await self.rollout(name)
        await self._wish(RolloutTurn(name, to))
        return await self.rollout(name)

    # Foreign nodes.

    async def tell_foreign(self, door: str, told: TellForeign) -> ForeignCounts:
        await self._wish(event_of(door, told, self._state.registry))
        known_nodes, known_atoms = counts(self._state, door)
        return ForeignCounts(nodes=known_nodes, atoms=known_atoms)

    async def ask_place(self, asked: AskPlace) -> Explanation:
        known = self._state.registry.modules.get(asked.module or "")
        spec = asked.spec.plain() if known is None else merged(spec_of(known.annotation), asked.spec.plain())
        validate(self._state.fleet, spec)
        return explain(
            self._state.fleet, Ask(atom=asked.name, spec=spec, module=asked.module or ""), self._runner.clock()
        )

    # Settings and events.

    async def settings(self) -> Sequence[SettingRecord]:
        settings = self._state.registry.settings
        return [SettingRecord(name=name, value=settings.text(name)) for name in sorted(SETTINGS)]

    async def change_setting(self, name: str, value: str) -> SettingRecord:
        if name not in SETTINGS:
            raise UnknownSetting(f"there is no setting {name}", f"there are {', '.join(sorted(SETTINGS))}")
        await self._wish(Set(name, value))
        return SettingRecord(name=name, value=value)

    async def event_range(self) -> EventRange:
        first = await asyncio.to_thread(self._runner.store.first_event)
        return EventRange(first=first, last=self._followers.last)

    async def events(self, after: int) -> AsyncGenerator[Sequence[RealmEvent], None]:
        while True:
            await self._followers.beyond(after)
            events = await asyncio.to_thread(self._runner.store.events, after, EVENTS)
            if events:
                after = events[-1].number
                yield events


def part(records: Iterable[R], after: str, most: int) -> list[R]:
    """Those after a key, by key."""
    return list(islice((each for each in sorted(records, key=key_of) if each.key > after), most))


def key_of(record: NodeRecord | AtomRecord | MoveRecord | ModuleRecord | RolloutRecord) -> str:
    """A record's key."""
    return record.key


def merged(said: AtomSpec, asked: AtomSpec) -> AtomSpec:
    """What a module says, and over it what its user asks for."""
    plain = AtomSpec()
    over = {
        name: value for name in AtomSpec.__struct_fields__ if (value := getattr(asked, name)) != getattr(plain, name)
    }
    return msgspec.structs.replace(said, **over)


def image_of(row: ImageRow) -> ImageFacts:
    """An image that is kept."""
    return ImageFacts(
        id=row.id,
        node=row.node,
        atom=row.atom,
        epoch=row.epoch,
        taken_at=row.taken_at_ns / 1e9,
        cause=row.cause,
        bytes=row.bytes,
        module=row.module.hex(),
    )
