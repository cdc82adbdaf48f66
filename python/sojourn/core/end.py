"""What an event of an end tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.event import End
from sojourn.model.wire import AtomRowsResponse, AtomsRequest, AtomState

if TYPE_CHECKING:
    from sojourn.core.asker import Asker
    from sojourn.model.event import Event

# Types of events that tell of an end: what comes with an exit status, and what else there is to say.
BY_ITSELF = "exited"
BEFORE = "ended"
REASONS = {"stopped": "it was stopped", BEFORE: "there is no such atom, or it had ended before"}


async def end_of(asker: Asker, event: Event) -> End:
    """The end that an event tells of. Of one that came before anybody watched, the realm may still know."""
    if event.type == BY_ITSELF:
        return End(event.source, event.code, None)
    if event.type == BEFORE:
        known = [row for row in (await asker.ask(AtomsRequest(), AtomRowsResponse)).rows if row.atom == event.source]
        row = max(known, key=lambda row: row.epoch, default=None)
        if row is not None and row.state is AtomState.ENDED:
            return End(event.source, row.status, row.reason)
        if row is not None and row.state is AtomState.STOPPED:
            return End(event.source, None, REASONS["stopped"])
    return End(event.source, None, event.subject or REASONS.get(event.type, event.type))
