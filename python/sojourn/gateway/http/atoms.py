"""Routes about atoms."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import AtomPart, Images, Started
from sojourn.gateway.http.body import ChangeSpec, ChooseImage, MoveAtom, StartAtom, StopAtom
from sojourn.gateway.http.cursor import key_of, part
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import AtomPath, AtomQuery
from sojourn.model.errors import Declined, ExpressionError, UnknownModule
from sojourn.model.node_errors import (
    AlreadyRuns,
    AlreadyThere,
    AtomNameTaken,
    Busy,
    NoImage,
    NoRoom,
    NotRunning,
    UnknownAtom,
    UnknownNode,
    Unreachable,
)
from sojourn.model.placement import Explanation
from sojourn.model.record import AtomRecord, MoveRecord


async def list_atoms(controller: Controller, query: AtomQuery) -> AtomPart:
    """Atoms, by name: what their users want of them, and where and how they are."""
    items, following = part(query, await controller.atoms(query, key_of(query.cursor), query.limit + 1))
    return AtomPart(items=items, next=following)


async def get_atom(controller: Controller, path: AtomPath) -> AtomRecord:
    """One atom."""
    return await controller.atom(path.atom)


async def start_atom(controller: Controller, body: StartAtom) -> Started:
    """Places an atom, starts it, and answers when it runs."""
    return await controller.start(body)


async def stop_atom(controller: Controller, path: AtomPath, body: StopAtom) -> AtomRecord:
    """Stops an atom for good; its image is kept, if not said otherwise."""
    return await controller.stop(path.atom, discard=body.discard)


async def move_atom(controller: Controller, path: AtomPath, body: MoveAtom) -> MoveRecord:
    """Moves an atom to a node, whatever its policy thinks; answers when that is decided."""
    return await controller.migrate(path.atom, body.target, body.cause)


async def change_atom(controller: Controller, path: AtomPath, body: ChangeSpec) -> AtomRecord:
    """Changes what is wanted of an atom while it runs: its objective, requirement or policy."""
    return await controller.respecify(path.atom, body)


async def explain_atom(controller: Controller, path: AtomPath) -> Explanation:
    """Tells why an atom is where it is: every node with why not, or its score term by term."""
    return await controller.explain(path.atom)


async def list_images(controller: Controller, path: AtomPath) -> Images:
    """Images of an atom that are kept, the oldest first; also of one that is gone."""
    return Images(items=tuple(await controller.images(path.atom)))


async def checkpoint_atom(controller: Controller, path: AtomPath) -> Images:
    """Keeps an image of an atom, which goes on."""
    return Images(items=tuple(await controller.checkpoint(path.atom)))


async def restore_atom(controller: Controller, path: AtomPath, body: ChooseImage) -> Started:
    """Lets an atom that nobody runs go on from an image."""
    return await controller.restore(path.atom, body)


async def roll_atom_back(controller: Controller, path: AtomPath, body: ChooseImage) -> Started:
    """Stops an atom, if it runs, and lets it go on from an older image."""
    return await controller.rollback(path.atom, body)


UNKNOWN = (UnknownAtom,)
DOING = (UnknownAtom, UnknownNode, Declined, Busy, Unreachable)
ATOM = "/v1/atoms/{birth}/{name}"
ROUTES = (
    Route("GET", "/v1/atoms", Scope.READ, list_atoms, group="Atoms"),
    Route(
        "POST",
        "/v1/atoms",
        Scope.ATOMS,
        start_atom,
        status=201,
        errors=(UnknownModule, UnknownNode, AtomNameTaken, NoRoom, Declined, ExpressionError, Busy, Unreachable),
        group="Atoms",
        location="/v1/atoms/{atom}",
        once=True,
    ),
    Route("GET", ATOM, Scope.READ, get_atom, errors=UNKNOWN, group="Atoms"),
    Route("PATCH", ATOM, Scope.ATOMS, change_atom, errors=(UnknownAtom, Declined, ExpressionError), group="Atoms"),
    Route("POST", f"{ATOM}/stop", Scope.ATOMS, stop_atom, errors=(UnknownAtom, Busy), group="Atoms", once=True),
    Route(
        "POST",
        f"{ATOM}/moves",
        Scope.ATOMS,
        move_atom,
        status=202,
        errors=(*DOING, AlreadyThere, NotRunning),
        group="Atoms",
        location="/v1/moves/{number}",
        once=True,
    ),
    Route("GET", f"{ATOM}/explanation", Scope.READ, explain_atom, errors=UNKNOWN, group="Atoms"),
    Route("GET", f"{ATOM}/images", Scope.READ, list_images, group="Images"),
    Route(
        "POST",
        f"{ATOM}/images",
        Scope.ATOMS,
        checkpoint_atom,
        status=201,
        errors=(*DOING, NotRunning),
        group="Images",
        once=True,
    ),
    Route(
        "POST",
        f"{ATOM}/restore",
        Scope.ATOMS,
        restore_atom,
        errors=(*DOING, NoImage, AlreadyRuns),
        group="Images",
        once=True,
    ),
    Route(
        "POST",
        f"{ATOM}/rollback",
        Scope.ATOMS,
        roll_atom_back,
        errors=(*DOING, NoImage),
        group="Images",
        once=True,
    ),
)
