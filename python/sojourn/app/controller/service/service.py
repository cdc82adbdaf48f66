"""What REST asks of the controller, answered: reading from what is known, wishes by the runner."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sojourn.app.controller.foreign import event_of
from sojourn.app.controller.service.inspections import Inspections
from sojourn.app.controller.service.pictures import Pictures
from sojourn.app.controller.service.planning import Planning
from sojourn.app.controller.service.programs import Programs
from sojourn.app.controller.service.rollouts import Rollouts
from sojourn.app.controller.service.simulated import Simulated
from sojourn.control.decision import Set
from sojourn.control.foreign import counts
from sojourn.control.settings import SETTINGS
from sojourn.core.version import VERSION
from sojourn.gateway.http.answer import EventRange, ForeignCounts, Health
from sojourn.model.errors import UnknownSetting
from sojourn.model.record import SettingRecord

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from sojourn.gateway.http.body import TellForeign
    from sojourn.model.record import RealmEvent


# Events that are read at once.
EVENTS = 500


class Service(Inspections, Planning, Rollouts, Pictures, Programs, Simulated):
    """A controller, as REST sees it. See `gateway.http.service.Controller`."""

    async def health(self) -> Health:
        registry = self._runner.controller.state.registry
        return Health(
            role=self._role,
            realm=self._realm,
            version=VERSION,
            nodes=sum(1 for _ in registry.up()),
            atoms=len(registry.atoms),
            uptime_s=self._runner.clock() - self._began,
        )

    async def trace_address(self) -> str:
        return self._trace_address

    async def metrics(self) -> str:
        return self._runner.metrics.text()[0]

    async def tell_foreign(self, door: str, told: TellForeign) -> ForeignCounts:
        await self._wish(event_of(door, told, self._state.registry))
        known_nodes, known_atoms = counts(self._state, door)
        return ForeignCounts(nodes=known_nodes, atoms=known_atoms)

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
        store = self._runner.store
        first = await asyncio.to_thread(store.first_event)
        # Whoever asks while this controller begins is not told that there was nothing before.
        self._followers.reached(await asyncio.to_thread(store.last_event))
        return EventRange(first=first, last=self._followers.last)

    async def events(self, after: int) -> AsyncGenerator[Sequence[RealmEvent], None]:
        while True:
            await self._followers.beyond(after)
            events = await asyncio.to_thread(self._runner.store.events, after, EVENTS)
            if events:
                after = events[-1].number
                yield events
