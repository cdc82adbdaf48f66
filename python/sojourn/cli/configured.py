"""Commands with a configuration: a flag for each key that matters to them, made from the table."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_type_hints

import typer

from sojourn.app.config.resolve import BY_NAME, Settings, parsed, resolve
from sojourn.model.config import Key, Kind, Value
from sojourn.model.errors import ConfigError

Values: TypeAlias = Mapping[str, Value]

PANEL = "Configuration"
CLIENT = ("client.address", "client.timeout", "realm.name", "realm.key_file")
METAVARS = {
    Kind.TEXT: "TEXT",
    Kind.PATH: "PATH",
    Kind.INTEGER: "NUMBER",
    Kind.BYTES: "SIZE",
    Kind.DURATION: "TIME",
    Kind.SWITCH: "true|false",
    Kind.ADDRESS: "ADDRESS",
    Kind.ADDRESSES: "ADDRESS",
}
ConfigFile: TypeAlias = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Read this file, no other.", rich_help_panel=PANEL)
]


def configured(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command flags for these keys; its parameter `settings` gets all keys with where they come from."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, include_extras=True)
        own = [each.replace(annotation=hints[each.name]) for each in inspect.signature(command).parameters.values()]
        flags = {BY_NAME[name].flag.strip("-").replace("-", "_"): BY_NAME[name] for name in names}
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters = [each for each in own if each.name != "settings"]
        parameters += [
            inspect.Parameter(flag, keyword, default=None, annotation=option(key)) for flag, key in flags.items()
        ]
        parameters.append(inspect.Parameter("config", keyword, default=None, annotation=ConfigFile))

        @functools.wraps(command)
        def configured_command(**given: Any) -> None:  # noqa: ANN401 -- what the command takes
            said = {key.name: given.pop(flag) for flag, key in flags.items()}
            settings = settings_of(said, given.pop("config"))
            command(**given, settings=settings)

        described: Any = configured_command
        described.__signature__ = inspect.Signature(parameters, return_annotation=None)
        described.__annotations__ = {each.name: each.annotation for each in parameters}
        return configured_command

    return decorate


def option(key: Key) -> Any:  # noqa: ANN401 -- an annotation as Typer reads it
    """The flag of a key."""
    many = key.kind is Kind.ADDRESSES
    told = typer.Option(key.flag, metavar=METAVARS[key.kind], help=key.doc, rich_help_panel=PANEL)
    return Annotated[list[str] | None if many else str | None, told]  # type: ignore[return-value, unused-ignore]


def settings_of(said: Mapping[str, Any], config: Path | None) -> Settings:
    """All keys; a flag that is wrong is a usage error."""
    for name, raw in said.items():
        key = BY_NAME[name]
        try:
            if raw is not None:
                parsed(key, raw, f"flag {key.flag}", Path.cwd())
        except ConfigError as error:
            raise typer.BadParameter(str(error)) from error
    return resolve(said, os.environ, Path.cwd(), config)
