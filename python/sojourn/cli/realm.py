"""What commands that talk to a realm have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from sojourn.app.config.resolve import Settings, values
from sojourn.app.rows import as_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm

T = TypeVar("T")

JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
AtomArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ATOM", help="Its name, or the beginning of it.", show_default=False)
]
NodeArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="NODE", help="Its name, or the beginning of it.", show_default=False)
]
OnOption: TypeAlias = Annotated[
    str | None, typer.Option("--on", metavar="NODE", help="Where; else at the node that the command talks to.")
]


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
