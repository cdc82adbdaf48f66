"""A port, as doors see it: a mailbox in this process, which sends and takes without a thread or a request between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class PortEvent(Protocol):
    """What came by a port; all of it is read-only.

    Attributes:
        id: Its number, unique for its source.
        kind: Number of a `model.wire.EventKind`: a message, an answer, a failure, an end.
        source: Global name of the sender.
        type: What kind of message it is to the receiver.
        subject: What it is about.
        content_type: Media type of the data.
        data: The data.
        call: Of a message: what `reply` is to be given, 0: nobody waits for an answer; of an answer or a failure: what
            `call` gave.
        code: Of a failure: number of the error; of an end: exit status.
    """

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def kind(self) -> int:
        """What it is."""

    @property
    def source(self) -> str:
        """Who sent it."""

    @property
    def type(self) -> str:
        """What kind of message."""

    @property
    def subject(self) -> str:
        """What about."""

    @property
    def content_type(self) -> str:
        """Media type."""

    @property
    def data(self) -> bytes:
        """The data."""

    @property
    def call(self) -> int:
        """Which call."""

    @property
    def code(self) -> int:
        """Which error, or exit status."""


class Port(Protocol):
    """A mailbox in this process. Nothing here waits.

    `send`, `call` and `reply` raise `Busy` where there is no room now, `UnknownAtom` where nobody is called so, and
    `TooLarge`: then nothing was sent.
    """

    @property
    def name(self) -> str:
        """Its global name, `node/local`."""

    def send(self, to: str, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        """Sends a message; its number."""

    def call(  # noqa: PLR0913 -- a message's parts, by keyword
        self,
        to: str,
        data: bytes,
        *,
        type: str = "",  # noqa: A002
        subject: str = "",
        content_type: str = "",
        expires_s: float | None = None,
    ) -> int:
        """Sends a message that is to be answered; number of the call, by which `take` brings the answer."""

    def cancel(self, call: int) -> None:
        """Does not want the answer any more."""

    def reply(self, call: int, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        """Answers a message."""

    def take(self, most: int = 1024) -> Sequence[PortEvent]:
        """What has come; never waits."""

    def find_any(self, scope: str, pattern: str) -> str | None:
        """An atom by an alias, the nearest; scope "" stands for names."""

    def find_all(self, scope: str, pattern: str) -> Sequence[str]:
        """All of them."""

    def watch(self, atom: str) -> None:
        """Has its end told by `take`."""

    def unwatch(self, atom: str) -> None:
        """Does not want that any more."""

    def fileno(self) -> int:
        """A descriptor that is readable when there may be something to take, or room after `Busy`."""

    def close(self) -> None:
        """Ends it."""
