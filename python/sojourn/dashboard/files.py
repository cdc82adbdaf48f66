"""Files of the page: found by the path of a request, read once, compressed once."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starlette.responses import Response

from sojourn.dashboard.headers import HEADERS, TYPES

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER = Path(__file__).parent / "page"
INDEX = "index.html"
# A path is plain names, none hidden: no `..`, nothing that a system reads in another way.
PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")
LONGEST = 200
# What is compressed already, or so small that it is not worth it.
PACKED = {".png"}
LEAST = 512
# Types and words for whoever reads the source: a third of what would be sent. Lines stay where they are.
COMMENT = re.compile(rb"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL)


class Kept(NamedTuple):
    """A file in memory.

    Attributes:
        stamp: When it was changed, and its size: whether it is still so.
        plain: Its bytes, as they are sent.
        packed: They, by gzip; empty: as it is is better.
    """

    stamp: tuple[int, int]
    plain: bytes
    packed: bytes


class Page:
    """The page's files.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.resolve()
        self._kept: dict[str, Kept] = {}

    def answer(self, request: Request) -> Response | None:
        """The file at the path of a request, whatever its method; None: there is none."""
        path = request.url.path.removeprefix("/") or INDEX
        kept = self.find(path)
        if kept is None:
            return None
        packed = kept.packed if takes_gzip(request.headers.get("accept-encoding", "")) else b""
        headers = {**HEADERS, "content-encoding": "gzip"} if packed else HEADERS
        return Response(packed or kept.plain, headers=headers, media_type=TYPES[ending(path)])

    def find(self, path: str) -> Kept | None:
        """A file; read again where it has changed, as while it is worked on."""
        if len(path) > LONGEST or not PATH.fullmatch(path) or ending(path) not in TYPES:
            return None
        place = self._folder / path
        try:
            status = place.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            kept = self._kept.get(path)
            if kept is not None and kept.stamp == stamp:
                return kept
            # A link out of the folder is not followed.
            if not (place.is_file() and place.resolve().is_relative_to(self._folder)):
                return None
            kept = self._kept[path] = kept_of(place.read_bytes(), stamp, ending(path))
        except OSError:
            return None
        return kept


def kept_of(plain: bytes, stamp: tuple[int, int], kind: str) -> Kept:
    """A file as it is kept; JavaScript without the comments that document it."""
    if kind == ".js":
        plain = COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), plain)
    packed = b"" if kind in PACKED or len(plain) < LEAST else gzip.compress(plain, 9, mtime=0)
    return Kept(stamp, plain, packed if len(packed) < len(plain) else b"")


def ending(path: str) -> str:
    """The ending of a file's name, with its dot."""
    return "." + path.rpartition("/")[2].rpartition(".")[2]


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` says that gzip may be sent (RFC 9110, 12.5.3)."""
    for each in accepted.lower().split(","):
        name, _, parameter = each.partition(";")
        if name.strip() in {"gzip", "*"}:
            return parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
