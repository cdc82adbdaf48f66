"""The route of events: which of them a client wants, and which are gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.told import Gap, Passed, Told
from sojourn.gateway.http.value import EventQuery
from sojourn.model.record import RealmEvent

FROM_NOW = -1


async def stream_events(controller: Controller, query: EventQuery) -> AsyncIterator[Sequence[Told]]:
    """Events as a stream (server-sent events), from any that is still kept on.

    Each has its number as `id`, its kind as `event` and itself as JSON in `data`. `Last-Event-ID` says after which the
    stream begins. Events of the stream's own have no data of a realm: `gap` says which events are gone, `dropped` that
    the stream ends here, and after which event to begin again.
    """
    there = await controller.event_range()
    after = there.last if query.after == FROM_NOW else query.after
    if after > there.last:
        yield [Gap(first=there.first, last=there.last, reason="event numbers began anew")]
        after = 0
    end = min(there.last, query.before - 1) if query.before else there.last
    ends = not query.follow or query.before > 0
    if ends and after >= end:
        return
    chosen = Choice(query)
    async for events in controller.events(after):
        told: list[Told] = []
        for event in events:
            following = min(event.number, query.before) if query.before else event.number
            if following > after + 1:
                told.append(Gap(first=after + 1, last=following - 1, reason="they are not kept any more"))
            if following < event.number or following == query.before:
                after = following - 1
                break
            after = event.number
            if chosen.takes(event):
                told.append(event)
        yield told or [Passed(after)]
        if ends and after >= end:
            return


class Choice:
    """Events that a client wants."""

    def __init__(self, query: EventQuery) -> None:
        self._kinds = [kind.strip() for kind in query.kind.split(",") if kind.strip()]
        self._subject = query.subject

    def takes(self, event: RealmEvent) -> bool:
        """Whether it wants this one."""
        if self._subject and event.subject != self._subject:
            return False
        return not self._kinds or any(fits(kind, event.kind) for kind in self._kinds)


def fits(wanted: str, kind: str) -> bool:
    """Whether a kind is the one, or begins as `atom.` says."""
    return kind.startswith(wanted) if wanted.endswith(".") else kind == wanted


ROUTES = (
    Route(
        "GET",
        "/v1/events",
        Scope.READ,
        stream_events,
        group="Events",
        stream=True,
        resumes="after",
        tells=(RealmEvent, Gap),
    ),
)
