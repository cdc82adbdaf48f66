"""How an atom is started: what its user says, as nodes take it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from sojourn.model.mount import Memory

if TYPE_CHECKING:
    from sojourn.app.controller.link import Link
    from sojourn.core.atom import Atom
    from sojourn.model.record import AtomSpec, ProgramPart


async def begun(  # noqa: PLR0913 -- what is said of an atom, by keyword
    link: Link, wasm: bytes, what: ProgramPart, *, spec: AtomSpec, argv0: str, name: str | None, node: str
) -> Atom:
    """Has a node start an atom.

    Args:
        link: The realm's nodes.
        wasm: Its module.
        what: What its user says of it.
        spec: What is wanted of it.
        argv0: Its program name.
        name: Its local name as it is to be; None: that of its annotation, or one made from its program name.
        node: Where.

    Raises:
        NodeError: It was not started; the class says why.
    """
    return await link.start(
        wasm,
        args=what.arguments,
        env=what.environment,
        mounts={
            path: mount.host if mount.host is not None else Memory(mount.files) for path, mount in what.mounts.items()
        },
        stdin=what.stdin,
        listen=what.listen,
        images_every=spec.checkpoint_s,
        memory_bytes=what.memory_bytes,
        name=PurePath(argv0).stem,
        atom=name,
        aliases=[(each.scope, each.alias) for each in what.aliases],
        channels=what.channels,
        channel_to=what.channel_to,
        node=node,
    )
