"""`sojourn stop`: an atom ends, and can be restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.message import hint, say
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.wire import ImageRow


@configured(*CLIENT)
def stop(
    atom: AtomArgument,
    *,
    discard: Annotated[bool, typer.Option("--discard", help="Keep no image: it cannot be restored.")] = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Stop an atom into an image that is kept."""

    async def work(realm: Realm) -> tuple[str, tuple[ImageRow, ...]]:
        chosen = await atom_of(realm, atom)
        return chosen.name, await chosen.stop(keep=not discard)

    name, images = in_realm(settings, work)
    if json_asked:
        print_json({"atom": name, "images": images})
        return
    say(f"stopped: {name}")
    if images:
        hint(f"sojourn restore {name}")
