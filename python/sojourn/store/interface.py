"""What every store does. Methods block; the runner calls them from a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.model.record import RealmEvent, Record, Write


class Store(Protocol):
    """Records by kind and key, and events in their order."""

    def lead(self) -> int | None:
        """Tries to become the one who writes. Who leads already is given its term again.

        Returns:
            Its term, which grows by one with each leader; None: somebody else leads, and still lives.

        Raises:
            StorageError: The store could not be reached or read.
        """

    def leader(self) -> str | None:
        """Who leads, in words; None: nobody does."""

    def apply(self, term: int, writes: Sequence[Write]) -> tuple[RealmEvent, ...]:
        """Keeps all of it or nothing, on disk when it returns.

        Args:
            term: Of `lead`.
            writes: Records and events.

        Returns:
            The events of `writes`, with their numbers.

        Raises:
            NotLeader: Somebody else leads since, or the connection was lost for too long: `writes` may have been kept.
                Lead again, and read everything anew.
            StorageError: It could not be kept; nothing of it was.
        """

    def records(self, kind: str) -> Iterator[Record]:
        """All records of a kind, by key, as they were at the same moment.

        Raises:
            StorageError: A row is damaged: its kind and key are in the text, and the iterator has ended.
        """

    def events(self, after: int, most: int) -> tuple[RealmEvent, ...]:
        """Events with numbers above one, in order; also for those who do not lead."""

    def first_event(self) -> int:
        """Number of the oldest event that is still kept; 1 where there is none."""

    def last_event(self) -> int:
        """Number of the newest event there has been; 0 where there was none."""

    def prune(self, term: int, *, events: int, moves: int) -> None:
        """Lets the oldest events and settled moves go, beyond so many. Raises as `apply`."""

    def close(self) -> None:
        """Lets go of it, and of leading. A second time does nothing."""
