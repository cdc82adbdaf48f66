"""Routes that look into an atom: its stack with function names and values, its memory, its open files."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.inspected import Inspection
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import AtomPath, ImagePath, InspectionQuery
from sojourn.model.errors import Declined
from sojourn.model.node_errors import Busy, NoImage, NotRunning, TooLarge, UnknownAtom, UnknownNode, Unreachable


async def inspect_image(controller: Controller, path: ImagePath, query: InspectionQuery) -> Inspection:
    """What an image of an atom holds, without its contents."""
    return await controller.inspect_image(path.atom, path.keeper, path.id, query)


async def inspect_atom(controller: Controller, path: AtomPath, query: InspectionQuery) -> Inspection:
    """What an atom holds now: it stands still while its state is copied, and goes on; the copy is kept nowhere."""
    return await controller.inspect(path.atom, query)


ATOM = "/v1/atoms/{birth}/{name}"
ERRORS = (UnknownNode, TooLarge, Busy, Unreachable)
ROUTES = (
    Route(
        "GET",
        f"{ATOM}/images/{{keeper}}/{{id}}/inspection",
        Scope.READ,
        inspect_image,
        errors=(NoImage, *ERRORS),
        group="Images",
    ),
    Route(
        "POST",
        f"{ATOM}/inspection",
        Scope.ATOMS,
        inspect_atom,
        errors=(UnknownAtom, NotRunning, Declined, *ERRORS),
        group="Images",
    ),
)
