"""Runtimes and modules as the door keeps them."""

from __future__ import annotations

import re
import uuid
from typing import ClassVar, TypeAlias

import msgspec

from sojourn.gateway.mqtt.arts import limit
from sojourn.model.record import AtomSpec

# What a runtime offers that does not say: as ARTS takes it.
OFFERED = (
    "wasi:snapshot_preview1",
    "wasi:unstable",
    "wasi:core",
    "wasi:clock",
    "wasi:environ",
    "wasi:sock",
    "wasi:args",
    "wasi:fd",
    "wasi:path",
    "wasi:poll",
    "wasi:proc",
    "wasi:random",
    "wasi:sched",
    "wasi:sock",
    "python:python3",
)
# What a module needs that does not say, by its filetype.
NEEDED = {"WA": ("wasi:snapshot_preview1",), "PY": ("python:python3",)}
# Names of one thing: who offers the one runs programs for the other.
SAME = {"wasi:unstable": "wasi:snapshot_preview1"}
IDENTITY = re.compile(rf"[A-Za-z0-9._-]{{1,{limit.IDENTITY}}}")
PLAIN = re.compile(r"[a-z0-9-]{1,56}")
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "sojourn:arts")
# Kind of these nodes in the realm, what their modules are born as, and how atoms that modules run as are called.
KIND, BIRTH, PREFIX = "arts", "arts", "arts."


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel of a module.

    Attributes:
        path: Where the module sees it: the file `data` below it.
        type: `pubsub`, or `signalfd`, which every module has.
        mode: `r`, `w` or `rw`.
        params: `topic`: what it is in MQTT.
    """

    path: str
    type: str = "pubsub"
    mode: str = "rw"
    params: dict[str, str] = {}

    @property
    def file(self) -> str:
        """The file that the module opens."""
        return f"{self.path}/data"

    @property
    def topic(self) -> str:
        """Its topic."""
        return self.params.get("topic", "")


class Runtime(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A runtime of ARENA. Key: its identity.

    Attributes:
        uuid: Its identity.
        name: What it calls itself.
        apis: What it offers.
        max_nmodules: The most modules that it takes.
        registered_at: When it registered, Unix time.
        answers: Whether it has ever answered a request: the browser's never does.
    """

    TABLE: ClassVar[str] = "runtime"

    uuid: str
    name: str
    apis: tuple[str, ...]
    max_nmodules: int
    registered_at: float
    answers: bool = False

    @property
    def node(self) -> str:
        """Its name in the realm."""
        return node_name(self.uuid)


class Module(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A module. Key: its identity.

    Attributes:
        uuid: Its identity.
        name: What it is called, as `user/prog`.
        filename: Its file.
        fileid: Identity of that file in a file store; `na`: none.
        filetype: `WA` or `PY`.
        apis: What it needs.
        args: Its arguments.
        env: Its environment, each `K=V`.
        channels: Its channels.
        parent: Identity of the runtime or node where it is; empty: it is being placed.
        wanted: The one that its requester named; empty: none.
        atom: The atom that it is, where it runs at a node of this realm.
        confirmed: Whether it is known to run.
        refused: Whether its runtime has refused to delete it before.
        created_at: When it was asked for, Unix time.
    """

    TABLE: ClassVar[str] = "module"

    uuid: str
    name: str
    filename: str
    fileid: str = "na"
    filetype: str = "WA"
    apis: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    parent: str = ""
    wanted: str = ""
    atom: str = ""
    confirmed: bool = False
    refused: bool = False
    created_at: float = 0.0

    @property
    def foreign_name(self) -> str:
        """Its name in the realm, while it runs at a runtime of ARENA."""
        return f"{BIRTH}/{self.uuid}"

    @property
    def local_name(self) -> str:
        """Its atom's local name, while it runs at a node of this realm."""
        return f"{PREFIX}{self.uuid}"


Record: TypeAlias = Runtime | Module


class OurNode(msgspec.Struct, frozen=True):
    """A node of this realm, as requesters see it.

    Attributes:
        name: Its name.
        uuid: Its identity: always the same for this name.
        most: The most atoms that it takes.
        atoms: How many it has.
    """

    name: str
    uuid: str
    most: int = 0
    atoms: int = 0


def node_name(identity: str) -> str:
    """Name of a runtime as a node of the realm."""
    return f"{KIND}-{identity if PLAIN.fullmatch(identity) else uuid.uuid5(NAMESPACE, identity)}"


def our_uuid(realm: str, node: str) -> str:
    """Identity of a node of this realm."""
    return str(uuid.uuid5(NAMESPACE, f"{realm}/{node}"))


def is_identity(text: str) -> bool:
    """Whether this can be the identity of a runtime or module: part of a topic, and of a name in the realm."""
    return IDENTITY.fullmatch(text) is not None


def canonical(apis: tuple[str, ...]) -> tuple[str, ...]:
    """APIs under the names that placement compares."""
    return tuple(dict.fromkeys(SAME.get(api, api) for api in apis))


def wish(module: Module, pinned: str, policy: str = "least_modules") -> AtomSpec:
    """What placement is asked for a module.

    Args:
        module: The module.
        pinned: The node that was named; empty: none.
        policy: By which policy.
    """
    return AtomSpec(policy=policy, functions=canonical(module.apis), kinds=(KIND,), pinned=pinned, restart="never")
