"""What waits: bounded in number and bytes; when it is full, the oldest or the newest goes, and is counted."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")
Drop: TypeAlias = Literal["oldest", "newest"]


class Backlog(Generic[Item]):
    """A queue.

    Args:
        most: How many may wait.
        most_bytes: How many bytes they may have together.
        drop: Which goes when there is no room.

    Attributes:
        dropped: How many went, of all time.
    """

    def __init__(self, most: int, most_bytes: int, drop: Drop = "oldest") -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.drop = drop
        self.dropped = 0
        self.bytes = 0
        self._items: deque[tuple[int, Item]] = deque()

    def put(self, item: Item, size: int) -> list[Item]:
        """Puts it last; those that went instead, or itself."""
        gone: list[Item] = []
        if size > self.most_bytes or (self.drop == "newest" and self._full(size)):
            gone.append(item)
        else:
            while self._items and self._full(size):
                gone.append(self.pop())
            if self.most > 0:
                self._items.append((size, item))
                self.bytes += size
            else:
                gone.append(item)
        self.dropped += len(gone)
        return gone

    def _full(self, size: int) -> bool:
        return len(self._items) >= self.most or self.bytes + size > self.most_bytes

    def first(self) -> Item:
        """The one that waits longest; there has to be one."""
        return self._items[0][1]

    def pop(self) -> Item:
        """Takes the one that waits longest; there has to be one."""
        size, item = self._items.popleft()
        self.bytes -= size
        return item

    def __iter__(self) -> Iterator[Item]:
        return (item for _, item in self._items)

    def __len__(self) -> int:
        return len(self._items)
