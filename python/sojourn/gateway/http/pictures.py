"""Routes for those who look on: the realm's picture as a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.told import Said
from sojourn.gateway.http.value import PictureQuery
from sojourn.model.picture import Change, Picture


async def watch_picture(controller: Controller, query: PictureQuery) -> AsyncIterator[Sequence[Said]]:
    """All of the realm at once, and then what changes, as a stream (server-sent events).

    The first event is `picture`: nodes, atoms, links, traffic and moves that are under way. Then there is `change` when
    something has changed, at most five times a second, with what is other than before. Whoever takes its time is told
    `picture` again in place of changes that are not kept any more, and so is whoever opens the stream again. `dropped`
    says that the stream ends here, and why.
    """
    parts = await controller.picture()
    return parts if query.follow else only_first(parts)


async def only_first(parts: AsyncGenerator[Sequence[Said], None]) -> AsyncIterator[Sequence[Said]]:
    """The first part alone."""
    async with aclosing(parts):
        yield await anext(parts)


ROUTES = (
    Route(
        "GET",
        "/v1/picture",
        Scope.READ,
        watch_picture,
        group="Realm",
        stream=True,
        tells=(Picture, Change),
    ),
)
