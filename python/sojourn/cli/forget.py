"""`sojourn forget`: nothing stays of an atom that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.message import say
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm


@configured(*CLIENT)
def forget(atom: AtomArgument, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Forget an atom that has ended, and its images: it cannot be restored, and its name is free."""

    async def work(realm: Realm) -> str:
        chosen = await atom_of(realm, atom)
        await chosen.forget()
        return chosen.name

    name = in_realm(settings, work)
    if json_asked:
        print_json({"atom": name})
        return
    say(f"forgotten: {name}")
