"""What every store does. Methods block; the runner calls them from a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.model.record import RealmEvent, Record, Write


class Store(Protocol):
    """Records by kind and key, and events in their order."""

    def lead(self) -> int | None:
        """Tries to become the one who writes.

        Returns:
            Its term, which grows by one with each leader; None: somebody else leads, and still lives.
        """

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        """Keeps all of it or nothing, on disk when it returns.

        Args:
            term: Of `lead`.
            writes: Records and events.

        Returns:
            The events of `writes`, with their numbers.

        Raises:
            NotLeader: Somebody else leads since.
            StorageError: It could not be kept; nothing of it was.
        """

    def records(self, kind: str) -> Iterator[Record]:
        """All records of a kind, by key."""

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        """Events with numbers above one, in order; also for those who do not lead."""

    def first_event(self) -> int:
        """Number of the oldest event that is still kept; 1 where there is none."""

    def prune(self, term: int, *, events: int, moves: int) -> None:
        """Lets the oldest events and settled moves go, beyond so many."""

    def close(self) -> None:
        """Lets go of it, and of leading. A second time does nothing."""
