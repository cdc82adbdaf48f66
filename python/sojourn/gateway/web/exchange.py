"""A request and its answer: what the client and the atom say, and what is to be told to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sojourn.gateway.web.limit import ANSWER_BYTES, GRANT_BYTES, PIECE_BYTES, WINDOW_BYTES
from sojourn.gateway.web.message import EMPTY, Head, NotHttp, number_of, read_answer
from sojourn.gateway.web.refusal import BrokenAnswer, Unavailable
from sojourn.gateway.web.stream import Stream, Table
from sojourn.gateway.web.window import Receiving, Sending

if TYPE_CHECKING:
    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.port import PortEvent

FIRST_FINAL = 200


class Client(Protocol):
    """Who asked. What it is told it takes at once and keeps until it has gone out: `Exchange.passed` says how much."""

    def head(self, head: Head) -> None:
        """The answer's head."""

    def piece(self, data: bytes) -> None:
        """A piece of its body."""

    def end(self) -> None:
        """Its end."""

    def fail(self, refusal: Refusal) -> None:
        """There is no answer; said only before its head."""

    def cut(self, why: str) -> None:
        """It is over before its end; said only after its head."""

    def room(self) -> None:
        """More of the request's body may come."""


class Exchange(Stream):
    """One request. It ends with `end`, `fail` or `cut` to the client, or with `gone` of it.

    Args:
        table: Where it stands.
        number: Its id.
        atom: Global name of whom it goes to.
        client: Who asks.
        method: Its method.
    """

    __slots__ = ("_begun", "_bodiless", "_client", "_complete", "_ended", "_in", "_left", "_method", "_out", "_parts")

    def __init__(self, table: Table, number: str, atom: str, client: Client, method: str) -> None:
        super().__init__(table, number, atom)
        self._client = client
        self._method = method
        # The request's body: what waits for its window, whether its end came, whether that was said.
        self._out = Sending(WINDOW_BYTES)
        self._parts = bytearray()
        self._ended = False
        self._complete = True
        # The answer.
        self._in = Receiving(WINDOW_BYTES, GRANT_BYTES)
        self._begun = False
        self._bodiless = False
        self._left: int | None = None

    def opened(self, first: bytes) -> None:
        """The request was opened with a part of its body: more follows by `body`, and `body_end` at last."""
        self._out.sent = len(first)
        self._complete = False

    # What the client does.

    @property
    def full(self) -> bool:
        """Whether no more of the body may come now: the client is told by `room` when it may."""
        return not self.over and (bool(self._parts) or self.blocked)

    def body(self, data: bytes) -> None:
        """A part of the request's body."""
        if not self.over:
            self._parts += data
            self._pump()

    def body_end(self) -> None:
        """The end of it."""
        if not self.over:
            self._ended = True
            self._pump()

    def passed(self, count: int) -> None:
        """So many bytes of the answer's body went out to the client."""
        if self.over:
            return
        grant = self._in.consume(count)
        if grant:
            self._send("http.credit", b"%d" % grant)

    def gone(self, why: str) -> None:
        """The client is gone, or gives up."""
        if not self.over:
            self._abort(why)

    # What the atom does.

    def answered(self, event: PortEvent) -> None:
        """Its answer, whole or the beginning of it."""
        self.atom = event.source
        if event.type not in {"http.response", "http.open"} or len(event.data) > ANSWER_BYTES:
            self.failed(BrokenAnswer(f"{self.atom} answered what is no HTTP", "it is to answer by the SDK's `http`"))
            return
        try:
            head, body = read_answer(event.data)
        except NotHttp as error:
            self.failed(BrokenAnswer(f"{self.atom} answered what is no HTTP: {error}"))
            return
        if head.status < FIRST_FINAL:
            self.failed(BrokenAnswer(f"{self.atom} answered {head.status}, which is no answer"))
        elif event.type == "http.response":
            self._whole(head, body)
        else:
            self._open(head, body)

    def message(self, event: PortEvent) -> None:
        """A message of its atom."""
        if event.type == "http.data":
            self._piece(event, last=False)
        elif event.type == "http.end":
            self._piece(event, last=True)
        elif event.type == "http.credit":
            self._credit(event.data)
        elif event.type == "http.abort":
            text = event.data[:200].decode(errors="replace")
            self._finish()
            self._tell_failure(BrokenAnswer(f"{self.atom} gave up: {text}"))

    def failed(self, refusal: Refusal) -> None:
        """It has failed."""
        self._abort(str(refusal))
        self._tell_failure(refusal)

    def room(self) -> None:
        """What waited for room has gone."""
        self._pump()
        if not self.over and not self.full:
            self._client.room()

    def end(self) -> None:
        """This gateway ends."""
        self._abort("the gateway ends")
        self._tell_failure(Unavailable("the gateway ends", "ask again: another one may be there"))

    # Both.

    def _pump(self) -> None:
        while self._parts and self._out.room > 0 and not self.blocked:
            count = min(len(self._parts), PIECE_BYTES, self._out.room)
            place = str(self._out.sent)
            self._out.sent += count
            piece = bytes(self._parts[:count])
            del self._parts[:count]
            self._send("http.data", piece, place)
        if self._ended and not self._parts and not self._complete:
            self._complete = True
            self._send("http.end", b"", str(self._out.sent))

    def _credit(self, data: bytes) -> None:
        more = number_of(data)
        if more is None:
            self.failed(BrokenAnswer(f"{self.atom} granted what is no number"))
            return
        self._out.grant(more)
        self.room()

    def _whole(self, head: Head, body: bytes) -> None:
        if self._method == "HEAD" or head.status in EMPTY:
            body = b""
        elif head.length is not None and head.length != len(body):
            self.failed(BrokenAnswer(f"{self.atom} told a length of {head.length} bytes, and sent {len(body)}"))
            return
        self._finish()
        self._client.head(head)
        if body:
            self._client.piece(body)
        self._client.end()

    def _open(self, head: Head, body: bytes) -> None:
        self._begun = True
        self._bodiless = self._method == "HEAD" or head.status in EMPTY
        self._left = None if self._bodiless else head.length
        self.deadline = 0.0
        self.table.attach(self)
        self._client.head(head)
        self._take(body)

    def _piece(self, event: PortEvent, *, last: bool) -> None:
        if not self._begun:
            self.failed(BrokenAnswer(f"{self.atom} sent a body before its head"))
        elif number_of(event.content_type) != self._in.came:
            self.failed(BrokenAnswer(f"{self.atom} lost a part of its answer"))
        elif self._take(event.data) and last:
            if self._left:
                self.failed(BrokenAnswer(f"{self.atom} ended its answer too early"))
                return
            # The answer's end is the stream's, also when the request's body has not all been sent.
            self._finish()
            self._client.end()

    def _take(self, data: bytes) -> bool:
        """Takes a part of the answer's body; whether the stream goes on."""
        if not self._in.take(len(data)):
            self.failed(BrokenAnswer(f"{self.atom} sent more than it was granted"))
            return False
        if self._bodiless:
            self.passed(len(data))
            return True
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                self.failed(BrokenAnswer(f"{self.atom} sent more than its content-length"))
                return False
        if data:
            self._client.piece(data)
        return True

    def _abort(self, why: str) -> None:
        if not self.over:
            self._finish()
            self._say("http.abort", why)

    def _tell_failure(self, refusal: Refusal) -> None:
        if self._begun:
            self._client.cut(str(refusal))
        else:
            self._client.fail(refusal)
