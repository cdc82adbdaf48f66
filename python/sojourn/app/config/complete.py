"""What a node's configuration leaves open, worked out."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.model.config import Value

FIRST = ("tcp/127.0.0.1:7447",)
LOCAL = ("tcp/127.0.0.1:0",)
EVERYWHERE = ("tcp/0.0.0.0:0",)
# Tables of keys that no node reads.
OTHERS = ("controller.", "gateway.", "mqtt.", "arts.")
TOKENS = "tokens.json"


def complete(values: Mapping[str, Value], environment: Mapping[str, str]) -> dict[str, Value]:
    """A node's values with name, addresses and folder, as docs/reference/config.md says.

    What is a controller's or a door's alone is left out: a node has no use for it, and an address may hold a password.
    """
    name = values["node.name"] or socket.gethostname().split(".")[0]
    return {
        **{key: value for key, value in values.items() if not key.startswith(OTHERS)},
        "node.name": name,
        "node.listen": values["node.listen"] or listen(values["node.join"]),
        "node.folder": values["node.folder"] or str(folder(str(values["realm.name"]), str(name), environment)),
    }


def listen(join: Value) -> tuple[str, ...]:
    """Where a node listens that was not told: reachable for those that it joins, and for no more."""
    if not isinstance(join, tuple) or not join:
        return FIRST
    return LOCAL if all(is_local(address) for address in join) else EVERYWHERE


def is_local(address: str) -> bool:
    """Whether an address is this machine's own."""
    host = address.split("/", 1)[-1].rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def folder(realm: str, name: str, environment: Mapping[str, str]) -> Path:
    """Folder for what a node keeps."""
    return realm_folder(realm, environment) / name


def realm_folder(realm: str, environment: Mapping[str, str]) -> Path:
    """Folder for what a realm keeps."""
    home = environment.get("XDG_DATA_HOME") or Path(environment.get("HOME") or "~").expanduser() / ".local" / "share"
    return Path(home) / "sojourn" / realm


def token_file(values: Mapping[str, Value], environment: Mapping[str, str], folder: Path | None = None) -> Path:
    """Where the controller keeps the hashes of its tokens.

    Args:
        values: Of the configuration.
        environment: Variables.
        folder: The realm's folder, where it was named; None: that of the realm's name.
    """
    given = values["controller.token_file"]
    return Path(str(given)) if given else (folder or realm_folder(str(values["realm.name"]), environment)) / TOKENS
