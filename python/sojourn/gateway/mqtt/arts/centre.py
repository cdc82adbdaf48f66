"""The door without its sockets: messages, answers of the realm and time in; what is to be done out.

    centre = Centre(Topics("realm"), Options(), new_id)
    centre.feed(topic, payload, now)
    for action in centre.take(): ...

Times are Unix times. It never fails on what it is fed: what cannot be is refused, on the topic where it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.arts import create, limit, migrate, register, remove, say, settle, stream
from sojourn.gateway.mqtt.arts.action import Changes, Outcome, Publish
from sojourn.gateway.mqtt.arts.exchange import expect
from sojourn.gateway.mqtt.arts.message import (
    ANSWER,
    REQUEST,
    UNREADABLE,
    Malformed,
    Message,
    NamedData,
    about,
    decoded,
    read,
)
from sojourn.gateway.mqtt.arts.record import Module, OurNode, Record, Runtime
from sojourn.gateway.mqtt.arts.state import Options, Origin, State
from sojourn.gateway.mqtt.arts.topic import STRAY, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sojourn.gateway.mqtt.arts.action import Action
    from sojourn.gateway.mqtt.arts.topic import Topics


class Centre:
    """See above.

    Args:
        topics: Of the realm.
        options: How the door is set.
        new_id: Gives a new identity each time.
    """

    def __init__(self, topics: Topics, options: Options, new_id: Callable[[], str]) -> None:
        self.state = State(topics, options, new_id)
        self._unreadable = (0, 0)
        self._feeding: dict[Kind, Callable[[str, str, bytes, float], None]] = {
            Kind.REGISTER: self._registered,
            Kind.CONTROL: self._controlled,
            Kind.RUNTIME: self._sent_to,
            Kind.STRAY: self._strayed,
            Kind.INPUT: lambda _topic, name, payload, _now: stream.given(self.state, name, payload),
            Kind.OUTPUT: lambda _topic, name, _payload, now: settle.heard(self.state, name, now),
        }

    def load(self, records: Iterable[Record]) -> None:
        """Takes what was kept, once, before anything is fed. All is told to the realm anew."""
        state = self.state
        listed = list(records)
        for record in listed:
            if isinstance(record, Runtime):
                state.put_runtime(record)
        for record in listed:
            if isinstance(record, Module) and (record.atom or record.parent in state.runtimes):
                state.put_module(record)
        state.retell()

    def take(self) -> list[Action]:
        """What is to be done, in order."""
        out, self.state.out = self.state.out, []
        return out

    def changes(self) -> Changes:
        """What the realm has to be told since the last time."""
        return self.state.changes()

    @property
    def has_changes(self) -> bool:
        """Whether the realm has to be told something."""
        return self.state.has_changes

    # Messages.

    def feed(self, topic: str, payload: bytes, now: float) -> None:
        """A message came."""
        place = self.state.topics.place(topic)
        handler = self._feeding.get(place.kind)
        most = limit.MIGRATION_BYTES if place.kind in {Kind.RUNTIME, Kind.STRAY} else limit.MESSAGE_BYTES
        if len(payload) > most:
            self.state.counts.too_long += 1
        elif handler is not None:
            handler(topic, place.name, payload, now)
        if topic in self.state.channels and len(payload) <= limit.MESSAGE_BYTES:
            stream.came(self.state, topic, payload)

    def _registered(self, topic: str, _name: str, payload: bytes, now: float) -> None:
        self._request(topic, payload, now, lambda message, origin: register.request(self.state, message, origin, now))

    def _controlled(self, topic: str, _name: str, payload: bytes, now: float) -> None:
        def on_request(message: Message, origin: Origin) -> None:
            self._module(message, origin, now)

        self._request(topic, payload, now, on_request)

    def _module(self, message: Message, origin: Origin, now: float, *, at: str = "") -> None:
        kind = about(message)
        if kind != say.MODULE:
            raise Malformed(f"{kind or 'it'} is no module: runtimes register on {self.state.topics.register}")
        if message.action == "create":
            create.request(self.state, message, origin, now, at=at)
        elif message.action == "delete":
            remove.request(self.state, message, origin, now, notice=message.quoted)
        else:
            raise Malformed(f"{message.action!r} cannot be done with a module: it is created and deleted")

    def _sent_to(self, topic: str, name: str, payload: bytes, now: float) -> None:
        """What is sent to one runtime: a node of this realm may be meant, or others talk with each other."""
        state = self.state
        if name in state.nodes:
            self._request(topic, payload, now, lambda message, origin: self._module(message, origin, now, at=name))
            return
        try:
            message = read(payload)
            if message.type == ANSWER:
                settle.answered(state, message, now)
            elif message.type == REQUEST and message.object_id not in state.echoes and name in state.runtimes:
                self._overheard(message, name, now)
            elif message.type == REQUEST and message.quoted and message.object_id not in state.echoes:
                # The simulated runtime may tell of an end below its own topic, too.
                self._controlled(topic, name, payload, now)
        except Malformed:
            # It was not for us, and whoever it was for answers.
            state.counts.ignored += 1

    def _overheard(self, message: Message, runtime: str, now: float) -> None:
        """Somebody has sent a runtime a request: the old runtime of a module that moves, or one who does not ask us."""
        state = self.state
        data = decoded(message.data, NamedData, "`data` names no module")
        if data.type != say.MODULE or not message.object_id:
            return
        module = state.modules.get(data.uuid)
        if message.action == "create" and module is None:
            stray = create.watched(state, message, state.runtimes[runtime], now)
            if stray is not None and len(state.strays) < limit.OPEN:
                state.strays[stray.uuid] = stray
                expect(state, message.object_id, now, what="seen", runtime=runtime, module=stray.uuid)
        elif (
            message.action == "create" and module is not None and not module.atom and module.parent not in {"", runtime}
        ):
            migrate.sent_on(state, module, state.runtimes[runtime], message.object_id, now)
        elif message.action == "delete" and module is not None and module.parent == runtime:
            expect(state, message.object_id, now, what="unseen", runtime=runtime, module=module.uuid)

    def _strayed(self, topic: str, name: str, payload: bytes, _now: float) -> None:
        """The browser's runtime leaves the realm's word out where it sends a module on: it is put before."""
        if name and topic == STRAY + name:
            self.state.out.append(Publish(self.state.topics.runtime(name), payload))

    def _request(self, topic: str, payload: bytes, now: float, work: Callable[[Message, Origin], None]) -> None:
        """A message that is for the door, if it is a request. Every request is answered, once."""
        state = self.state
        try:
            message = read(payload)
        except Malformed as error:
            self._refuse_unreadable(topic, str(error), now)
            return
        if message.type == ANSWER:
            settle.answered(state, message, now)
        elif message.object_id in state.echoes or message.type not in {REQUEST, ""}:
            state.counts.ignored += 1
        elif not message.object_id:
            self._refuse_unreadable(topic, "it has no object_id", now)
        elif state.begin(origin := Origin(topic, message.object_id)):
            try:
                work(typed(message), origin)
            except Malformed as error:
                state.refuse(origin, str(error))

    def _refuse_unreadable(self, topic: str, why: str, now: float) -> None:
        """What cannot be read is answered as ARTS does: to nobody in particular, and not without end."""
        self.state.counts.unreadable += 1
        second, count = self._unreadable
        count = count + 1 if second == int(now) else 1
        self._unreadable = int(now), count
        if count <= limit.UNREADABLE_S:
            self.state.out.append(Publish(topic, say.error(UNREADABLE, why)))

    # The realm.

    def outcome(self, told: Outcome, now: float) -> None:
        """The realm has answered a question."""
        state = self.state
        if (placing := state.placing.pop(told.number, None)) is not None:
            create.outcome(state, placing, told, now)
        elif (uuid := state.stops.pop(told.number, None)) is not None:
            remove.stopped(state, uuid, told)
        elif (uuid := state.moves.pop(told.number, None)) is not None:
            migrate.moved(state, uuid, told)

    def nodes(self, nodes: Iterable[OurNode]) -> None:
        """Nodes of this realm that are up."""
        self.state.nodes = {each.uuid: each for each in nodes if each.uuid not in self.state.runtimes}

    def atom_at(self, atom: str, node: str) -> None:
        """An atom is at a node of this realm, whoever moved it there."""
        module, where = stream.of_atom(self.state, atom), self.state.named(node)
        if module is not None and where and module.parent != where and module.uuid not in self.state.moving:
            self.state.put_module(msgspec.structs.replace(module, parent=where))

    def atom_ended(self, atom: str) -> None:
        """An atom has come to its end, or nobody has it any more."""
        remove.atom_ended(self.state, atom)

    def atom_wrote(self, atom: str, data: bytes) -> None:
        """An atom wrote to its standard output."""
        stream.wrote(self.state, atom, data)

    def atom_sent(self, atom: str, file: str, data: bytes) -> None:
        """An atom wrote to a channel file."""
        stream.sent(self.state, atom, file, data)

    # Time.

    def tick(self, now: float) -> None:
        """Does what is due."""
        settle.tick(self.state, now)
        migrate.tick(self.state, now)
        remove.tick(self.state, now)

    def due(self) -> float | None:
        """When `tick` is to be called next; None: nothing waits."""
        times = (each(self.state) for each in (settle.due, migrate.due, remove.due))
        return min((each for each in times if each is not None), default=None)


def typed(message: Message) -> Message:
    """A message that says what it is.

    Raises:
        Malformed: It does not.
    """
    if not message.type:
        raise Malformed(f"it has no type: a request says {REQUEST}")
    return message
