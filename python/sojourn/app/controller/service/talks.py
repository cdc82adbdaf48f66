"""What atoms say and are told, as REST sees it: output, messages, standard input."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from sojourn.app.controller.output import Reading
from sojourn.app.controller.service.atoms import Atoms
from sojourn.app.controller.service.bound import Bound
from sojourn.gateway.http.answer import Answered, Sent
from sojourn.gateway.http.limit import FOLLOWED, TALKS
from sojourn.gateway.http.refusal import Invalid
from sojourn.model.errors import Declined
from sojourn.model.event import JSON, TEXT
from sojourn.model.wire import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sojourn.core.atom import Atom
    from sojourn.gateway.http.body import GiveInput, Message, SendMessage
    from sojourn.gateway.http.output import Output
    from sojourn.gateway.http.value import OutputQuery
    from sojourn.model.event import Event

STREAMS = {"stdout": Stream.STDOUT, "stderr": Stream.STDERR}
STANDARD_INPUT = "/dev/stdin"
# Upper half of an epoch: the lineage.
LINEAGE = 32
# Atoms of which it is remembered whether their standard input is a channel.
REMEMBERED = 1024


class Talks(Atoms):
    """What REST has atoms told, and tells of what they say."""

    @cached_property
    def _followed(self) -> Bound:
        return Bound(FOLLOWED, "readers of output")

    @cached_property
    def _talks(self) -> Bound:
        return Bound(TALKS, "messages and calls on their way")

    @cached_property
    def _reads(self) -> dict[tuple[str, int], bool]:
        """Whether the standard input of an atom, by name and lineage, is a channel."""
        return {}

    async def output(self, atom: str, asked: OutputQuery) -> AsyncGenerator[Output, None]:
        await self._own(atom)
        self._followed.check()
        return self._output(atom, asked)

    async def _output(self, atom: str, asked: OutputQuery) -> AsyncGenerator[Output, None]:
        with self._followed:
            stream, visitors = STREAMS[asked.stream], self._runner.link.visitors
            reading = Reading(visitors, atom, stream, asked.offset, lambda: self._lineage(atom))
            async for part in reading.parts(follow=asked.follow):
                yield part

    def _lineage(self, atom: str) -> int:
        known = self._runner.controller.state.registry.atoms.get(atom)
        return 0 if known is None else known.epoch >> LINEAGE

    async def _own(self, atom: str) -> Atom:
        """An atom of the realm's own, to be talked to.

        Raises:
            UnknownAtom: There is none.
            Declined: It is foreign.
        """
        known = self._state.registry.atoms.get(atom)
        named = self._runner.link.visitors.named(atom)
        if known is None:
            # A node may have begun it just now.
            await named.row()
        elif known.kind:
            raise Declined(f"{atom} runs at a foreign node: only whoever started it talks to it")
        return named

    async def send(self, atom: str, message: SendMessage) -> Sent:
        named = await self._own(atom)
        data, content_type = data_of(message)
        content_type = message.content_type or content_type
        with self._talks:
            if not message.wait:
                number = await named.send(
                    data,
                    type=message.type,
                    subject=message.subject,
                    content_type=content_type,
                    interrupt=message.interrupt,
                    timeout=message.timeout_s,
                )
                return Sent(number=number)
            event = await named.call(
                data,
                type=message.type,
                subject=message.subject,
                content_type=content_type,
                interrupt=message.interrupt,
                timeout=message.timeout_s,
            )
        return Sent(answer=answered(event))

    async def give_input(self, atom: str, given: GiveInput) -> Sent:
        named = await self._own(atom)
        data, _ = data_of(given)
        with self._talks:
            if not await self._reads_input(named):
                raise Declined(
                    f"the standard input of {atom} is no channel",
                    f"start it with the channel {STANDARD_INPUT}=r, by its annotation or when it is started",
                )
            number = await named.send(data, type="channel", subject=STANDARD_INPUT, timeout=given.timeout_s)
        return Sent(number=number)

    async def _reads_input(self, atom: Atom) -> bool:
        """Whether an atom's standard input is a channel. That does not change while it lives; its image says so."""
        key = (atom.name, self._lineage(atom.name))
        if key not in self._reads:
            described = (await atom.inspect()).describe()
            while len(self._reads) >= REMEMBERED:
                del self._reads[next(iter(self._reads))]
            self._reads[key] = any(
                file.descriptor == 0 and file.kind == "channel" and file.path == STANDARD_INPUT
                for file in described.files
            )
        return self._reads[key]


def data_of(message: Message) -> tuple[bytes, str]:
    """A message's data, and its media type.

    Raises:
        Invalid: It is said in more than one way.
    """
    said = [name for name in ("text", "json", "base64") if getattr(message, name) is not UNSET]
    if len(said) > 1:
        raise Invalid(f"the data is said as {' and as '.join(said)}", "say it once", pointer=f"/{said[1]}")
    if isinstance(message.text, str):
        return message.text.encode(), TEXT
    if message.json is not UNSET:
        return msgspec.json.encode(message.json), JSON
    return message.base64 if isinstance(message.base64, bytes) else b"", ""


def answered(event: Event) -> Answered:
    """An answer as REST tells it."""
    told = Answered(type=event.type, subject=event.subject, content_type=event.content_type, size_bytes=len(event.data))
    try:
        return msgspec.structs.replace(told, text=event.data.decode())
    except UnicodeDecodeError:
        return msgspec.structs.replace(told, base64=event.data)
