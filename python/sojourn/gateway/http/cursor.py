"""Cursors: the key of the last item that a client has, in a form that invites nobody to make one up."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol, TypeVar

from sojourn.gateway.http.refusal import Invalid
from sojourn.gateway.http.value import Paging


class Keyed(Protocol):
    """What has a key."""

    @property
    def key(self) -> str:
        """It."""


K = TypeVar("K", bound=Keyed)


def cursor_of(key: str) -> str:
    """The cursor after a key."""
    return base64.urlsafe_b64encode(key.encode()).rstrip(b"=").decode()


def key_of(cursor: str) -> str:
    """The key of a cursor.

    Raises:
        Invalid: It is no cursor of ours.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        hint = "take `next` of the answer before as it is; leave `cursor` out to begin"
        raise Invalid(f"{cursor!r} is not a cursor", hint, where="query", pointer="cursor") from error


def part(query: Paging, found: Sequence[K]) -> tuple[tuple[K, ...], str]:
    """Items of an answer and the cursor of what follows, of one item more than was asked for."""
    items = tuple(found[: query.limit])
    return items, cursor_of(items[-1].key) if len(found) > query.limit else ""
