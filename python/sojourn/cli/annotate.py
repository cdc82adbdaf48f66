"""`sojourn annotate`: what a module says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sojourn.cli.message import say
from sojourn.cli.realm import JsonOption, print_json
from sojourn.core.annotation import annotated, is_reactive, said_by
from sojourn.core.storage import read_file, write_file
from sojourn.model.errors import InvalidAnnotation

TEXT = {b"(", b";"}


def annotate(
    file: Annotated[Path, typer.Argument(metavar="FILE.wasm", help="The module.", show_default=False)],
    *,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Say this instead of what it said; a key may come again."),
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="KEY", help="Say nothing about this any more.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Where to write it; else FILE is replaced.")
    ] = None,
    json_asked: JsonOption = False,
) -> None:
    """Show what a module says of itself, or write it into the module.

    Name, aliases, kind, needs, limits and grants of an atom stand in its module, as `key=value` lines of the custom
    section `sojourn`; docs/reference/annotations.md has all keys. What a module says and cannot be true is refused.
    """
    wasm = read_file(file)
    if values or remove or out:
        if out is None and wasm.lstrip()[:1] in TEXT:
            raise typer.BadParameter(f"{file} is in the text format; give -o", param_hint="-o")
        wasm = annotated(wasm, [pair(value) for value in values or ()], remove or ())
        write_file(out or file, wasm)
        return
    show(file, wasm, as_json=json_asked)


def pair(text: str) -> tuple[str, str]:
    """A key and its value, or a usage error."""
    key, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text} is not KEY=VALUE", param_hint="--set")
    return key.strip(), value.strip()


def show(file: Path, wasm: bytes, *, as_json: bool) -> None:
    """Prints what it says, and then whether that is right."""
    said = said_by(wasm)
    if as_json:
        print_json({"annotation": [{"key": key, "value": value} for key, value in said]})
    else:
        for key, value in said:
            typer.echo(f"{key}={value}")
        if not said:
            say(f"{file} says nothing of itself; `sojourn annotate {file} --set name=...` changes that")
    try:
        is_reactive(wasm)
    except InvalidAnnotation as error:
        raise InvalidAnnotation(
            str(error), error.hint or f"`sojourn annotate {file} --set KEY=VALUE --remove KEY` mends it"
        ) from error
