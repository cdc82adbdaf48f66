"""`sojourn wait`: until an atom ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sojourn.app.config.resolve import Settings
from sojourn.cli.attached import exit_status
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import AtomArgument, JsonOption, atom_of, in_realm, print_json

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.status import Status


@configured(*CLIENT)
def wait(atom: AtomArgument, *, json_asked: JsonOption = False, settings: Settings) -> None:
    """Wait until an atom ends, and end with its exit status; a trap is 134."""

    async def work(realm: Realm) -> tuple[str, Status]:
        chosen = await atom_of(realm, atom)
        return chosen.name, await chosen.wait()

    name, status = in_realm(settings, work)
    if json_asked:
        print_json({"atom": name, "status": status.code, "trap": status.trap})
    raise typer.Exit(exit_status(status))
