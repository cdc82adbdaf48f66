"""What requests and WebSockets have in common: a stream with an atom, by number, and who is on the other side of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.port import PortEvent
    from sojourn.gateway.web.outbox import Outbox


class Table(Protocol):
    """What a stream needs of the table that it stands in."""

    outbox: Outbox

    def attach(self, stream: Stream) -> None:
        """From now on the end of the stream's atom is heard."""

    def forget(self, stream: Stream) -> None:
        """The stream is over."""


class Stream(ABC):
    """A stream that this side opened.

    Args:
        table: Where it stands.
        number: Its id.
        atom: Global name of whom it goes to.

    Attributes:
        call: Its call, until that is answered; 0 then.
        attached: Whether the end of its atom is heard.
        deadline: When it has taken too long; 0: never.
        over: Whether it is over.
        blocked: Whether something of it waits for room at its atom.
    """

    __slots__ = ("atom", "attached", "blocked", "call", "deadline", "id", "over", "table")

    def __init__(self, table: Table, number: str, atom: str) -> None:
        self.table = table
        self.id = number
        self.atom = atom
        self.call = 0
        self.attached = False
        self.deadline = 0.0
        self.over = False
        self.blocked = False

    @abstractmethod
    def answered(self, event: PortEvent) -> None:
        """Its call was answered."""

    @abstractmethod
    def message(self, event: PortEvent) -> None:
        """A message of its atom."""

    @abstractmethod
    def failed(self, refusal: Refusal) -> None:
        """Its call has failed, it took too long, or its atom has ended."""

    def room(self) -> None:  # noqa: B027 -- for most there is nothing to do
        """What waited for room at its atom has gone."""

    @abstractmethod
    def end(self) -> None:
        """This gateway ends."""

    def _send(self, type_: str, data: bytes, place: str = "") -> bool:
        if self.table.outbox.send(self.atom, type_, self.id, data, place):
            return True
        self.blocked = True
        return False

    def _say(self, type_: str, text: str) -> None:
        """A last word: the stream is over already, so that nothing of it comes back to it."""
        self.table.outbox.spare(self.atom, type_, self.id, text.encode(errors="replace"))

    def _finish(self) -> None:
        if not self.over:
            self.over = True
            self.table.forget(self)
