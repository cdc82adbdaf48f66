"""`sojourn repair`: a node's folder with damaged files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, print_json
from sojourn.core import repair as repairs


def repair(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The node's folder (`node.folder`).", show_default=False)
    ],
    *,
    json_asked: JsonOption = False,
) -> None:
    """Save what is whole of a node's images and messages, when the node says that a file is damaged.

    The node must not run. Nothing is deleted: files as they were are in the folders `lost` within.
    """
    repaired = repairs.repair(folder)
    if json_asked:
        print_json(asdict(repaired))
        return
    if not repaired.damaged:
        say(f"nothing is damaged: {folder} has {repaired.images} images")
        return
    for lost in repaired.lost:
        say(f"lost: {lost}")
    say(f"repaired: {folder} has {repaired.images} images")
