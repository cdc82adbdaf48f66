"""Standard streams and channels of modules that run at nodes of this realm. Those at runtimes have their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.arts.action import Channel, Input, Publish

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.record import Module
    from sojourn.gateway.mqtt.arts.state import State


def given(state: State, uuid: str, payload: bytes) -> None:
    """Something came for a module's standard input."""
    module = state.modules.get(uuid)
    if module is not None and module.atom:
        state.out.append(Input(module.atom, payload))


def came(state: State, topic: str, payload: bytes) -> None:
    """Something came on a topic that modules read."""
    for key, file in state.channels.get(topic, {}).items():
        module = state.modules.get(key.partition(" ")[0])
        if module is not None and module.atom:
            state.out.append(Channel(module.atom, file, payload))


def wrote(state: State, atom: str, data: bytes) -> None:
    """An atom wrote to its standard output."""
    module = of_atom(state, atom)
    if module is not None:
        state.out.append(Publish(state.topics.output(module.uuid), data))


def sent(state: State, atom: str, file: str, data: bytes) -> None:
    """An atom wrote to a channel file."""
    module = of_atom(state, atom)
    channel = next((each for each in module.channels if each.file == file), None) if module is not None else None
    if channel is None or "w" not in channel.mode or not channel.topic:
        state.counts.ignored += 1
        return
    state.out.append(Publish(channel.topic, data))


def of_atom(state: State, atom: str) -> Module | None:
    """The module that an atom is."""
    return state.modules.get(state.atoms.get(atom, ""))
