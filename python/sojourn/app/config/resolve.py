"""One value for every key: of a flag, else of a variable, else of a file, else the default."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeAlias

from sojourn.app.config import file, value
from sojourn.model.config import Key, Setting, Value
from sojourn.model.config_keys import KEYS
from sojourn.model.errors import ConfigError
from sojourn.model.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Settings: TypeAlias = dict[str, Setting]

BY_NAME = {key.name: key for key in KEYS}
BY_ENV = {key.env: key for key in KEYS}
PREFIX = "SOJOURN_"
# Variables of ours that are no keys: where modules are kept, and what tests read.
OTHERS = frozenset({"SOJOURN_CACHE", "SOJOURN_SOAK"})
# A variable that is so like a key's is a slip of the pen; others with our prefix are somebody's own.
LIKE = 0.75


def resolve(
    flags: Mapping[str, str | Sequence[str] | None],
    environment: Mapping[str, str],
    folder: Path,
    named: Path | None = None,
) -> Settings:
    """Every key's value and where it comes from.

    Args:
        flags: What flags say, by key; None: not given.
        environment: Variables.
        folder: Where the command runs.
        named: The one file to read; None: those that are at their places.

    Raises:
        ConfigError: A key is unknown, or a value is wrong; the text says which and where.
        StorageError: A file could not be read.
    """
    settings = {key.name: Setting(key, parsed(key, key.default, "default", folder), "default") for key in KEYS}
    for path in [named] if named else file.paths(environment, folder):
        for entry in file.entries(path):
            settings[entry.key] = of_file(entry)
    for name, raw in environment.items():
        if key := of_variable(name):
            settings[key.name] = Setting(key, parsed(key, raw, f"variable {name}", folder), f"variable {name}")
    for name, given in flags.items():
        if given is not None and given != ():
            key = BY_NAME[name]
            settings[name] = Setting(key, parsed(key, given, f"flag {key.flag}", folder), f"flag {key.flag}")
    return settings


def values(settings: Settings) -> dict[str, Value]:
    """The values alone."""
    return {name: setting.value for name, setting in settings.items()}


def of_file(entry: file.Entry) -> Setting:
    """What a file says of a key."""
    key = BY_NAME.get(entry.key)
    if key is None:
        hint = nearest(entry.key, BY_NAME) or "`sojourn config show` lists all keys"
        raise ConfigError(f"{entry.place}: there is no key {entry.key}", hint)
    return Setting(key, parsed(key, entry.raw, entry.place, entry.folder), entry.place)


def of_variable(name: str) -> Key | None:
    """The key of a variable, if it is one's.

    Raises:
        ConfigError: It is none, but very like one.
    """
    if name in BY_ENV or not name.startswith(PREFIX) or name in OTHERS:
        return BY_ENV.get(name)
    # Compared without the prefix, which would make any two alike.
    known = {env.removeprefix(PREFIX): env for env in BY_ENV}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), known, 1, LIKE)
    if near:
        raise ConfigError(f"variable {name}: there is no such key", f"did you mean {known[near[0]]}?")
    return None


def parsed(key: Key, raw: object, source: str, folder: Path) -> Value:
    """A value of the key's kind.

    Raises:
        ConfigError: It is of another.
    """
    try:
        return value.parse(key.kind, raw, folder)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{source}: {key.name} is to be {value.EXPECTED[key.kind]}, not {raw!r}") from error
