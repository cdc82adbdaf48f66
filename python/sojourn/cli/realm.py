"""What commands that talk to a realm have in common."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from sojourn.app.config.resolve import Settings, resolve, values
from sojourn.app.rows import as_json
from sojourn.cli.message import say
from sojourn.model.errors import SojournError
from sojourn.model.names import SHOWN, local_name

if TYPE_CHECKING:
    from sojourn.core.atom import Atom
    from sojourn.core.realm import Realm

T = TypeVar("T")

# A shell that completes a name waits for so long.
COMPLETION_TIMEOUT = "1s"

JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


def atom_names(incomplete: str) -> list[str]:
    """Names that a shell offers for an atom."""
    return offered(incomplete, lambda realm: realm.atoms(), lambda row: row.atom)


def node_names(incomplete: str) -> list[str]:
    """Names that a shell offers for a node."""
    return offered(incomplete, lambda realm: realm.nodes(), lambda row: row.name)


def offered(
    incomplete: str, rows: Callable[[Realm], Coroutine[object, object, tuple[T, ...]]], name: Callable[[T], str]
) -> list[str]:
    """Names in the realm that begin so; none where there is no realm, for a shell has no place for errors."""
    try:
        settings = resolve({"client.timeout": COMPLETION_TIMEOUT}, os.environ, Path.cwd())
        names = [name(row) for row in in_realm(settings, rows)]
    except SojournError:
        return []
    # An atom is also meant by its name without the node where it was born.
    shown = [each for name in names for each in dict.fromkeys((name, local_name(name)))]
    return [each for each in shown if each.startswith(incomplete)]


BEGINNING = "Its name, or the beginning of it."
ANY = "Its name; without the node of its birth, or the beginning of it, too."
AtomArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ATOM", help=ANY, show_default=False, autocompletion=atom_names)
]
NodeArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="NODE", help=BEGINNING, show_default=False, autocompletion=node_names)
]
OnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="NODE", help="Where; else at the node that the command talks to.", autocompletion=node_names
    ),
]


async def atom_of(realm: Realm, name: str) -> Atom:
    """The atom that is meant; says which where there are several of that name.

    Raises:
        UnknownAtom: There is none; the text names the nearest.
    """
    atom = await realm.atom(name)
    if atom.namesakes:
        others = ", ".join(atom.namesakes[:SHOWN]) + (", …" if len(atom.namesakes) > SHOWN else "")
        say(f"{name} is {atom.name} here, the nearest; there is also {others}")
    return atom


def in_realm(settings: Settings, work: Callable[[Realm], Coroutine[object, object, T]]) -> T:
    """Connects, does the work, leaves."""
    import asyncio  # noqa: PLC0415 -- takes a while to load; other commands do not need it

    from sojourn.app.connection import Connecting  # noqa: PLC0415 -- the same

    async def connected() -> T:
        async with Connecting(values(settings)) as realm:
            return await work(realm)

    return asyncio.run(connected())


def print_json(value: object) -> None:
    """A value for programs."""
    typer.echo(json.dumps(as_json(value), indent=2))


def print_json_line(value: object) -> None:
    """A value for programs that read while this one goes on: one line."""
    typer.echo(json.dumps(as_json(value)))
