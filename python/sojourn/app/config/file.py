"""Files of the configuration: which there are, and what stands in them on which line."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.model.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = "sojourn.toml"
TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
ENTRY = re.compile(r"""\s*([\w.\s"'-]+?)\s*=""")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one key.

    Attributes:
        key: The key, `TABLE.NAME`.
        raw: What it is, as TOML has it.
        place: `FILE:LINE`, or the file alone where the line is not found.
        folder: Folder of the file.
    """

    key: str
    raw: object
    place: str
    folder: Path


def paths(environment: Mapping[str, str], folder: Path) -> list[Path]:
    """Files that are read where none is named; later ones win."""
    home = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".config"
    found = [Path(home) / "sojourn" / "config.toml", folder / HERE]
    return [path for path in found if path.is_file()]


def entries(path: Path) -> list[Entry]:
    """All that a file says.

    Raises:
        StorageError: It could not be read.
        ConfigError: It is not TOML.
    """
    try:
        source = path.read_text("utf-8")
        table = tomllib.loads(source)
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    lines = places(source)
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 -- without following links, as the person gave it
    return [Entry(key, raw, f"{path}:{lines[key]}" if key in lines else str(path), folder) for key, raw in flat(table)]


def flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    """Every value with its whole key."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def places(source: str) -> dict[str, int]:
    """Lines of keys. The parser does not tell them; this finds those that are written plainly."""
    table = ""
    found: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if match := TABLE.match(line):
            table = bare(match[1]) + "."
        elif match := ENTRY.match(line):
            found.setdefault(table + bare(match[1]), number)
    return found


def bare(key: str) -> str:
    """A key without quotes and spaces."""
    return re.sub(r"""[\s"']""", "", key)
