"""What a user wants of a start that the controller makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.model.mount import MountLike


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a user wants of a start.

    Attributes:
        program: Its program name.
        arguments: Its arguments.
        environment: Its environment.
        mounts: Its folders.
        stdin: What it reads.
        listen: Addresses to listen on for it.
        memory_bytes: Limit of its memories; 0: its node's.
        images_every: How often an image of it is kept, in seconds; 0: as its node does.
        engine: Engine it needs; empty: any.
        name: Its local name; None: of its annotation, or one made from `program`.
        aliases: Its aliases, each a scope and an alias.
        channels: Its channels: path, to `r`, `w` or `rw`.
        channel_to: Who gets what it writes to them.
        node: Where; None: where its policy says.
        objective: What costs; None: as its module says.
        require: What must hold of its node; None: as its module says.
        policy: By which policy; None: as its module says.
    """

    program: str
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, MountLike] = field(default_factory=dict)
    stdin: bytes = b""
    listen: Sequence[str] = ()
    memory_bytes: int = 0
    images_every: float = 0.0
    engine: str = ""
    name: str | None = None
    aliases: Sequence[tuple[str, str]] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    channel_to: str | None = None
    node: str | None = None
    objective: str | None = None
    require: str | None = None
    policy: str | None = None
