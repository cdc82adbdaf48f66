"""How many may ask for the same kind of thing at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sojourn.gateway.http.refusal import TooMany

if TYPE_CHECKING:
    from types import TracebackType


class Bound:
    """Places; who finds none is refused.

    Args:
        places: How many.
        what: What each is for, as `calls of atoms`.
    """

    def __init__(self, places: int, what: str) -> None:
        self._left = places
        self._what = what

    def check(self) -> None:
        """Whether there is a place.

        Raises:
            TooMany: There is none.
        """
        if self._left <= 0:
            raise TooMany(f"there are too many {self._what} at once", "try again in a moment")

    def __enter__(self) -> Self:
        self.check()
        self._left -= 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left += 1
