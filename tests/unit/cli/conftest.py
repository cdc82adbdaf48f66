"""Commands run in this process; what they change of it is put back."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def broken_pipes() -> Iterator[None]:
    """A program in a pipe ends with it; tests do not."""
    before = signal.getsignal(signal.SIGPIPE)
    yield
    signal.signal(signal.SIGPIPE, before)
