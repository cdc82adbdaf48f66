"""The command line `sojourn`: one file a command; data on stdout, messages on stderr."""

from __future__ import annotations

import os
import sys

from sojourn.cli.application import application
from sojourn.cli.message import report
from sojourn.model.errors import SojournError


def main() -> None:
    """Entry point: every error of the tree becomes one line and exit status 1."""
    open_standard_streams()
    try:
        application()
    except SojournError as error:
        report(error)
        sys.exit(1)


def open_standard_streams() -> None:
    """Gives a stream that the caller has closed an empty one: else the next file opened would take its place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
