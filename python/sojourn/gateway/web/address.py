"""Paths of requests: `/a/NAME/REST`, and whom NAME means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from sojourn.gateway.http.refusal import BadRequest, NoSuchPath
from sojourn.gateway.web.limit import NAME_CHARACTERS
from sojourn.gateway.web.refusal import NoSuchAtom
from sojourn.model.errors import NodeError

if TYPE_CHECKING:
    from sojourn.gateway.port import Port

PREFIX = b"/a/"
# No blanks, no control characters, no bytes above ASCII: they come percent-encoded.
TARGET = re.compile(rb"[\x21-\x7e]*")
BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
PLAIN = re.compile(r"[A-Za-z0-9._-]+")
GLOBAL = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
SCOPED = re.compile(r"([A-Za-z0-9._-]+):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes.

    Attributes:
        name: The name, alias or pattern.
        prefix: What stood before the rest of the path, as the client wrote it.
        rest: The rest of the path, still encoded; begins with a slash.
    """

    name: str
    prefix: bytes
    rest: bytes


def address_of(path: bytes) -> Address:
    """The address in a path.

    Args:
        path: As the client wrote it, without the query.

    Raises:
        NoSuchPath: It is none of an atom.
        BadRequest: It is no path, or its name is no text.
    """
    if not TARGET.fullmatch(path) or BROKEN_PERCENT.search(path):
        raise BadRequest("the path is not encoded as paths are", "write other signs as %XX of UTF-8")
    if not path.startswith(PREFIX):
        raise NoSuchPath("there is nothing at this path", "atoms are at /a/NAME/")
    raw, slash, rest = path[len(PREFIX) :].partition(b"/")
    try:
        name = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError as error:
        raise BadRequest("the atom's name is not UTF-8") from error
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise BadRequest("that is no name of an atom", "atoms are at /a/NAME/")
    return Address(name, PREFIX + raw, slash + rest or b"/")


def find(port: Port, name: str) -> str:
    """Global name of whom a name means: exactly so, or by an alias, or any that a pattern fits.

    Raises:
        NoSuchAtom: Nobody.
        BadRequest: It is no pattern.
    """
    if GLOBAL.fullmatch(name):
        scope, pattern = "", literal(name)
    elif found := SCOPED.fullmatch(name):
        scope, pattern = found[1], literal(found[2])
    else:
        scope, pattern = "", literal(name)
    try:
        atom = port.find_any(scope, pattern)
    except NodeError as error:
        raise BadRequest(f"{name!r} is neither a name nor a pattern: {error}", error.hint) from error
    if atom is None:
        raise NoSuchAtom(f"there is no atom {name!r}", "`sojourn names` tells which there are")
    return atom


def literal(text: str) -> str:
    """A name as a pattern that fits it alone; what is a pattern stays one."""
    return text.replace(".", r"\.") if "." in text and (PLAIN.fullmatch(text) or GLOBAL.fullmatch(text)) else text
