"""Where the file of a module comes from: a folder, or a server whose address stands before its name.

ARENA's runtimes fetch `name/filename` from a file store, or `filename` alone; the browser's writes the whole path into
`filename`. So a name is looked for as it is, and below the module's name.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from sojourn.core.storage import read_file
from sojourn.model.errors import ConfigError, UnknownModule

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.record import Module

MODULE_BYTES = 64 << 20
FETCH_S = 20.0


class Source:
    """Where files come from.

    Args:
        place: A folder, or `http://...` or `https://...`; empty: nowhere.

    Raises:
        ConfigError: The folder is none.
    """

    def __init__(self, place: str) -> None:
        self._url = place.rstrip("/") if place.startswith(("http://", "https://")) else ""
        self._folder = Path(place).resolve() if place and not self._url else None
        if self._folder is not None and not self._folder.is_dir():
            raise ConfigError(f"arts.modules: there is no folder {self._folder}", "it holds the files of modules")

    def fetch(self, module: Module) -> bytes:
        """A module's file.

        Raises:
            UnknownModule: There is none, and where it was looked for.
        """
        if self._folder is None and not self._url:
            hint = "`sojourn arts --arts-modules FOLDER`, or an address that file names are put behind"
            raise UnknownModule(f"there is no place where {module.filename} could come from", hint)
        names = candidates(module)
        for name in names:
            found = self._from_url(name) if self._url else self._from_folder(name)
            if found is not None:
                return found
        where = self._url or str(self._folder)
        raise UnknownModule(
            f"there is no file {' or '.join(names)} at {where}"
            if names
            else f"{module.filename!r} is no name of a file"
        )

    def _from_folder(self, name: str) -> bytes | None:
        assert self._folder is not None  # noqa: S101 -- `fetch` looks
        path = (self._folder / name).resolve()
        # A link may lead out of the folder.
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        if path.stat().st_size > MODULE_BYTES:
            raise UnknownModule(f"{path} is longer than {MODULE_BYTES >> 20} MiB")
        return read_file(path)

    def _from_url(self, name: str) -> bytes | None:
        address = f"{self._url}/{quote(name)}"
        try:
            with urllib.request.urlopen(address, timeout=FETCH_S) as answer:  # noqa: S310 -- its scheme was looked at
                raw: bytes = answer.read(MODULE_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code == http.client.NOT_FOUND:
                return None
            raise UnknownModule(f"{address} answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise UnknownModule(f"{address} cannot be fetched: {error}") from error
        if len(raw) > MODULE_BYTES:
            raise UnknownModule(f"{address} is longer than {MODULE_BYTES >> 20} MiB")
        return raw


def candidates(module: Module) -> list[str]:
    """Names under which its file may be, in order; none that leads elsewhere."""
    given = (module.filename, f"{module.name}/{module.filename}")
    plain = (PurePosixPath(each.lstrip("/")) for each in given if "\0" not in each and "\\" not in each)
    return [str(each) for each in plain if each.parts and ".." not in each.parts]
