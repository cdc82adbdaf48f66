"""`sojourn inspect`: look at an image as a debugger looks at a process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sojourn.app.inspection import as_json
from sojourn.core.image import Image


def inspect(
    file: Annotated[Path, typer.Argument(metavar="IMAGE", help="What to look at.", show_default=False)],
    *,
    json_asked: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show an image: the stack with function names and values, memory map, open files, sizes."""
    image = Image.load(file)
    if json_asked:
        typer.echo(json.dumps(as_json(image), indent=2))
        return
    from sojourn.cli.inspection import show  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    show(file.name, image)
