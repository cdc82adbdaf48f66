"""`sojourn instrument`: the pass alone."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sojourn.core import module as modules
from sojourn.core.storage import read_file, write_file


class FlavourName(StrEnum):
    """Flavours of the pass by name."""

    atomic = "atomic"
    counter = "counter"


def instrument(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A module.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write it.", show_default=False)],
    *,
    flavour: Annotated[
        FlavourName, typer.Option(help="atomic polls a word in shared memory, counter counts a global down.")
    ] = FlavourName.atomic,
) -> None:
    """Write the module that an engine is given: the same behaviour, and it can be stopped at its sites."""
    write_file(target, modules.instrument(read_file(source), flavour.value))
