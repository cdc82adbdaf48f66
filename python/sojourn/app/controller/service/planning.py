"""Where atoms would be, as REST asks for it; nothing is changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sojourn.app.controller.service.atoms import Atoms
from sojourn.control.annotation import merged, spec_of
from sojourn.control.placement import explain, plan, validate
from sojourn.control.placing import ask_of
from sojourn.control.registry import LIVING
from sojourn.gateway.http.body import PlanAdd, PlanChange, PlanDrain, PlanLose, PlanStart
from sojourn.model.node_errors import UnknownAtom, UnknownNode
from sojourn.model.placement import Ask, AtomAdded, NodeAdded, NodeDrained, NodeLost, Respecified
from sojourn.model.record import NodeRecord

if TYPE_CHECKING:
    from sojourn.gateway.http.body import AskPlace, AskPlan, Planned
    from sojourn.model.placement import Change, Explanation, Plan


class Planning(Atoms):
    """What REST asks of placement."""

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

    async def ask_place(self, asked: AskPlace) -> Explanation:
        known = self._state.registry.modules.get(asked.module or "")
        spec = asked.spec.plain() if known is None else merged(spec_of(known.annotation), asked.spec.plain())
        validate(self._state.fleet, spec)
        return explain(
            self._state.fleet, Ask(atom=asked.name, spec=spec, module=asked.module or ""), self._runner.clock()
        )
