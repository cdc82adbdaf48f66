"""Routes about programs: atoms that are started and stopped together."""

from __future__ import annotations

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import ProgramFacts, ProgramsPart
from sojourn.gateway.http.body import PutProgram, StopProgram
from sojourn.gateway.http.cursor import key_of, part
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.value import Paging, ProgramPath
from sojourn.model.errors import Declined, ExpressionError, UnknownModule, UnknownProgram
from sojourn.model.node_errors import UnknownAtom


async def list_programs(controller: Controller, query: Paging) -> ProgramsPart:
    """Programs, by name: which of their parts run, and where."""
    items, following = part(query, await controller.programs(key_of(query.cursor), query.limit + 1))
    return ProgramsPart(items=items, next=following)


async def get_program(controller: Controller, path: ProgramPath) -> ProgramFacts:
    """One program: which of its parts run, and where, and why others do not."""
    return await controller.program(path.program)


async def get_definition(controller: Controller, path: ProgramPath) -> PutProgram:
    """What was put as a program, with the environment and the files of its parts, as it can be put again."""
    return await controller.program_definition(path.program)


async def put_program(controller: Controller, path: ProgramPath, body: PutProgram) -> ProgramFacts:
    """Keeps a program: a named list of atoms. What of it runs goes on as it is; changes hold from its next start."""
    return await controller.put_program(path.program, body)


async def remove_program(controller: Controller, path: ProgramPath) -> ProgramFacts:
    """Forgets a program of which nothing runs; answers how it was."""
    return await controller.remove_program(path.program)


async def start_program(controller: Controller, path: ProgramPath) -> ProgramFacts:
    """Starts all parts of a program that do not run, as one supervision group.

    Those that run go on. It answers when each is begun, or could not be, with the reason.
    """
    return await controller.start_program(path.program)


async def stop_program(controller: Controller, path: ProgramPath, body: StopProgram) -> ProgramFacts:
    """Stops all parts of a program; their images are kept, if not said otherwise."""
    return await controller.stop_program(path.program, discard=body.discard)


PROGRAM = "/v1/programs/{program}"
UNKNOWN = (UnknownProgram,)
PUTTING = (UnknownModule, UnknownAtom, ExpressionError, Declined)
ROUTES = (
    Route("GET", "/v1/programs", Scope.READ, list_programs, group="Programs"),
    Route("GET", PROGRAM, Scope.READ, get_program, errors=UNKNOWN, group="Programs"),
    Route("PUT", PROGRAM, Scope.ATOMS, put_program, errors=PUTTING, group="Programs"),
    Route("DELETE", PROGRAM, Scope.ATOMS, remove_program, errors=(UnknownProgram, Declined), group="Programs"),
    # Environments and files may hold what not everybody is to see who may look.
    Route("GET", f"{PROGRAM}/definition", Scope.ATOMS, get_definition, errors=UNKNOWN, group="Programs"),
    Route(
        "POST",
        f"{PROGRAM}/start",
        Scope.ATOMS,
        start_program,
        errors=(UnknownProgram, Declined),
        group="Programs",
        once=True,
    ),
    Route("POST", f"{PROGRAM}/stop", Scope.ATOMS, stop_program, errors=UNKNOWN, group="Programs", once=True),
)
