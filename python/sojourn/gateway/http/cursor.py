"""Cursors: the key of the last item that a client has, in a form that invites nobody to make one up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sojourn.gateway.http.value import Paging


class Keyed(Protocol):
    """What has a key."""

    @property
    def key(self) -> str:
        """It."""


K = TypeVar("K", bound=Keyed)


def cursor_of(key: str) -> str:
    """The cursor after a key."""
    return key.encode().hex()


def key_of(cursor: str) -> str:
    """The key of a cursor. One that was made up stands for some key, too: it is a place in an order, and no right."""
    return bytes.fromhex(cursor).decode(errors="replace")


def part(query: Paging, found: Sequence[K]) -> tuple[tuple[K, ...], str]:
    """Items of an answer and the cursor of what follows, of one item more than was asked for."""
    items = tuple(found[: query.limit])
    return items, cursor_of(items[-1].key) if len(found) > query.limit else ""
