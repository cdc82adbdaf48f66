"""`sojourn dev`: an atom that runs while it is worked on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.complete import complete
from sojourn.app.config.resolve import Settings, values
from sojourn.app.project import BuildFailed
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.message import hint, report, say
from sojourn.cli.realm import OnOption, in_realm
from sojourn.cli.up import PORT, at
from sojourn.model.errors import SojournError
from sojourn.model.node_errors import Address

if TYPE_CHECKING:
    from sojourn.app.local_realm import LocalRealm
    from sojourn.core.atom import StreamName
    from sojourn.core.realm import Realm


@configured(*CLIENT)
def dev(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The atom's folder, as `sojourn new` makes it.", show_default=False)
    ] = Path(),
    *,
    on: OnOption = None,
    settings: Settings,
) -> None:
    """Build an atom, run it, and give it its new module whenever a source changes.

    It runs in a realm of its own, or with --address in that one. What it writes is shown. A build that fails leaves
    the atom as it is. A reload keeps name, aliases, keys and messages; it keeps the memory, too, where both modules say
    the same `layout` and what can be compared of their data is the same, and says which it did. It runs until Ctrl-C,
    which ends all of it.
    """
    if settings["client.address"].source != "default":
        in_realm(settings, lambda realm: work(realm, folder, on))
        return
    with local_realm(settings) as own:
        inside = at(settings, own.address)
        say(f"realm: {own.address}; `sojourn call --address {own.address} NAME` talks to the atom")
        in_realm(inside, lambda realm: work(realm, folder, on))


def local_realm(settings: Settings) -> LocalRealm:
    """One node, at the usual port if it is free."""
    from sojourn.app.local_realm import LocalRealm  # noqa: PLC0415 -- only here

    common = complete(values(settings), os.environ)
    try:
        return LocalRealm(common, 1, PORT, None)
    except Address:
        return LocalRealm(common, 1, 0, None)


async def work(realm: Realm, folder: Path, on: str | None) -> None:
    """Until SIGINT or SIGTERM."""
    from sojourn.app.developing import Developing  # noqa: PLC0415 -- only here

    node = None if on is None else await realm.node_name(on)
    task = asyncio.create_task(Developing(realm, folder, node, Terminal()).run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


class Terminal:
    """Tells a person: what the atom writes on its streams, what happens to it on stderr."""

    def told(self, line: str) -> None:
        """Something happened."""
        say(line)

    def failed(self, error: SojournError) -> None:
        """Something could not be done; a build's own lines are shown as they are."""
        if isinstance(error, BuildFailed):
            say(str(error))
            hint("the sources do not build; what ran before goes on")
        else:
            report(error)

    def wrote(self, stream: StreamName, chunk: bytes) -> None:
        """The atom wrote something."""
        out = sys.stdout.buffer if stream == "stdout" else sys.stderr.buffer
        out.write(chunk)
        out.flush()
