"""Windows: how far a sender may be ahead of its receiver, counted in bytes of a body or in messages."""

from __future__ import annotations

from sojourn.gateway.web.limit import CREDIT


class Sending:
    """What may still be sent.

    Args:
        window: How far ahead without any grant.

    Attributes:
        sent: How much was.
    """

    __slots__ = ("_allowed", "sent")

    def __init__(self, window: int) -> None:
        self._allowed = window
        self.sent = 0

    @property
    def room(self) -> int:
        """How much may be sent now."""
        return self._allowed - self.sent

    def grant(self, more: int) -> None:
        """So much more may be sent; all of it together has a bound."""
        self._allowed = min(CREDIT, self._allowed + more)


class Receiving:
    """What may still come, and what is to be granted.

    Args:
        window: How far ahead the sender may be.
        portion: The least that is granted at once.

    Attributes:
        came: How much has come.
    """

    __slots__ = ("_allowed", "_consumed", "_portion", "came")

    def __init__(self, window: int, portion: int) -> None:
        self._allowed = window
        self._portion = portion
        self._consumed = 0
        self.came = 0

    def take(self, count: int) -> bool:
        """So much came; whether it was allowed to."""
        self.came += count
        return self.came <= self._allowed

    def consume(self, count: int) -> int:
        """So much was passed on; what to grant for it now, often nothing."""
        self._consumed += count
        if self._consumed < self._portion:
            return 0
        grant, self._consumed = self._consumed, 0
        self._allowed += grant
        return grant
