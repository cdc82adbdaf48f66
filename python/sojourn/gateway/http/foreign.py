"""Routes for doors that bring nodes of other systems into the realm."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import ForeignCounts
from sojourn.gateway.http.body import AskPlace, TellForeign
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import DoorPath
from sojourn.model.errors import Declined, ExpressionError
from sojourn.model.placement import Explanation


async def tell_foreign(controller: Controller, path: DoorPath, body: TellForeign) -> ForeignCounts:
    """Takes what a door tells of foreign nodes; it tells at least every 10 s, or they are taken for lost."""
    return await controller.tell_foreign(path.door, body)


async def ask_place(controller: Controller, body: AskPlace) -> Explanation:
    """Tells where something would be placed, node by node. Nothing is started."""
    return await controller.ask_place(body)


ROUTES = (
    Route("PUT", "/v1/foreign/{door}", Scope.NODES, tell_foreign, errors=(Declined,), group="Foreign nodes"),
    Route("POST", "/v1/place", Scope.READ, ask_place, errors=(ExpressionError,), group="Foreign nodes"),
)
