"""Boxes: mailboxes of clients. What is sent to one waits at its node until it is received, and comes once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from sojourn.core.end import end_of
from sojourn.core.talk import call, post, waits
from sojourn.model.errors import NodeError, SojournError
from sojourn.model.event import Event, drafted, kind_of
from sojourn.model.node_errors import InvalidName, InvalidRequest, TimedOut, Unreachable
from sojourn.model.wire import (
    Alias,
    CloseBoxRequest,
    DoneResponse,
    EventKind,
    EventsResponse,
    OpenBoxRequest,
    PlacedResponse,
    ReceiveRequest,
    WatchAtomRequest,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from types import TracebackType

    from sojourn.core.asker import Asker
    from sojourn.model.event import Data, End

# Most messages of one answer.
MOST = 256
# How long a node waits for a message before it answers that there is none. A box whose client is silent for a minute
# goes, so it is asked, or told that somebody is there, more often than that.
WAIT_S = 10.0
ALIVE_S = 15.0
# A node that does not answer is asked again after this time.
AGAIN_S = 0.2


class Box:
    """A mailbox of this client: others send to its name or aliases, it receives, sends and answers.

    Made by `Realm.open_box`. It is an asynchronous iterator of events; as an async context manager it is closed at the
    end.

    Attributes:
        name: Its global name.
        node: The node that has it.
    """

    def __init__(self, asker: Asker, name: str, node: str) -> None:
        self._asker = asker
        self.name = name
        self.node = node
        self._came: deque[Event] = deque()
        self._after = 0
        self._lock = asyncio.Lock()
        self._closed = False
        self._alive = asyncio.create_task(self._stay())

    async def receive(self, timeout: float | None = None) -> Event:  # noqa: ASYNC109 -- the node waits, too
        """The next message. Cancelled, no message is lost.

        Args:
            timeout: How long to wait, in seconds; None: for ever.

        Raises:
            InvalidRequest: The time is none.
            TimedOut: None came in that time.
            UnknownAtom: The box is gone: its node ended, or could not be reached for a minute.
        """
        deadline = None if timeout is None else time.monotonic() + waits(self._asker, timeout)
        async with self._lock:
            while not self._came:
                rest = WAIT_S if deadline is None else min(WAIT_S, deadline - time.monotonic())
                await self._ask(max(rest, 0.0))
                if not self._came and deadline is not None and time.monotonic() >= deadline:
                    raise TimedOut(f"no message came to {self.name} within {timeout:g} s")
            return self._came.popleft()

    async def _ask(self, wait_s: float) -> None:
        """Asks for messages; again while the node does not answer, for what an answer had that was lost comes again."""
        patience = time.monotonic() + self._asker.timeout_s + wait_s
        while True:
            request = ReceiveRequest(self.name, MOST, int(wait_s * 1000), self._after)
            try:
                answer = await self._asker.ask(request, EventsResponse, to=self.node, wait_s=wait_s)
                break
            except Unreachable:
                if self._closed or time.monotonic() > patience:
                    raise
                await asyncio.sleep(AGAIN_S)
        if answer.number != self._after:
            self._after = answer.number
            self._came.extend(Event.of(event) for event in answer.events)

    async def _stay(self) -> None:
        """Tells the node that somebody is there, also while nobody receives."""
        while True:
            await asyncio.sleep(ALIVE_S)
            try:
                await self._asker.ask(ReceiveRequest(self.name, 0, 0, self._after), EventsResponse, to=self.node)
            except Unreachable:
                continue
            except SojournError:
                # The box is gone, or the connection is closed: whoever receives is told.
                return

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        """The next message; the end when the box was closed here."""
        if self._closed:
            raise StopAsyncIteration
        return await self.receive()

    async def send(  # noqa: PLR0913 -- the fields of a message
        self,
        to: str,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> int:
        """As `Realm.send`, in the name of this box; its number."""
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return (await post(self._asker, to, event, timeout, self)).id

    async def call(  # noqa: PLR0913 -- the fields of a message
        self,
        to: str,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        interrupt: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> Event:
        """As `Realm.call`, in the name of this box: who answers may send to it, too. Its messages wait meanwhile."""
        event = drafted(data, type, subject, content_type, kind=kind_of(interrupt=interrupt))
        return await call(self._asker, to, event, timeout, self)

    async def reply(  # noqa: PLR0913 -- the fields of a message
        self,
        event: Event,
        data: Data = b"",
        *,
        type: str = "",  # noqa: A002 -- CloudEvents' name
        subject: str = "",
        content_type: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the node waits, too
    ) -> None:
        """Answers a message that came to this box as a call; see `Event.expects_answer`.

        Args:
            event: The message.
            data: As in `Realm.send`, also what follows.
            type: What kind of message the answer is.
            subject: What it is about.
            content_type: Its media type.
            timeout: How long to wait for room, in seconds; None: as long as `connect` says.

        Raises:
            UnknownCall: It was answered already.
            InvalidRequest: It expects no answer.
        """
        if not event.expects_answer:
            raise InvalidRequest(f"message {event.id} of {event.source} expects no answer", "`send` sends a message")
        answer = drafted(data, type, subject, content_type, kind=EventKind.REPLY, call=event.call)
        await post(self._asker, event.source, answer, timeout, self)

    async def watch(self, atom: str) -> None:
        """An event of kind `ENDED` comes, once, when the atom ends; at once when there is none.

        Args:
            atom: Its name.
        """
        await self._asker.ask(WatchAtomRequest(self.name, atom), DoneResponse, to=self.node)

    async def end_of(self, event: Event) -> End:
        """The end of an atom that an event of kind `ENDED` tells of."""
        return await end_of(self._asker, event)

    async def close(self) -> None:
        """Ends it; what was not received is gone. A second time does nothing."""
        if self._closed:
            return
        self._closed = True
        self._alive.cancel()
        # One that is gone is closed.
        with suppress(NodeError):
            await self._asker.ask(CloseBoxRequest(self.name), DoneResponse, to=self.node)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<sojourn.Box {self.name}>"


class Opening:
    """What `Realm.open_box` gives: awaited it is a `Box`; `async with` also closes that at the end."""

    def __init__(self, asker: Asker, name: str, aliases: Iterable[tuple[str, str]], node: str | None) -> None:
        self._asker = asker
        self._request = OpenBoxRequest(name, aliases_of(aliases))
        self._node = node
        self._box: Box | None = None

    async def open(self) -> Box:
        """Opens it."""
        placed = await self._asker.ask(self._request, PlacedResponse, to=self._node)
        return Box(self._asker, placed.atom, placed.node)

    def __await__(self) -> Generator[object, None, Box]:
        return self.open().__await__()

    async def __aenter__(self) -> Box:
        self._box = await self.open()
        return self._box

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._box is not None:
            await self._box.close()


def aliases_of(pairs: Iterable[tuple[str, str]]) -> tuple[Alias, ...]:
    """Aliases as the wire has them.

    Raises:
        InvalidName: They are no pairs.
    """
    given: Iterable[object] = pairs
    return tuple(alias_of(pair) for pair in given)


def alias_of(pair: object) -> Alias:
    """An alias of a scope and an alias."""
    match pair:
        case (str(scope), str(alias)):
            return Alias(scope, alias)
        case _:
            raise InvalidName(f"{pair!r} is no alias", 'each is a scope and an alias: `aliases=[("topic", "prices")]`')
