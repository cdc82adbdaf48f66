"""Atoms, as REST sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.service.modules import ModuleService
from sojourn.app.controller.service.moves import Moves
from sojourn.app.controller.service.records import part
from sojourn.app.controller.starting import begun
from sojourn.control.annotation import merged, spec_of
from sojourn.control.decision import Adopt, Dismiss, MoveAsked, Respecify
from sojourn.control.placement import explain, place, validate
from sojourn.gateway.http.answer import AliasFacts, NameFacts, Started
from sojourn.gateway.http.value import MoveQuery
from sojourn.model.errors import Declined
from sojourn.model.names import local_name
from sojourn.model.node_errors import UnknownAtom, UnknownNode
from sojourn.model.placement import Ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.gateway.http.body import ChangeSpec, StartAtom
    from sojourn.gateway.http.value import AtomQuery
    from sojourn.model.record import AtomRecord, MoveRecord


class Atoms(Moves, ModuleService):
    """What REST asks of atoms."""

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
        target = self._place(Ask(atom="new", spec=spec, module=module.digest), asked.node)
        atom = await begun(
            self._runner.link,
            await self._modules.get(module.digest),
            asked.plain(),
            spec=spec,
            argv0=asked.program or module.name or "main.wasm",
            name=asked.name,
            node=target,
        )
        await self._wish(Adopt(atom=atom.name, module=module.digest, spec=spec, node=target, epoch=atom.epoch))
        return Started(atom=atom.name, node=target, epoch=atom.epoch, listening=atom.listening)

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
