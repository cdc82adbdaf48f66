"""`sojourn config`: what is set, and by what."""

from __future__ import annotations

import typer

from sojourn.app.config.resolve import Settings
from sojourn.app.config.secret import shown
from sojourn.cli.configured import configured
from sojourn.cli.realm import JsonOption, print_json
from sojourn.model.config_keys import KEYS

config = typer.Typer(help="Look at the configuration.", no_args_is_help=True)


@config.callback()
def about() -> None:
    """Look at the configuration."""


@config.command()
@configured(*(key.name for key in KEYS))
def show(*, json_asked: JsonOption = False, settings: Settings) -> None:
    """Show every key with its value, and where that comes from: flag, variable, file and line, or default."""
    if json_asked:
        print_json({name: {"value": shown(name, each.value), "from": each.source} for name, each in settings.items()})
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.settings(settings), "no keys")
