"""A WebSocket between a client and an atom: numbered messages both ways, each direction with a window."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from sojourn.gateway.web.frame import CHOSEN, CODES
from sojourn.gateway.web.limit import (
    ANSWER_BYTES,
    GRANT_MESSAGES,
    MESSAGE_BYTES,
    REASON_BYTES,
    WINDOW_MESSAGES,
)
from sojourn.gateway.web.message import Head, NotHttp, number_of, read_answer
from sojourn.gateway.web.refusal import BrokenAnswer
from sojourn.gateway.web.stream import Stream, Table
from sojourn.gateway.web.window import Receiving, Sending

if TYPE_CHECKING:
    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.port import PortEvent

SWITCHING, FIRST_FINAL = 101, 200
NORMAL, GOING, BROKEN, VANISHED, NO_TEXT, TOO_BIG, ENDED, RESTARTED, LATER = (
    1000, 1001, 1002, 1006, 1007, 1009, 1011, 1012, 1013,
)  # fmt: skip


class SocketClient(Protocol):
    """The client's side. What it is told it takes at once."""

    @property
    def clogged(self) -> bool:
        """Whether more waits to go out than should: `Socket.drained` says when it does not any more."""

    def accept(self, head: Head) -> None:
        """The atom takes it."""

    def refuse(self, head: Head, body: bytes) -> None:
        """The atom answers otherwise."""

    def fail(self, refusal: Refusal) -> None:
        """There is no answer; said only before `accept`."""

    def send(self, data: bytes, *, text: bool) -> bool:
        """A message; whether there was room for it."""

    def close(self, code: int, reason: str) -> None:
        """It is over; said only after `accept`."""

    def pause(self) -> None:
        """Read no more of the client, until `resume`."""

    def resume(self) -> None:
        """Read on."""


class Socket(Stream):
    """One WebSocket. It ends with `refuse`, `fail` or `close` to the client, or `closed` of it.

    Args:
        table: Where it stands.
        number: Its id.
        atom: Global name of whom it goes to.
        client: Who connects.
    """

    __slots__ = ("_client", "_held", "_in", "_open", "_out", "_owed", "_paused")

    def __init__(self, table: Table, number: str, atom: str, client: SocketClient) -> None:
        super().__init__(table, number, atom)
        self._client = client
        self._open = False
        self._paused = False
        self._out = Sending(WINDOW_MESSAGES)
        self._held: deque[tuple[bytes, bool]] = deque()
        self._in = Receiving(WINDOW_MESSAGES, GRANT_MESSAGES)
        self._owed = 0

    # What the client does.

    def message(self, event: PortEvent) -> None:
        """A message of its atom."""
        kind = event.type
        if kind in {"ws.text", "ws.binary"}:
            self._pass_on(event, text=kind == "ws.text")
        elif kind == "ws.credit":
            self._credit(event.data)
        elif kind == "ws.close":
            self._close_of(event.data)
        elif kind == "http.abort":
            self._over(ENDED, event.data[:REASON_BYTES].decode(errors="replace"))

    def said(self, data: bytes, *, text: bool) -> None:
        """The client sends a message."""
        if self.over:
            return
        if self._held or self._out.room <= 0 or self.blocked or not self._open:
            self._held.append((data, text))
            self._pause()
        elif not self._forward(data, text=text):
            self._pause()

    def closed(self, code: int, reason: str) -> None:
        """The client has closed it, or is gone (1006)."""
        if not self.over:
            self._finish()
            self._say("ws.close" if self._open else "http.abort", f"{code} {reason}".rstrip())

    def drained(self) -> None:
        """The client is clogged no more."""
        owed, self._owed = self._owed, 0
        self._grant(owed)

    # What the atom does.

    def answered(self, event: PortEvent) -> None:
        """It accepts, or refuses."""
        self.atom = event.source
        if event.type not in {"ws.accept", "http.response"} or len(event.data) > ANSWER_BYTES:
            self.failed(BrokenAnswer(f"{self.atom} answered what is no WebSocket"))
            return
        try:
            head, body = read_answer(event.data)
        except NotHttp as error:
            self.failed(BrokenAnswer(f"{self.atom} answered what is no HTTP: {error}"))
            return
        if event.type == "ws.accept" and head.status == SWITCHING:
            self._accepted(head)
        elif event.type == "http.response" and head.status >= FIRST_FINAL:
            self._finish()
            self._client.refuse(head, body)
        else:
            self.failed(BrokenAnswer(f"{self.atom} answered a WebSocket with {head.status} by {event.type}"))

    def failed(self, refusal: Refusal) -> None:
        """It has failed, or its atom has ended."""
        self._finish()
        if self._open:
            self._broken(ENDED, str(refusal))
        else:
            self._say("http.abort", str(refusal))
            self._client.fail(refusal)

    def room(self) -> None:
        """What waited for room has gone."""
        self._pump()

    def end(self) -> None:
        """This gateway ends."""
        self._broken(GOING, "the gateway ends")

    # Both.

    def _accepted(self, head: Head) -> None:
        self._open = True
        self.deadline = 0.0
        self.table.attach(self)
        self._client.accept(head)
        self._pump()

    def _pass_on(self, event: PortEvent, *, text: bool) -> None:
        data = event.data
        if not self._open or number_of(event.content_type) != self._in.came:
            self._broken(RESTARTED, "a message is missing")
        elif not self._in.take(1):
            self._broken(BROKEN, "more messages than granted")
        elif len(data) > MESSAGE_BYTES:
            self._broken(TOO_BIG, "the atom's message is too big")
        elif text and not is_text(data):
            self._broken(NO_TEXT, "the atom's text is not UTF-8")
        elif not self._client.send(data, text=text):
            self._broken(LATER, "too slow: read faster, or ask for less")
        elif self._client.clogged:
            self._owed += 1
        else:
            self._grant(1)

    def _grant(self, count: int) -> None:
        if self.over or not count:
            return
        grant = self._in.consume(count)
        if grant:
            self._send("ws.credit", b"%d" % grant)

    def _credit(self, data: bytes) -> None:
        more = number_of(data)
        if more is None:
            self._broken(BROKEN, "the atom granted what is no number")
            return
        self._out.grant(more)
        self._pump()

    def _close_of(self, data: bytes) -> None:
        digits, _, reason = data.partition(b" ")
        code = number_of(digits) if data else NORMAL
        if code is None or not (code in CODES or code in CHOSEN):
            self._over(BROKEN, "the atom closed with a code that is none")
        else:
            self._over(code, reason.decode(errors="replace"))

    def _broken(self, code: int, reason: str) -> None:
        self._finish()
        self._say("ws.close" if self._open else "http.abort", f"{code} {reason}")
        self._over(code, reason)

    def _over(self, code: int, reason: str) -> None:
        self._finish()
        if self._open:
            self._client.close(code, reason)
        else:
            self._client.fail(BrokenAnswer(f"{self.atom} closed before it accepted: {reason}"))

    def _forward(self, data: bytes, *, text: bool) -> bool:
        place = str(self._out.sent)
        self._out.sent += 1
        return self._send("ws.text" if text else "ws.binary", data, place)

    def _pump(self) -> None:
        while self._held and self._open and self._out.room > 0 and not self.blocked and not self.over:
            data, text = self._held.popleft()
            self._forward(data, text=text)
        if self._paused and self._open and not self._held and self._out.room > 0 and not self.blocked:
            self._paused = False
            self._client.resume()

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._client.pause()


def is_text(data: bytes) -> bool:
    """Whether it is UTF-8."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
