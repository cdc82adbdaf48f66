"""`sojourn new`: an atom to begin with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sojourn.app.project import make, missing
from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, print_json


class LanguageName(StrEnum):
    """Languages by name."""

    c = "c"
    rust = "rust"
    zig = "zig"
    as_ = "as"


TOLD = {
    LanguageName.c: "C",
    LanguageName.rust: "Rust",
    LanguageName.zig: "Zig",
    LanguageName.as_: "AssemblyScript",
}


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the folder, and of the atom.", show_default=False)
    ],
    *,
    language: Annotated[LanguageName, typer.Option("--lang", help="What it is written in; as is AssemblyScript.")],
    http: Annotated[
        bool, typer.Option("--http", help="Serve HTTP: routes, streamed bodies, a WebSocket (c, rust, zig).")
    ] = False,
    json_asked: JsonOption = False,
) -> None:
    """Make a folder with an atom that works: its source, a build file, the SDK.

    It builds anywhere; nothing of it refers to this installation. What is there already is not touched.
    """
    folder = make(language.value, name, Path.cwd(), http=http)
    lacks = missing(language.value)
    if json_asked:
        print_json({"folder": str(folder), "missing": lacks})
        return
    typer.echo(f"{name}{'/'} has an atom in {TOLD[language]}")
    if lacks is not None:
        say(f"to build it {lacks}")
    say(f"next:  sojourn dev {name}")
