"""A controller in memory behind a real server, for commands."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sojourn.dashboard import files
from sojourn.gateway.http.application import Application, Page
from sojourn.gateway.http.guard import Guard
from sojourn.gateway.http.listener import Place
from sojourn.gateway.http.server import serving
from tests.unit.fake_controller import FakeController
from tests.unit.gateway.conftest import bearer_of

PATIENCE_S = 60.0


class Served:
    """A controller, and where it answers.

    Attributes:
        controller: The controller.
        address: Where it answers.
        page: Its page; None: it serves none.
    """

    page: Page | None = files.Page().answer

    def __init__(self, *, is_open: bool = True, port: int = 0) -> None:
        self.controller = FakeController()
        self.address = ""
        self._is_open = is_open
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        app = Application(self.controller, Guard(bearer_of, open=self._is_open), self.page)
        async with serving(app, Place("127.0.0.1", self._port)) as bound:
            self.address = str(bound)
            self._ready.set()
            await self._end.wait()

    def begin(self) -> None:
        """Serves, in a thread of its own."""
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def end(self) -> None:
        """Ends it."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(PATIENCE_S)

    def tell(self, kind: str, subject: str, text: str) -> None:
        """Lets something happen."""
        self._loop.call_soon_threadsafe(self.controller.tell, kind, subject, text)


@contextmanager
def served(*, is_open: bool = True, port: int = 0) -> Iterator[Served]:
    """A controller that answers while the context is open."""
    made = Served(is_open=is_open, port=port)
    made.begin()
    try:
        yield made
    finally:
        made.end()
