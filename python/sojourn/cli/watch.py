"""`sojourn watch`: ends of atoms, and messages to an alias."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, atom_names, atom_of, in_realm, print_json_line
from sojourn.cli.talk import pairs
from sojourn.model.event import End
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from sojourn.core.box import Box
    from sojourn.core.realm import Realm
    from sojourn.model.event import Event

# So much of the data of a message is shown on a line.
SHOWN = 200


@configured(*CLIENT)
def watch(
    atoms: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ATOM]...", help="Atoms whose ends are told.", autocompletion=atom_names),
    ] = None,
    *,
    aliases: Annotated[
        list[str] | None,
        typer.Option("--alias", metavar="SCOPE:ALIAS", help="Messages to this alias, such as topic:prices."),
    ] = None,
    count: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="End after so many lines; else it goes on.")
    ] = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Print ends of atoms and messages to aliases as they come, a line each.

    It ends when all the atoms have ended, unless there is an alias; Ctrl-C ends it, too. With --json each line is an
    object: an end has `atom`, `status` and `reason`, a message is a CloudEvent.
    """
    if not atoms and not aliases:
        raise typer.BadParameter("there is nothing to watch: give an ATOM, or --alias SCOPE:ALIAS")
    wanted = pairs(aliases or ())
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as any program in a pipe

    async def work(realm: Realm) -> None:
        names = {(await atom_of(realm, name)).name for name in atoms or ()}
        async with realm.open_box(aliases=wanted) as box:
            await lines(box, names, endless=bool(wanted), count=count, as_json=json_asked)

    try:
        in_realm(settings, work)
    except KeyboardInterrupt:
        raise typer.Exit from None


async def lines(box: Box, atoms: set[str], *, endless: bool, count: int | None, as_json: bool) -> None:
    """Prints what comes."""
    for name in sorted(atoms):
        await box.watch(name)
    if endless:
        say(f"listening as {box.name}")
    left, printed = set(atoms), 0
    while (left or endless) and (count is None or printed < count):
        event = await box.receive()
        printed += 1
        if event.kind is EventKind.ENDED:
            end = await box.end_of(event)
            left.discard(end.atom)
            print_json_line(end) if as_json else typer.echo(end_line(end))
        else:
            print_json_line(event.to_cloudevent()) if as_json else typer.echo(event_line(event))


def end_line(end: End) -> str:
    """An end on a line."""
    return f"{end.atom} ended: {end.reason}" if end.status is None else f"{end.atom} ended with status {end.status}"


def event_line(event: Event) -> str:
    """A message on a line: who, of what type, about what, and the beginning of its data."""
    try:
        value = event.value
    except ValueError:
        value = event.data
    text = value.decode(errors="replace") if isinstance(value, bytes) else value if isinstance(value, str) else None
    data = event.data.decode(errors="replace") if text is None else text
    shown = data if len(data) <= SHOWN else f"{data[:SHOWN]}…"
    parts = [event.source, event.type, event.subject, " ".join(shown.split())]
    return "  ".join(part for part in parts if part)
