"""A run at a terminal: the guest has this process's streams, and signals stop it into an image."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from sojourn.model.errors import Finished, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.core.image import Image
    from sojourn.core.run import Run
    from sojourn.model.status import Status

STOP_SIGNALS = frozenset({signal.SIGQUIT, signal.SIGUSR1})


def drive(begin: Callable[[], Run], stop_after_s: float | None) -> Status | Image:
    r"""Runs to the end, or until a signal or the time stops it; an exit status, or an image.

    SIGQUIT (Ctrl-\) and SIGUSR1 stop it; SIGINT (Ctrl-C) ends the process as it ends any other. The stop signals
    are blocked before the run's threads exist, and one thread waits for them: so none is lost, and none
    interrupts the guest.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    run = begin()
    stopper = Stopper(run)
    threading.Thread(target=stopper.on_signal, daemon=True).start()
    if stop_after_s is not None:
        timer = threading.Timer(stop_after_s, stopper.stop)
        timer.daemon = True
        timer.start()
    try:
        return run.wait()
    except Stopped:
        return stopper.result()


class Stopper:
    """Stops a run once, whoever asks first, and keeps what came of it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._asked = threading.Lock()
        self._done = threading.Event()
        self._image: Image | None = None
        self._error: Exception | None = None

    def on_signal(self) -> None:
        """Waits for a stop signal, then stops."""
        signal.sigwait(STOP_SIGNALS)
        self.stop()

    def stop(self) -> None:
        """Stops, unless it was asked for before or the run has ended."""
        if not self._asked.acquire(blocking=False):
            return
        try:
            self._image = self._run.stop()
        except Finished:
            pass
        except Exception as error:  # noqa: BLE001 -- raised again where the result is asked for
            self._error = error
        finally:
            self._done.set()

    def result(self) -> Image:
        """The image, once it is there."""
        self._done.wait()
        if self._image is None:
            raise self._error or Stopped("the run was stopped without an image")
        return self._image
