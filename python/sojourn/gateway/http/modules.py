"""Routes about modules and rollouts."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import ModulePart, RolloutPart
from sojourn.gateway.http.body import StartRollout
from sojourn.gateway.http.cursor import key_of, part
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import ModulePath, ModuleQuery, Paging, RolloutPath, RolloutQuery
from sojourn.model.errors import Declined, InvalidAnnotation, InvalidModule, Refused, UnknownModule, UnknownRollout
from sojourn.model.node_errors import Busy, UnknownAtom
from sojourn.model.record import ModuleRecord, RolloutRecord


async def list_modules(controller: Controller, query: Paging) -> ModulePart:
    """Modules that the realm has, by hash."""
    items, following = part(query, await controller.modules(key_of(query.cursor), query.limit + 1))
    return ModulePart(items=items, next=following)


async def put_module(controller: Controller, query: ModuleQuery, body: bytes) -> ModuleRecord:
    """Takes a module, by which atoms are started and updated. One that is there already changes nothing."""
    return await controller.put_module(query.name, body)


async def get_module(controller: Controller, path: ModulePath) -> ModuleRecord:
    """One module, and what it says of itself."""
    return await controller.module(path.digest)


async def list_rollouts(controller: Controller, query: RolloutQuery) -> RolloutPart:
    """Rollouts, by name."""
    items, following = part(query, await controller.rollouts(query, key_of(query.cursor), query.limit + 1))
    return RolloutPart(items=items, next=following)


async def start_rollout(controller: Controller, body: StartRollout) -> RolloutRecord:
    """Gives atoms another module while they run: some first, which are watched, then the rest, a batch at a time."""
    return await controller.roll_out(body)


async def get_rollout(controller: Controller, path: RolloutPath) -> RolloutRecord:
    """One rollout, and how far it has come."""
    return await controller.rollout(path.rollout)


async def pause_rollout(controller: Controller, path: RolloutPath) -> RolloutRecord:
    """Lets a rollout rest after the step that it is at."""
    return await controller.pause_rollout(path.rollout, on=True)


async def resume_rollout(controller: Controller, path: RolloutPath) -> RolloutRecord:
    """Lets a rollout that rests go on."""
    return await controller.pause_rollout(path.rollout, on=False)


async def roll_back_rollout(controller: Controller, path: RolloutPath) -> RolloutRecord:
    """Gives all atoms of a rollout that have the new module the old one again."""
    return await controller.roll_back(path.rollout)


ROLLOUT = "/v1/rollouts/{rollout}"
CHANGING = (UnknownRollout, Declined)
ROUTES = (
    Route("GET", "/v1/modules", Scope.READ, list_modules, group="Modules"),
    Route(
        "POST",
        "/v1/modules",
        Scope.ATOMS,
        put_module,
        status=201,
        errors=(InvalidModule, InvalidAnnotation, Refused, Busy),
        group="Modules",
        location="/v1/modules/{digest}",
    ),
    Route("GET", "/v1/modules/{digest}", Scope.READ, get_module, errors=(UnknownModule,), group="Modules"),
    Route("GET", "/v1/rollouts", Scope.READ, list_rollouts, group="Rollouts"),
    Route(
        "POST",
        "/v1/rollouts",
        Scope.ATOMS,
        start_rollout,
        status=201,
        errors=(UnknownModule, UnknownAtom, Declined),
        group="Rollouts",
        location="/v1/rollouts/{name}",
        once=True,
    ),
    Route("GET", ROLLOUT, Scope.READ, get_rollout, errors=(UnknownRollout,), group="Rollouts"),
    Route("POST", f"{ROLLOUT}/pause", Scope.ATOMS, pause_rollout, errors=CHANGING, group="Rollouts"),
    Route("POST", f"{ROLLOUT}/resume", Scope.ATOMS, resume_rollout, errors=CHANGING, group="Rollouts"),
    Route("POST", f"{ROLLOUT}/rollback", Scope.ATOMS, roll_back_rollout, errors=CHANGING, group="Rollouts"),
)
