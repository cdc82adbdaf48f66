"""Who looks on: one look at the realm for all of them, some times a second, and none when nobody does."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from time import thread_time
from typing import TYPE_CHECKING

import msgspec

from sojourn.control.picture import Differ
from sojourn.gateway.http.told import Said

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence

    from sojourn.app.controller.followers import Followers
    from sojourn.control.picture import View
    from sojourn.model.picture import Change

log = logging.getLogger(__name__)

# Between two looks, in seconds: what happens meanwhile is told at once. A look that takes long is followed by so many
# times its length, so that looking never takes more than a twentieth of a core.
LOOK_S = 0.2
SHARE = 20.0
# Changes that are kept for those who take their time: how many, and how many bytes.
CHANGES, CHANGES_BYTES = 50, 16 << 20


class Watch:
    """Those who look on.

    Args:
        realm: The realm's name.
        view: What is to be seen now.
        followers: Wakes when something has happened.
        beside: Is run while somebody looks on: it asks for what is not known otherwise.
    """

    def __init__(
        self,
        realm: str,
        view: Callable[[], View],
        followers: Followers,
        beside: Callable[[], Coroutine[None, None, None]] | None = None,
    ) -> None:
        self._realm = realm
        self._view = view
        self._followers = followers
        self._beside = beside
        self._lookers = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._differ = Differ(realm)
        self._revision = 0
        self._ring: deque[tuple[Said, int]] = deque()
        self._whole: Said | None = None
        self._anew = True
        self._news = asyncio.Event()

    async def follow(self) -> AsyncGenerator[Sequence[Said], None]:
        """The picture, and each change of it; the picture again for who has fallen too far behind.

        Nothing is queued for a caller that does not ask. Closed (`aclose`), it lets go of all it has.
        """
        self._enter()
        try:
            whole = self._picture()
            told = whole.number
            yield [whole]
            while True:
                while self._revision <= told:
                    await self._news.wait()
                since = [said for said, _ in self._ring if said.number > told]
                missed, told = self._revision - told, self._revision
                # All that followed is still there, or the whole is told anew.
                yield since if len(since) == missed else [self._picture()]
        finally:
            self._leave()

    def _enter(self) -> None:
        self._lookers += 1
        if not self._tasks:
            self._begin()
            self._look()
            works = [self._look_on(), *([self._beside()] if self._beside is not None else [])]
            self._tasks = [asyncio.create_task(work) for work in works]

    def _leave(self) -> None:
        self._lookers -= 1
        if self._lookers == 0:
            for task in self._tasks:
                task.cancel()
            self._tasks = []
            self._begin()

    def _begin(self) -> None:
        """Forgets what was seen: after the next look the whole picture is told."""
        self._differ, self._whole, self._anew = Differ(self._realm), None, True
        self._ring.clear()

    def _picture(self) -> Said:
        """The whole picture, made once for all who want it."""
        if self._whole is None or self._whole.number != self._revision:
            self._whole = Said(self._revision, "picture", msgspec.Raw(msgspec.json.encode(self._differ.picture())))
        return self._whole

    async def _look_on(self) -> None:
        while True:
            # Of this thread: while others use the machine, a look lasts longer and costs no more.
            seen, began = self._followers.last, thread_time()
            told = self._look()
            pause = max(LOOK_S, SHARE * (thread_time() - began))
            if told:
                await asyncio.sleep(pause)
            else:
                # There is nothing to be coalesced with what happens next: it is told at once.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._followers.beyond(seen), pause)

    def _look(self) -> bool:
        """One look, and what has changed kept for all; whether there was anything."""
        try:
            change = self._differ.look(self._view())
        except Exception:
            log.exception("the picture of the realm could not be made")
            self._begin()
            return True
        if change is None:
            return False
        if self._anew:
            # A number is left out, so that nobody takes what comes for what follows.
            self._anew = False
            self._revision += 2
        else:
            self._revision += 1
            self._keep(change)
        self._wake()
        return True

    def _keep(self, change: Change) -> None:
        """Keeps a change for those who have not asked for it yet."""
        encoded = msgspec.json.encode(change)
        ring = self._ring
        ring.append((Said(self._revision, "change", msgspec.Raw(encoded)), len(encoded)))
        while len(ring) > CHANGES or (len(ring) > 1 and sum(size for _, size in ring) > CHANGES_BYTES):
            ring.popleft()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
