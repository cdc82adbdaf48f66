"""The command line `sojourn`: one file a command; data on stdout, messages on stderr."""

from __future__ import annotations

import sys

from sojourn.cli.application import application
from sojourn.cli.message import report
from sojourn.model.errors import SojournError


def main() -> None:
    """Entry point: every error of the tree becomes one line and exit status 1."""
    try:
        application()
    except SojournError as error:
        report(error)
        sys.exit(1)
