"""`sojourn send`: a message to an atom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.config.resolve import Settings
from sojourn.cli.configured import CLIENT, configured
from sojourn.cli.realm import AtomArgument, JsonOption, in_realm, print_json
from sojourn.cli.talk import (
    ContentTypeOption,
    DataArgument,
    FileOption,
    InterruptOption,
    SubjectOption,
    TypeOption,
    given,
    meant,
)

if TYPE_CHECKING:
    from sojourn.core.realm import Realm


@configured(*CLIENT)
def send(  # noqa: PLR0913 -- one parameter an option
    atom: AtomArgument,
    data: DataArgument = None,
    *,
    type_: TypeOption = "",
    subject: SubjectOption = "",
    content_type: ContentTypeOption = None,
    file: FileOption = None,
    interrupt: InterruptOption = False,
    json_asked: JsonOption = False,
    settings: Settings,
) -> None:
    """Send a message to an atom, wherever it is.

    A name without the node where the atom was born means any that is called so, the nearest first. When the command has
    ended well, the message is in the atom's mailbox or on its way there, and comes once. For room there it waits as
    long as --timeout says.
    """
    body, media = given(data, file, content_type)

    async def work(realm: Realm) -> int:
        return await meant(
            realm,
            atom,
            lambda name: realm.send(
                name,
                body,
                type=type_,
                subject=subject,
                content_type=media,
                interrupt=interrupt,
            ),
        )

    number = in_realm(settings, work)
    if json_asked:
        print_json({"id": number})
