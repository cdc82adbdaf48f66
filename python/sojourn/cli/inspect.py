"""`sojourn inspect`: look at an image as a debugger looks at a process, or at a module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.app.inspection import as_json
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.module_inspection import module_of, show_module
from sojourn.cli.realm import JsonOption, atom_of, in_realm
from sojourn.core.image import Image
from sojourn.model.errors import StorageError
from sojourn.model.names import is_global
from sojourn.model.node_errors import UnknownAtom, Unreachable

if TYPE_CHECKING:
    from sojourn.core.realm import Realm

ENDINGS = {".image", ".wasm", ".wat"}


@configured(*CLIENT)
def inspect(
    what: Annotated[
        str,
        typer.Argument(metavar="IMAGE|MODULE|ATOM", help="A file, or else an atom of the realm.", show_default=False),
    ],
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Show an image, or an atom as it is now: the stack with function names and values, memory, open files, sizes.

    Of a module: its hash, its size, whether it can move, and what it says of itself.
    """
    module = module_of(Path(what))
    if module is not None:
        show_module(Path(what).name, module, as_json=json_asked)
        return
    name, image = load(what, settings)
    if json_asked:
        typer.echo(json.dumps(as_json(image), indent=2))
        return
    from sojourn.cli.inspection import show  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    show(name, image)


def load(what: str, settings: Settings) -> tuple[str, Image]:
    """An image of a file, or where there is none of an atom; and its name."""
    file = Path(what)
    # A path, or a file's ending, is never an atom's name; with one slash it may be.
    is_path = file.name != what and not is_global(what)
    if file.exists() or is_path or file.suffix in ENDINGS:
        return file.name, Image.load(file)

    async def work(realm: Realm) -> tuple[str, Image]:
        atom = await atom_of(realm, what)
        return atom.name, await atom.inspect()

    try:
        return in_realm(settings, work)
    except (UnknownAtom, Unreachable) as error:
        raise StorageError(f"there is no file {what}, and {error}", error.hint) from error
