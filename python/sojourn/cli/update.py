"""`sojourn update`: atoms get another module while they run. `rollouts`: how that goes. `modules`: which there are."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, controller, print_record
from sojourn.cli.message import hint
from sojourn.cli.options import duration
from sojourn.cli.realm import JsonOption
from sojourn.core.module import binary_of
from sojourn.core.storage import read_file
from sojourn.model.errors import Declined, UnknownModule
from sojourn.model.names import is_global, local_name, resolve
from sojourn.model.node_errors import UnknownAtom

if TYPE_CHECKING:
    from sojourn.app.rest_client import RestClient

DIGEST = re.compile("[0-9a-f]{64}")
SOME = 8
WATCH_S = 10.0


class Turn(StrEnum):
    """What is to become of a rollout."""

    pause = "pause"
    resume = "resume"
    rollback = "rollback"


@configured(*CONTROLLER)
def update(  # noqa: PLR0913 -- one parameter an option
    modules: Annotated[
        list[str],
        typer.Argument(
            metavar="[OLD] NEW",
            help="Module that they have: its name, hash, or an atom that has it; module that they get: a file too.",
        ),
    ],
    *,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="In place of OLD: atoms that are called so.")
    ] = None,
    atom: Annotated[
        list[str] | None, typer.Option("--atom", metavar="ATOM", help="Only these; else all that have OLD.")
    ] = None,
    rollout: Annotated[
        str | None, typer.Option("--rollout", metavar="NAME", help="Name of the rollout; else one is made.")
    ] = None,
    canary: Annotated[int, typer.Option(min=1, help="How many get it first, and are watched.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="How many at once after that.")] = 1,
    watch: Annotated[
        float | None,
        typer.Option(metavar="TIME", parser=duration, help="How long those of a step are watched; else 10s."),
    ] = None,
    failures: Annotated[int, typer.Option(min=1, help="So many failures roll it back.")] = 1,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Give atoms another module while they run: some first, which are watched, then the rest.

    Where too many fail, all of them get the old one back.
    """
    from sojourn.gateway.http.body import StartRollout  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.record import RolloutRecord  # noqa: PLC0415 -- the same

    if len(modules) != (2 if name is None else 1):
        raise typer.BadParameter("give OLD and NEW, or --name NAME and NEW")
    client = controller(settings)
    atoms = tuple(client.atom_name(each) for each in atom or ())
    old, atoms = (module_of(client, modules[0]), atoms) if name is None else called(client, name, atoms)
    asked = StartRollout(
        old=old,
        new=brought(client, modules[-1]),
        name=rollout,
        atoms=atoms,
        canary=canary,
        batch=batch,
        watch_s=WATCH_S if watch is None else watch,
        failures=failures,
    )
    record = client.ask("POST", "/v1/rollouts", RolloutRecord, body=asked)
    if json_asked:
        print_record(record)
        return
    typer.echo(record.name)
    hint(f"sojourn rollouts {record.name} shows how it goes; with `rollback` behind it all is undone")


@configured(*CONTROLLER)
def rollouts(
    name: Annotated[str | None, typer.Argument(metavar="ROLLOUT", help="Only this one.")] = None,
    turn: Annotated[Turn | None, typer.Argument(help="Pause it, let it go on, or undo it.", show_default=False)] = None,
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List updates of modules, or pause, resume or roll back one of them."""
    from sojourn.gateway.http.answer import RolloutPart  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.record import RolloutRecord  # noqa: PLC0415 -- the same

    client = controller(settings)
    if name is None:
        records = [record for part in client.all("/v1/rollouts", RolloutPart) for record in part.items]
    elif turn is None:
        records = [client.ask("GET", f"/v1/rollouts/{name}", RolloutRecord)]
    else:
        records = [client.ask("POST", f"/v1/rollouts/{name}/{turn}", RolloutRecord)]
    if json_asked:
        print_record(records if name is None else records[0])
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.rollouts(records), "no rollouts; `sojourn update OLD NEW` begins one")


@configured(*CONTROLLER)
def realm_modules(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List the modules that the realm's controller knows."""
    from sojourn.gateway.http.answer import ModulePart  # noqa: PLC0415 -- takes a while to load

    records = [record for part in controller(settings).all("/v1/modules", ModulePart) for record in part.items]
    if json_asked:
        print_record(records)
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.modules(records), "no modules; one comes with the first atom that has it")


def called(client: RestClient, name: str, only: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The module of atoms that are called so, and the atoms: their local name is this, or this with a `-` and more.

    Raises:
        UnknownAtom: None is.
        Declined: They have more than one module.
    """
    from sojourn.gateway.http.answer import AtomPart  # noqa: PLC0415 -- takes a while to load

    found = {
        record.name: record.module
        for part in client.all("/v1/atoms", AtomPart, {"name": name})
        for record in part.items
        if f"{local_name(record.name)}-".startswith(f"{name}-") and (not only or record.name in only)
    }
    if not found:
        raise UnknownAtom(f"no atom is called {name!r}", "`sojourn ps` lists them")
    if len(set(found.values())) > 1:
        there = ", ".join(sorted(digest[:12] for digest in set(found.values())))
        raise Declined(f"atoms that are called {name!r} have several modules: {there}", "give one of them as OLD")
    return next(iter(found.values())), tuple(found)


def brought(client: RestClient, new: str) -> str:
    """Hash of a module that the realm has, or of a file that it gets now."""
    from sojourn.model.record import ModuleRecord  # noqa: PLC0415 -- takes a while to load

    file = Path(new)
    if DIGEST.fullmatch(new) or not file.is_file():
        return module_of(client, new)
    wasm = binary_of(read_file(file))
    return client.ask("POST", "/v1/modules", ModuleRecord, query={"name": file.stem}, content=wasm).digest


def module_of(client: RestClient, given: str) -> str:
    """Hash of a module: of it or its beginning, of its name (then the newest so called), or of an atom that has it.

    Raises:
        UnknownModule: There is none.
    """
    from sojourn.gateway.http.answer import ModulePart  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.record import AtomRecord  # noqa: PLC0415 -- the same

    if DIGEST.fullmatch(given):
        return given
    if is_global(given):
        return client.ask("GET", f"/v1/atoms/{given}", AtomRecord).module
    records = [record for part in client.all("/v1/modules", ModulePart) for record in part.items]
    named = sorted((record for record in records if record.name == given), key=lambda record: record.added_at)
    if named:
        return named[-1].digest
    digests = [record.digest for record in records]
    if len(given) >= SOME and any(digest.startswith(given) for digest in digests):
        return resolve("module", given, digests, UnknownModule)
    try:
        return resolve("module", given, {record.name for record in records if record.name}, UnknownModule)
    except UnknownModule as error:
        error.hint = error.hint or "`sojourn modules` lists them; a file is brought by `sojourn update OLD FILE`"
        raise
