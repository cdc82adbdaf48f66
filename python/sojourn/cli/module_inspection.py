"""A module for people, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sojourn.cli.measure import size
from sojourn.cli.realm import print_json
from sojourn.core.annotation import said_by
from sojourn.core.module import Module, binary_of
from sojourn.core.storage import read_file
from sojourn.model.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

BINARY = b"\0asm"
TEXT = (b"(", b";")


def module_of(file: Path) -> bytes | None:
    """The module in a file; None where the file is something else, or is not there.

    Raises:
        InvalidModule: It is in the text format, and no module.
    """
    if not file.is_file():
        return None
    data = read_file(file)
    return binary_of(data) if data.startswith(BINARY) or data.lstrip().startswith(TEXT) else None


def show_module(name: str, wasm: bytes, *, as_json: bool) -> None:
    """Prints what a module is, and what it says of itself.

    Raises:
        InvalidModule: It is not a valid module.
    """
    said = said_by(wasm)
    sites, refused, digest = None, None, None
    try:
        module = Module(wasm, name=name)
        sites, digest = len(module.sites), module.hash
    except Refused as error:
        refused = str(error)
    if as_json:
        lines = [{"key": key, "value": value} for key, value in said]
        what = {"module": digest, "size_bytes": len(wasm), "sites": sites, "refused": refused, "annotation": lines}
        print_json(what)
        return
    typer.echo(f"{name}  {size(len(wasm))}")
    typer.echo(f"moves     {'yes, from ' + format(sites, ',') + ' sites' if refused is None else 'no: ' + refused}")
    if digest is not None:
        typer.echo(f"module    {digest}")
    typer.echo("says      " + (f"{key_and_value(said[0])}" if said else "nothing of itself"))
    for pair in said[1:]:
        typer.echo(f"          {key_and_value(pair)}")


def key_and_value(pair: tuple[str, str]) -> str:
    """A line of an annotation."""
    return "=".join(pair)
