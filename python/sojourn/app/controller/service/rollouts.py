"""Updates, as REST sees them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sojourn.app.controller.service.atoms import Atoms
from sojourn.app.controller.service.records import part
from sojourn.control.decision import Learned, RolloutAsked, RolloutTurn
from sojourn.control.registry import LIVING
from sojourn.model.errors import UnknownModule, UnknownRollout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.gateway.http.body import StartRollout
    from sojourn.gateway.http.value import RolloutQuery
    from sojourn.model.record import RolloutRecord


class Rollouts(Atoms):
    """What REST asks of updates."""

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
