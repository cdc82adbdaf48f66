"""Records in lists, as REST asks for them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sojourn.model.record import AtomRecord, ModuleRecord, MoveRecord, NodeRecord, RolloutRecord

if TYPE_CHECKING:
    from collections.abc import Iterable


R = TypeVar("R", NodeRecord, AtomRecord, MoveRecord, ModuleRecord, RolloutRecord)


def part(records: Iterable[R], after: str, most: int) -> list[R]:
    """Those after a key, by key."""
    return list(islice((each for each in sorted(records, key=key_of) if each.key > after), most))


def key_of(record: NodeRecord | AtomRecord | MoveRecord | ModuleRecord | RolloutRecord) -> str:
    """A record's key."""
    return record.key
