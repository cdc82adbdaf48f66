"""`sojourn adaptation`: whether atoms move to better places. `sojourn settings`: the realm's settings."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import configured
from sojourn.cli.controller import CONTROLLER, controller, print_record
from sojourn.cli.realm import JsonOption
from sojourn.model.errors import UnknownSetting
from sojourn.model.names import resolve

if TYPE_CHECKING:
    from sojourn.model.record import SettingRecord

PAUSED = "adapt.paused"


class Switch(StrEnum):
    """On or off."""

    on = "on"
    off = "off"


@configured(*CONTROLLER)
def adaptation(
    to: Annotated[Switch | None, typer.Argument(help="Switch it; else it is shown.", show_default=False)] = None,
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Show, pause (off) or resume (on) adaptation: moves to places that are better.

    Failures, drains and what a user asks for are not touched by it.
    """
    record = setting(settings, PAUSED, None if to is None else str(to is Switch.off).lower())
    if json_asked:
        print_record(record)
        return
    typer.echo("off" if record.value == "true" else "on")


@configured(*CONTROLLER)
def realm_settings(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only this one.", show_default=False)] = None,
    value: Annotated[str | None, typer.Argument(metavar="VALUE", help="What it is to be.", show_default=False)] = None,
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List settings of the realm that are changed while it runs, show one, or change it."""
    records = all_of(settings) if name is None else [setting(settings, name, value)]
    if json_asked:
        print_record(records if name is None else records[0])
        return
    from sojourn.cli import controller_tables, tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(controller_tables.settings(records), "no settings")


def all_of(settings: Settings) -> list[SettingRecord]:
    """All settings."""
    from sojourn.gateway.http.answer import Settings as Found  # noqa: PLC0415 -- takes a while to load

    return list(controller(settings).ask("GET", "/v1/settings", Found).items)


def setting(settings: Settings, name: str, value: str | None) -> SettingRecord:
    """A setting, changed first where a value is given.

    Raises:
        UnknownSetting: There is none of that name.
    """
    from sojourn.gateway.http.body import ChangeSetting  # noqa: PLC0415 -- takes a while to load
    from sojourn.model.record import SettingRecord  # noqa: PLC0415 -- the same

    found = {record.name: record for record in all_of(settings)}
    name = resolve("setting", name, found, UnknownSetting)
    if value is None:
        return found[name]
    return controller(settings).ask("PUT", f"/v1/settings/{name}", SettingRecord, body=ChangeSetting(value=value))
