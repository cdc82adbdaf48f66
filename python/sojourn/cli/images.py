"""`sojourn images`: images that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import JsonOption, in_realm, print_json
from sojourn.model.names import resolve
from sojourn.model.node_errors import NoImage

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import ImageRow


@configured(*CLIENT)
def images(
    atom: Annotated[str | None, typer.Argument(metavar="ATOM", help="Only those of this one.")] = None,
    *,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """List the images that are kept in a realm, the oldest first."""
    rows = in_realm(settings, lambda realm: images_of(realm, atom))
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.images(rows), "no images; `sojourn checkpoint ATOM` keeps one")


async def images_of(realm: Realm, atom: str | None) -> tuple[ImageRow, ...]:
    """Images, or those of one atom; also of one that is gone, by the beginning of its name.

    Raises:
        NoImage: No image of such an atom is kept.
    """
    rows = await realm.images()
    if atom is None:
        return rows
    name = resolve("image of an atom", atom, {row.atom for row in rows}, NoImage)
    return tuple(row for row in rows if row.atom == name)
