"""Idempotency-Key: a request that starts something and is sent again, as its answer was lost, starts it once.

Answers are kept in memory, by the bearer and its key, for an hour and up to a number. A controller that takes over has
none of them; names (`name` of an atom or rollout) guard against doing a thing twice even then.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from starlette.responses import Response

from sojourn.gateway.http.limit import KEPT_ANSWERS, KEPT_S, KEY_CHARACTERS
from sojourn.gateway.http.refusal import Invalid, KeyInUse, TooMany

Key: TypeAlias = tuple[str, str]
HEADER = "idempotency-key"


@dataclass(slots=True)
class Kept:
    """What came of a key.

    Attributes:
        request: Hash of the request that used it first.
        until: When it is forgotten.
        answer: Its answer; None: it is under way.
    """

    request: bytes
    until: float
    answer: Response | None = None


class Repetitions:
    """Answers by key."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    async def once(self, key: Key, request: bytes, work: Callable[[], Awaitable[Response]]) -> Response:
        """Does the work, or gives the answer that it gave before. What failed may be tried again.

        Raises:
            KeyInUse: It is under way.
            Invalid: The key was used for something else.
            TooMany: Too many are under way.
        """
        digest = hashlib.sha256(request).digest()
        known = self._known(key)
        if known is None:
            return await self._first(key, digest, work)
        if known.request != digest:
            hint = "take another key for another request"
            raise Invalid("this Idempotency-Key was used for another request", hint, where="header", pointer=HEADER)
        if known.answer is None:
            raise KeyInUse("a request with this Idempotency-Key is under way", "ask again when it is over")
        return known.answer

    async def _first(self, key: Key, digest: bytes, work: Callable[[], Awaitable[Response]]) -> Response:
        self._make_room()
        kept = self._kept[key] = Kept(digest, self._clock() + KEPT_S)
        try:
            kept.answer = await work()
        except (Exception, asyncio.CancelledError):
            self._kept.pop(key, None)
            raise
        return kept.answer

    def _known(self, key: Key) -> Kept | None:
        kept = self._kept.get(key)
        if kept is not None and kept.answer is not None and kept.until < self._clock():
            del self._kept[key]
            return None
        return kept

    def _make_room(self) -> None:
        while len(self._kept) >= KEPT_ANSWERS:
            oldest = next((key for key, kept in self._kept.items() if kept.answer is not None), None)
            if oldest is None:
                raise TooMany(f"{KEPT_ANSWERS} requests with an Idempotency-Key are under way")
            del self._kept[oldest]


def key_of(header: str) -> str:
    """A key as a client says it.

    Raises:
        Invalid: It is too long, or not printable.
    """
    if len(header) > KEY_CHARACTERS or not (header.isascii() and header.isprintable()):
        hint = f"take at most {KEY_CHARACTERS} printable characters of ASCII, as a UUID"
        raise Invalid("the Idempotency-Key is not one", hint, where="header", pointer=HEADER)
    return header
