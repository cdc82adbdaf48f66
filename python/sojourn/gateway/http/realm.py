"""Routes about the realm as a whole: health, metrics, names, moves, plans, settings."""

from __future__ import annotations

import msgspec

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import Health, MovePart, Names, Session, Settings
from sojourn.gateway.http.body import AskPlan, ChangeSetting
from sojourn.gateway.http.cursor import key_of, part
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import MovePath, MoveQuery, NameQuery, SettingPath
from sojourn.model.errors import ConfigError, ExpressionError, UnknownMove, UnknownSetting
from sojourn.model.node_errors import InvalidPattern, UnknownAtom, UnknownNode
from sojourn.model.placement import Plan
from sojourn.model.record import MoveRecord, SettingRecord


async def get_health(controller: Controller) -> Health:
    """How the controller is. Needs no token."""
    return await controller.health()


async def get_session(controller: Controller, session: Session) -> Session:
    """Who asks, and what that may. Needs no token, and tells of one that is not valid that it allows nothing."""
    if Scope.READ not in session.scopes:
        return session
    return msgspec.structs.replace(session, trace_address=await controller.trace_address())


async def get_metrics(controller: Controller) -> str:
    """Metrics in Prometheus's text format."""
    return await controller.metrics()


async def find_names(controller: Controller, query: NameQuery) -> Names:
    """Atoms by name, or by alias in a scope."""
    return Names(items=tuple(await controller.names(query.pattern, query.scope)))


async def list_moves(controller: Controller, query: MoveQuery) -> MovePart:
    """Moves with cause, downtime and cost, the newest first."""
    items, following = part(query, await controller.moves(query, key_of(query.cursor), query.limit + 1))
    return MovePart(items=items, next=following)


async def get_move(controller: Controller, path: MovePath) -> MoveRecord:
    """One move, and how far it has come."""
    return await controller.move(path.number)


async def make_plan(controller: Controller, body: AskPlan) -> Plan:
    """Tells what would follow of a change: who would go where, and what that gains. Nothing is changed."""
    return await controller.plan(body)


async def list_settings(controller: Controller) -> Settings:
    """Settings of the realm that are changed while it runs."""
    return Settings(items=tuple(await controller.settings()))


async def change_setting(controller: Controller, path: SettingPath, body: ChangeSetting) -> SettingRecord:
    """Changes a setting, as whether adaptation is paused."""
    return await controller.change_setting(path.setting, body.value)


ROUTES = (
    Route("GET", "/v1/health", None, get_health, group="Realm"),
    Route("GET", "/v1/session", None, get_session, group="Realm"),
    Route("GET", "/v1/metrics", Scope.READ, get_metrics, group="Realm"),
    Route("GET", "/v1/names", Scope.READ, find_names, errors=(InvalidPattern,), group="Realm"),
    Route("GET", "/v1/moves", Scope.READ, list_moves, group="Moves"),
    Route("GET", "/v1/moves/{number}", Scope.READ, get_move, errors=(UnknownMove,), group="Moves"),
    Route("POST", "/v1/plan", Scope.READ, make_plan, errors=(UnknownAtom, UnknownNode, ExpressionError), group="Moves"),
    Route("GET", "/v1/settings", Scope.READ, list_settings, group="Realm"),
    Route(
        "PUT",
        "/v1/settings/{setting}",
        Scope.ADMIN,
        change_setting,
        errors=(UnknownSetting, ConfigError),
        group="Realm",
    ),
)
