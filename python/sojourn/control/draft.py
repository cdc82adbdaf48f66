"""A decision that is being made: what is to be kept, done and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.decision import Decision
from sojourn.model.record import Drop, Put, RealmEvent, Tell

if TYPE_CHECKING:
    from sojourn.control.decision import Command
    from sojourn.model.record import Record, Write


class Draft:
    """A decision in the making, at a time.

    Args:
        now: The time.
    """

    def __init__(self, now: float) -> None:
        self.now = now
        self._writes: list[Write] = []
        self._commands: list[Command] = []
        self._refused = ("", "")

    def put(self, record: Record) -> None:
        """A record is to be kept."""
        self._writes.append(Put(record))

    def drop(self, kind: str, key: str) -> None:
        """A record is to go."""
        self._writes.append(Drop(kind, key))

    def tell(self, kind: str, subject: str, text: str, **data: str | float | bool) -> None:
        """Something happened."""
        self._writes.append(Tell(RealmEvent(at=self.now, kind=kind, subject=subject, text=text, data=dict(data))))

    def do(self, command: Command) -> None:
        """Something is to be done."""
        self._commands.append(command)

    def refuse(self, why: str, hint: str = "") -> None:
        """A user's wish cannot be met."""
        self._refused = (why, hint)

    def done(self) -> Decision:
        """The decision."""
        refused, hint = self._refused
        return Decision(tuple(self._writes), tuple(self._commands), refused, hint)
