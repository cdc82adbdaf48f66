"""A store whose work is measured."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sojourn.model.errors import NotLeader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.app.observe.metrics import Metrics
    from sojourn.model.record import RealmEvent, Record, Write
    from sojourn.store.interface import Store


class MeasuredStore:
    """A store that tells metrics what it does; see `Store`.

    Args:
        store: The store.
        metrics: What is told.
    """

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics

    def lead(self) -> int | None:
        """Tries to become the one who writes."""
        term = None
        try:
            with self._metrics.storing("lead"):
                term = self._store.lead()
        finally:
            self._metrics.leads(term)
        return term

    def leader(self) -> str | None:
        """Who leads, in words."""
        with self._metrics.storing("leader"):
            return self._store.leader()

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        """Keeps all of it or nothing."""
        with self._writing("apply"):
            events = self._store.apply(term, writes)
        self._metrics.kept(writes)
        return events

    def records(self, kind: str) -> Iterator[Record]:
        """All records of a kind."""
        with self._metrics.storing("records"):
            return self._store.records(kind)

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        """Events with numbers above one."""
        with self._metrics.storing("events"):
            return self._store.events(after, most)

    def first_event(self) -> int:
        """Number of the oldest event."""
        with self._metrics.storing("events"):
            return self._store.first_event()

    def last_event(self) -> int:
        """Number of the newest event."""
        with self._metrics.storing("events"):
            return self._store.last_event()

    def prune(self, term: int, *, events: int, moves: int) -> None:
        """Lets the oldest events and settled moves go."""
        with self._writing("prune"):
            self._store.prune(term, events=events, moves=moves)

    def close(self) -> None:
        """Lets go of it, and of leading."""
        self._metrics.leads(None)
        self._store.close()

    @contextmanager
    def _writing(self, work: str) -> Iterator[None]:
        """Work of the leader, by which it may learn that it is none any more."""
        try:
            with self._metrics.storing(work):
                yield
        except NotLeader:
            self._metrics.leads(None)
            raise
