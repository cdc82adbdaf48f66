"""What commands that send messages have in common."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from sojourn.cli.realm import atom_of
from sojourn.core.storage import read_file
from sojourn.core.talk import MESSAGE_BYTES
from sojourn.model.event import TEXT, alias_of
from sojourn.model.node_errors import UnknownAtom

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from sojourn.core.realm import Realm

T = TypeVar("T")

STDIN = Path("-")
# No more is read: it is too large then, whatever follows.
ENOUGH = MESSAGE_BYTES + 1

DataArgument: TypeAlias = Annotated[
    str | None, typer.Argument(metavar="DATA", help="The data, as text; else none.", show_default=False)
]
TypeOption: TypeAlias = Annotated[
    str, typer.Option("--type", metavar="TYPE", help="What kind of message it is.", show_default=False)
]
SubjectOption: TypeAlias = Annotated[
    str, typer.Option("--subject", metavar="TEXT", help="What it is about.", show_default=False)
]
ContentTypeOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--content-type", metavar="TYPE", help="Media type of the data; else text/plain for DATA."),
]
FileOption: TypeAlias = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="The data is this file's; - is standard input.")
]
InterruptOption: TypeAlias = Annotated[
    bool, typer.Option("--interrupt", help="It is handled inside the atom's next blocking call.")
]


def given(data: str | None, file: Path | None, content_type: str | None) -> tuple[bytes, str | None]:
    """Data and its media type as the options say.

    Raises:
        typer.BadParameter: Both are given.
        StorageError: The file could not be read.
    """
    if data is not None and file is not None:
        raise typer.BadParameter("the data is given twice: as DATA, and with --file")
    if data is not None:
        # What a shell gives need not be a text.
        return data.encode(errors="surrogateescape"), TEXT if content_type is None else content_type
    if file is None:
        return b"", content_type
    return (sys.stdin.buffer.read(ENOUGH) if file == STDIN else read_file(file, ENOUGH)), content_type


def pairs(aliases: Iterable[str]) -> list[tuple[str, str]]:
    """Aliases as options give them, each a scope and an alias.

    Raises:
        typer.BadParameter: One is written otherwise.
    """
    try:
        return [alias_of(text) for text in aliases]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


async def meant(realm: Realm, name: str, work: Callable[[str], Awaitable[T]]) -> T:
    """Does something with an atom by its name; where none has that, by the beginning of it.

    Raises:
        UnknownAtom: There is none; the text names the nearest.
    """
    try:
        return await work(name)
    except UnknownAtom:
        chosen = (await atom_of(realm, name)).name
        if chosen == name:
            raise
    return await work(chosen)
