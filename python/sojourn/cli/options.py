"""Options that more than one command takes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from sojourn.app.duration import parse_duration


class EngineName(StrEnum):
    """Engines by name."""

    wasmtime = "wasmtime"
    wasmi = "wasmi"


def duration(text: str) -> float:
    """Seconds, or a usage error."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


EngineOption: TypeAlias = Annotated[
    EngineName, typer.Option(help="wasmtime compiles, wasmi interprets.", show_default=True)
]
DirectoryOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--dir", metavar="HOST[::GUEST]", help="Folder that the guest sees, at the path GUEST."),
]
ListenOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--listen", metavar="HOST:PORT", help="Listen there for the guest, which accepts on descriptor 3."),
]
EnvironmentOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--env", metavar="NAME[=VALUE]", help="Variable for the guest; without VALUE, this process's."),
]
ImageOption: TypeAlias = Annotated[
    Path | None, typer.Option("--image", metavar="PATH", help="Where a stop writes the image.")
]
StopAfterOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="TIME", parser=duration, help="Stop into an image after this time: 500ms, 1s, 2m.", show_default=False
    ),
]
