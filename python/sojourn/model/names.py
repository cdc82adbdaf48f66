"""Names as people give them: whole, without the node where an atom was born, or the beginning where it is enough."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.model.errors import SojournError

# A hint lists at most so many names.
SHOWN = 5
# The name of the node where an atom was born, and its local name.
GLOBAL = re.compile(r"[a-z0-9-]{1,64}/[A-Za-z0-9._-]{1,64}")


def resolve(what: str, given: str, names: Iterable[str], unknown: type[SojournError]) -> str:
    """The name that is meant.

    Args:
        what: What has that name, for the text of the error.
        given: A name, or the beginning of one.
        names: Those that there are.
        unknown: The error when none, or more than one, is meant.
    """
    known = sorted(names)
    if given in known:
        return given
    meant = [name for name in known if local_name(name) == given]
    meant = meant or [
        name for name in known if given and (name.startswith(given) or local_name(name).startswith(given))
    ]
    if len(meant) == 1:
        return meant[0]
    if meant:
        more = ", …" if len(meant) > SHOWN else ""
        raise unknown(f"{given!r} can be more than one {what}: {', '.join(meant[:SHOWN])}{more}", "give more of it")
    raise unknown(f"there is no {what} {given!r} in the realm", nearest(given, known))


def local_name(name: str) -> str:
    """A name without the node where it was given."""
    return name.rpartition("/")[2]


def is_global(name: str) -> bool:
    """Whether an atom can have this global name."""
    return GLOBAL.fullmatch(name) is not None


def nobody(pattern: str, scope: str | None) -> str:
    """That no name or alias fits, for people."""
    return f"no atom has a name that fits {pattern!r}" if scope is None else f"no atom has an alias {scope}:{pattern}"


def nearest(given: str, known: Iterable[str]) -> str | None:
    """`did you mean` the nearest name, if one is near."""
    whole = {shown: name for name in known for shown in (name, local_name(name))}
    near = difflib.get_close_matches(given, list(whole), 1)
    return f"did you mean {whole[near[0]]}?" if near else None
