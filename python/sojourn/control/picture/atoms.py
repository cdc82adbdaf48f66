"""Atoms as rows, and which of them have changed."""

from __future__ import annotations

from itertools import chain, compress
from operator import is_not
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.model.picture import AtomRow
    from sojourn.model.record import AtomRecord

Aliases: TypeAlias = tuple[tuple[str, str], ...]
# From this on, hundredths of a core are enough.
COARSE = 0.1


class Atoms:
    """Atoms as they were at the last look."""

    def __init__(self) -> None:
        self.rows: dict[str, AtomRow] = {}
        self._records: dict[str, AtomRecord] = {}
        # The same in the order of the last look, to be compared at the interpreter's own speed.
        self._order: list[AtomRecord] = []
        self._aliases: Mapping[str, Aliases] = {}

    def look(
        self, records: Mapping[str, AtomRecord], aliases: Mapping[str, Aliases]
    ) -> tuple[list[AtomRow], list[str]]:
        """What has changed, and who is gone. A record is never written to: the same record has the same row."""
        seen, rows, changed = self._records, self.rows, []
        anew, self._aliases = aliases is not self._aliases, aliases
        now, before = list(records.values()), self._order
        self._order = now
        # A dictionary keeps its order: what stands where it stood is the same, but after one that is gone.
        suspects = now if anew else chain(compress(now, map(is_not, now, before)), now[len(before) :])
        for record in suspects:
            name = record.name
            if seen.get(name) is record and not anew:
                continue
            seen[name] = record
            row = row_of(record, aliases.get(name, ()))
            if rows.get(name) != row:
                rows[name] = row
                changed.append(row)
        if len(seen) == len(records):
            return changed, []
        gone = sorted(seen.keys() - records.keys())
        for name in gone:
            del seen[name], rows[name]
        return changed, gone


def row_of(record: AtomRecord, aliases: Aliases) -> AtomRow:
    """An atom as a row: see `model.picture.ATOM_COLUMNS`."""
    cores = record.cores
    return (
        record.name,
        record.node,
        record.state,
        record.module,
        round(cores, 2 if cores > COARSE else 3),
        record.memory_bytes,
        record.queue,
        record.since,
        record.spec.group,
        record.kind,
        record.wish.value,
        record.reason,
        record.spec.policy,
        aliases,
    )
