"""Modules, as REST sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.controller.service.ground import Ground
from sojourn.app.controller.service.records import part
from sojourn.control.decision import Learned
from sojourn.model.errors import UnknownModule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.model.record import ModuleRecord


class ModuleService(Ground):
    """What REST asks of modules."""

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
