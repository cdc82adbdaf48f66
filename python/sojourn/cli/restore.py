"""`sojourn restore`: an atom goes on from an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.images import images_of
from sojourn.cli.message import say
from sojourn.cli.realm import AtomArgument, JsonOption, OnOption, in_realm, print_json
from sojourn.model.node_errors import NoImage

if TYPE_CHECKING:
    from sojourn.core.atom import Atom
    from sojourn.core.realm import Realm
    from sojourn.model.wire import ImageRow


@configured(*CLIENT)
def restore(  # noqa: PLR0913 -- one parameter an option
    atom: AtomArgument,
    *,
    image: Annotated[
        int | None, typer.Option(metavar="ID", min=0, help="This image, of `sojourn images`; else the newest.")
    ] = None,
    keeper: Annotated[
        str | None, typer.Option(metavar="NODE", help="Node that keeps it, where more than one has that number.")
    ] = None,
    on: OnOption = None,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Let an atom that does not run any more go on from an image."""

    async def work(realm: Realm) -> Atom:
        rows = await images_of(realm, atom)
        chosen = None if image is None else choose(rows, image, keeper)
        target = None if on is None else await realm.node_name(on)
        return await realm.restore(rows[0].atom, image=chosen, node=target)

    restored = in_realm(settings, work)
    if json_asked:
        print_json({"atom": restored.name, "listening": restored.listening})
        return
    typer.echo(restored.name)
    for address in restored.listening:
        say(f"listening on {address}")


def choose(rows: tuple[ImageRow, ...], image: int, keeper: str | None) -> ImageRow:
    """The image of that number.

    Raises:
        NoImage: There is none, or more than one.
    """
    meant = [row for row in rows if row.id == image and keeper in (None, row.node)]
    atom = rows[0].atom
    if not meant:
        raise NoImage(f"there is no image {image} of {atom}", f"`sojourn images {atom}` lists them")
    if len(meant) > 1:
        nodes = ", ".join(row.node for row in meant)
        raise NoImage(f"more than one node has an image {image} of {atom}: {nodes}", "give --keeper")
    return meant[0]
