"""`sojourn checkpoint`: an image of an atom that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import ImageRow


@configured(*CLIENT)
def checkpoint(atom: AtomArgument, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Keep an image of an atom, which goes on; it is on disk when this ends."""

    async def work(realm: Realm) -> tuple[ImageRow, ...]:
        return await (await atom_of(realm, atom)).checkpoint()

    rows = in_realm(settings, work)
    if json_asked:
        print_json(rows)
        return
    from sojourn.cli import tables  # noqa: PLC0415 -- Rich takes a tenth of a second to load

    tables.show(tables.images(rows), "no image")
