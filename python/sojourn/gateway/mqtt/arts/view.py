"""The lists that ARTS's tools read over HTTP: bare JSON, children in their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.gateway.mqtt.arts import say
from sojourn.gateway.mqtt.arts.record import OFFERED

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.arts.say import Json
    from sojourn.gateway.mqtt.arts.state import State

# What nodes of this realm offer, under the names that requesters know.
OURS = tuple(dict.fromkeys(name for name in OFFERED if name.startswith("wasi:")))


def runtimes(state: State, now: float) -> list[Json]:
    """Runtimes, and nodes of this realm, with their modules."""
    theirs = [say.runtime(each, state.children(each.uuid)) for each in sorted(state.runtimes.values(), key=by_uuid)]
    ours = [say.our_node(each, OURS, state.children(each.uuid), now) for each in state.nodes.values()]
    return [*theirs, *sorted(ours, key=lambda each: str(each["name"]))]


def modules(state: State, parent: str = "") -> list[Json]:
    """Modules; of one runtime or node, if it is given."""
    placed = sorted((each for each in state.modules.values() if each.parent), key=by_uuid)
    return [say.module(each) for each in placed if parent in {"", each.parent}]


def config(state: State, host: str, port: int, ws_port: int) -> Json:
    """Where the broker is, and what a page that shows everything subscribes to."""
    topics = state.topics
    listed = [
        {"name": "register", "topic": topics.register},
        {"name": "control", "topic": f"{topics.control}/#"},
        {"name": "debug", "topic": f"{topics.debug}/#"},
    ]
    return {"mqtt_server": {"host": host, "port": port, "ws_port": ws_port}, "subscribe_topics": listed}


def by_uuid(record: object) -> str:
    """Its identity."""
    return str(getattr(record, "uuid", ""))
