"""What goes out, as real clients of the dialect need it.

Towards a runtime `args` and `env` are texts, and `env` is empty or has at least two `K=V`: the simulated runtime takes
one alone for a mistake. So a single one is said twice, which means the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from sojourn.gateway.mqtt.arts import limit
from sojourn.gateway.mqtt.arts.message import ANSWER, REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.gateway.mqtt.arts.record import Module, OurNode, Runtime

Json: TypeAlias = dict[str, Any]
OK, ERROR = "ok", "error"
RUNTIME, MODULE = "runtime", "module"
# Standard signals, of which `/sys/signals` gives 128 bytes each, the number first.
QUIT, KILL = 3, 4
SIGNAL_BYTES = 128


def answer(object_id: str, result: str, details: object) -> bytes:
    """An answer to a request."""
    return msgspec.json.encode({"object_id": object_id, "type": ANSWER, "data": {"result": result, "details": details}})


def error(object_id: str, why: str) -> bytes:
    """That a request cannot be met."""
    return answer(object_id, ERROR, why[: limit.TOLD])


def request(object_id: str, action: str, data: Json, top: Json | None = None) -> bytes:
    """A request to a runtime."""
    return msgspec.json.encode(
        {"object_id": object_id, "action": action, "type": REQUEST, **(top or {}), "data": data},
    )


def module(of: Module) -> Json:
    """A module's full record."""
    return {
        "type": MODULE,
        "uuid": of.uuid,
        "name": of.name,
        "parent": {"uuid": of.parent},
        "filename": of.filename,
        "fileid": of.fileid,
        "filetype": of.filetype,
        "apis": " ".join(of.apis),
        "args": " ".join(of.args),
        "env": " ".join(of.env),
        "channels": [msgspec.to_builtins(each) for each in of.channels],
    }


def module_for_runtime(of: Module) -> Json:
    """The same as runtimes need it."""
    env = of.env * 2 if len(of.env) == 1 else of.env
    return {**module(of), "env": " ".join(env)}


def runtime(of: Runtime, children: Iterable[Module]) -> Json:
    """A runtime's full record, its modules in it."""
    inside = [module(each) for each in children]
    return {
        "type": RUNTIME,
        "uuid": of.uuid,
        "name": of.name,
        "apis": " ".join(of.apis),
        "max_nmodules": of.max_nmodules,
        "nmodules": len(inside),
        "ka_ts": timestamp(of.registered_at),
        "children": inside,
    }


def our_node(of: OurNode, apis: Iterable[str], children: Iterable[Module], now: float) -> Json:
    """A node of this realm, as if it were a runtime."""
    inside = [module(each) for each in children]
    return {
        "type": RUNTIME,
        "uuid": of.uuid,
        "name": of.name,
        "apis": " ".join(apis),
        "max_nmodules": of.most,
        "nmodules": len(inside),
        "ka_ts": timestamp(now),
        "children": inside,
    }


def timestamp(at: float) -> str:
    """A time as ARTS writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signal(number: int) -> bytes:
    """A signal, as `/sys/signals` gives it."""
    return bytes([number]) + bytes(SIGNAL_BYTES - 1)
