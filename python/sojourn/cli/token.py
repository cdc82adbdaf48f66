"""`sojourn token`: who may ask the controller for what."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.complete import token_file
from sojourn.app.config.resolve import Settings, values
from sojourn.app.duration import parse_duration
from sojourn.cli.configured import configured
from sojourn.cli.message import hint, say
from sojourn.cli.realm import JsonOption, print_json
from sojourn.gateway.auth.scope import Scope

if TYPE_CHECKING:
    from sojourn.gateway.auth.file import TokenFile
    from sojourn.gateway.auth.token import Token

KEYS = ("controller.token_file", "realm.name")
DAY_S = 86400

token = typer.Typer(help="Make, list and revoke tokens of the controller on this machine.", no_args_is_help=True)


def lifetime(text: str) -> float:
    """Seconds of `30d`, or as for any duration; else a usage error."""
    days = text.strip().removesuffix("d")
    try:
        return float(days) * DAY_S if text.strip().endswith("d") and days.isdecimal() else parse_duration(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a time; write it as 30d, 12h or 90m") from None


@token.command()
@configured(*KEYS)
def new(
    *,
    scope: Annotated[
        list[Scope],
        typer.Option("--scope", help="What it allows; more than once for more. Each but `reach` allows to read, too."),
    ],
    expires: Annotated[
        float | None,
        typer.Option(metavar="TIME", parser=lifetime, help="When it ends: 30d, 12h; else never.", show_default=False),
    ] = None,
    note: Annotated[str, typer.Option(help="Whose it is, or what for.")] = "",
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Make a token, and print it: this once, as only its hash is kept."""
    from sojourn.gateway.auth.token import new_token  # noqa: PLC0415 -- takes a while to load

    file, now = file_of(settings), time.time()
    text, made = new_token(tuple(dict.fromkeys(scope)), now, None if expires is None else now + expires, note)
    file.add(made)
    if json_asked:
        print_json({"token": text, **shown(made)})
        return
    typer.echo(text)
    say(f"{made.id} allows {', '.join(made.scopes)}; its hash is in {file.path}")
    hint("set SOJOURN_CONTROLLER_TOKEN to it where commands are run, or send `Authorization: Bearer TOKEN`")


@token.command("list")
@configured(*KEYS)
def list_tokens(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """List tokens; they themselves are nowhere kept."""
    found = file_of(settings).all()
    if json_asked:
        print_json([shown(each) for each in found])
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    rows = ((each.id, " ".join(each.scopes), when(each.made_at), ending(each), each.note) for each in found)
    tables.show(
        tables.table(("token", "allows", "made", "ends", "note"), rows), "no tokens; `sojourn token new` makes one"
    )


@token.command()
@configured(*KEYS)
def revoke(
    name: Annotated[str, typer.Argument(metavar="TOKEN", help="Its beginning, as `sojourn token list` shows it.")],
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """End a token at once, also for a controller that runs."""
    gone = file_of(settings).revoke(name)
    if json_asked:
        print_json(shown(gone))
        return
    say(f"revoked: {gone.id}")


def file_of(settings: Settings) -> TokenFile:
    """The file that the settings name."""
    from sojourn.gateway.auth.file import TokenFile  # noqa: PLC0415 -- takes a while to load

    return TokenFile(token_file(values(settings), os.environ))


def shown(found: Token) -> dict[str, object]:
    """A token without its hash."""
    return {
        "id": found.id,
        "scopes": [str(scope) for scope in found.scopes],
        "made_at": found.made_at,
        "expires_at": found.expires_at,
        "note": found.note,
    }


def ending(found: Token) -> str:
    """When a token ends."""
    if found.expires_at is None:
        return "never"
    return when(found.expires_at) if found.valid(time.time()) else "[red]expired[/]"


def when(at: float) -> str:
    """A time, for people."""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC).astimezone():%Y-%m-%d %H:%M}"
