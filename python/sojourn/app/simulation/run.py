"""One simulation that runs: its process, and its recording in parts of whole lines."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from sojourn.app.simulation.limit import ANSWER_BYTES, LASTS_S, PENDING_BYTES
from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)


class Run:
    """An asynchronous iterator over its parts. Whoever has it closes it (`aclose`), also where nothing was asked of it.

    Args:
        process: Its process.
        over: Is called once, when the process has ended.
    """

    def __init__(self, process: asyncio.subprocess.Process, over: Callable[[], None]) -> None:
        self._process = process
        self._over: Callable[[], None] | None = over
        self._deadline = asyncio.get_running_loop().time() + LASTS_S
        self._left = ANSWER_BYTES
        self._first = b""
        self._rest = b""

    @classmethod
    async def begin(cls, command: Sequence[str], order: dict[str, object], over: Callable[[], None]) -> Run:
        """Starts it, and waits until it has begun.

        Raises:
            ConfigError: It cannot be run like that.
        """
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nowhere, limit=PENDING_BYTES
        )
        made = cls(process, over)
        try:
            await made._ordered(order)
        except BaseException:
            await made.aclose()
            raise
        return made

    async def _ordered(self, order: dict[str, object]) -> None:
        assert self._process.stdin is not None  # noqa: S101 -- it was asked for
        assert self._process.stdout is not None  # noqa: S101 -- the same
        said = {name: value for name, value in order.items() if value is not None}
        with suppress(ConnectionError):
            self._process.stdin.write(json.dumps(said).encode() + b"\n")
            await self._process.stdin.drain()
        self._first = await self._process.stdout.readline()
        try:
            told = json.loads(self._first)
        except ValueError:
            told = {"error": "the simulation ended before it began", "hint": None}
        if "error" in told:
            raise ConfigError(told["error"], told["hint"])

    def __aiter__(self) -> Run:
        return self

    async def __anext__(self) -> Sequence[bytes]:
        if self._first:
            first, self._first = self._first, b""
            return [first]
        try:
            async with asyncio.timeout_at(self._deadline):
                return [await self._lines()]
        except TimeoutError:
            log.warning("a simulation took too long, and was ended")
            raise StopAsyncIteration from None

    async def _lines(self) -> bytes:
        """Whole lines, as they come."""
        assert self._process.stdout is not None  # noqa: S101 -- it was asked for
        while chunk := await self._process.stdout.read(PENDING_BYTES):
            self._left -= len(chunk)
            if self._left < 0:
                log.warning("a simulation told more than it may, and was ended")
                break
            lines, found, self._rest = (self._rest + chunk).rpartition(b"\n")
            if found:
                return lines + found
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends it, if it has not ended."""
        if self._over is None:
            return
        over, self._over = self._over, None
        with suppress(ProcessLookupError):
            self._process.kill()
        try:
            await asyncio.shield(self._process.wait())
        finally:
            over()
