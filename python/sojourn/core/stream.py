"""What a guest writes, readable as it comes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from sojourn import _core


class Output(io.RawIOBase):
    """One output stream of a run. A read waits for bytes; at the end of the run or its stop it gives none."""

    def __init__(self, run: _core.Run, stream: Literal[1, 2]) -> None:
        super().__init__()
        self._run = run
        self._stream = stream

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Waits for bytes and copies what there is; 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._run.read(self._stream, len(view))
        view[: len(data)] = data
        return len(data)


def output(run: _core.Run, stream: Literal[1, 2]) -> io.BufferedReader:
    """A buffered binary file over one output stream of a run."""
    return io.BufferedReader(Output(run, stream))
