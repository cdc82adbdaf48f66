"""Ports: mailboxes of this process, at a node of its own. What a port is, `sojourn.gateway.port` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sojourn import _core

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.core.node import Node

# Its methods are the extension's own: nothing of Python lies on the way of a message.
Port: TypeAlias = _core.Port
PortEvent: TypeAlias = _core.PortEvent


def open_port(node: Node, name: str = "", aliases: Iterable[tuple[str, str]] = ()) -> Port:
    """Opens a port of a node of this process.

    Beside what doors see of it, a port has `resolve` (the global name of what runs under a name, or None; faster than
    `find_any` with a pattern), `set_alias` and `clear_alias`. It lives as long as somebody has it, and is closed then.

    Args:
        node: The node; no client.
        name: Its local name, others reach it as `node/name`; empty: one is chosen.
        aliases: Its aliases, each a scope and an alias.

    Raises:
        InvalidName: It, or an alias, cannot be a name.
        AtomNameTaken: Something is called so at that node.
        InvalidRequest: The node is a client.
    """
    return node.open_port(name, list(aliases))
