"""`sojourn logs`: what an atom writes, wherever it goes."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm

if TYPE_CHECKING:
    from sojourn.core.realm import Realm


@configured(*CLIENT)
def logs(  # noqa: PLR0913 -- one parameter an option
    atom: AtomArgument,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more comes, until it ends.")] = False,
    stderr: Annotated[bool, typer.Option("--stderr", help="Its standard error; else its standard output.")] = False,
    offset: Annotated[
        int | None, typer.Option(metavar="BYTE", min=0, help="From this byte on; else from the oldest there is.")
    ] = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Print what an atom wrote, byte for byte.

    With --follow, moves of the atom are not seen in it: nothing is missing and nothing comes twice. With --json, a line
    a chunk, with its text and how many bytes it has.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as any program in a pipe

    async def work(realm: Realm) -> None:
        chosen = await atom_of(realm, atom)
        async for chunk in chosen.logs("stderr" if stderr else "stdout", follow=follow, offset=offset):
            write(chunk, as_json=json_asked)

    in_realm(settings, work)


def write(chunk: bytes, *, as_json: bool) -> None:
    """Bytes as they are, or as a line of JSON."""
    if as_json:
        import json  # noqa: PLC0415 -- only here

        chunk = json.dumps({"text": chunk.decode(errors="replace"), "bytes": len(chunk)}).encode() + b"\n"
    sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
