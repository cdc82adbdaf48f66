"""`sojourn call`: a message to an atom, and its answer."""

from __future__ import annotations

import sys
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
from sojourn.model.event import TEXT

if TYPE_CHECKING:
    from sojourn.core.realm import Realm
    from sojourn.model.event import Event


@configured(*CLIENT)
def call(  # noqa: PLR0913 -- one parameter an option
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
    """Send a message to an atom, wait for its answer, and print the answer's data as it is.

    It waits for the answer as long as --timeout says. With --json the whole answer, as a CloudEvent.
    """
    body, media = given(data, file, content_type)

    async def work(realm: Realm) -> Event:
        return await meant(
            realm,
            atom,
            lambda name: realm.call(name, body, type=type_, subject=subject, content_type=media, interrupt=interrupt),
        )

    answer = in_realm(settings, work)
    if json_asked:
        print_json(answer.to_cloudevent())
    else:
        show(answer)


def show(answer: Event) -> None:
    """The data as it is; on a terminal a text ends its line."""
    data = answer.data
    if sys.stdout.isatty() and answer.content_type.startswith(TEXT) and not data.endswith(b"\n"):
        data += b"\n"
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
