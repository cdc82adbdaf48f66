"""A run at a terminal: the guest has this process's streams, and signals stop it into an image."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from sojourn.model.errors import Finished, SojournError, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.core.image import Image
    from sojourn.core.run import Run
    from sojourn.model.status import Status

STOP_SIGNALS = frozenset({signal.SIGQUIT, signal.SIGUSR1})


def drive(
    begin: Callable[[], Run], stop_after_s: float | None, refused: Callable[[SojournError], None]
) -> Status | Image:
    r"""Runs to the end, or until a signal or the time stops it; an exit status, or an image.

    SIGQUIT (Ctrl-\) and SIGUSR1 stop it; SIGINT (Ctrl-C) ends the process as it ends any other. The stop signals
    are blocked before the run's threads exist, and one thread waits for them: so none is lost, and none
    interrupts the guest.

    Args:
        begin: Starts or resumes the run.
        stop_after_s: Stop by itself after so many seconds.
        refused: Told when a stop could not be, and the guest goes on.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    run = begin()
    stopper = Stopper(run, refused)
    threading.Thread(target=stopper.on_signals, daemon=True).start()
    if stop_after_s is not None:
        timer = threading.Timer(stop_after_s, stopper.stop)
        timer.daemon = True
        timer.start()
    try:
        return run.wait()
    except Stopped:
        return run.stop()


class Stopper:
    """Stops a run when it is asked to, as often as it takes."""

    def __init__(self, run: Run, refused: Callable[[SojournError], None]) -> None:
        self._run = run
        self._refused = refused

    def on_signals(self) -> None:
        """Stops at each signal."""
        while True:
            signal.sigwait(STOP_SIGNALS)
            self.stop()

    def stop(self) -> None:
        """Stops, unless it has ended: whoever waits for the run gets the image."""
        try:
            self._run.stop()
        except Finished:
            return
        except SojournError as error:
            self._refused(error)
