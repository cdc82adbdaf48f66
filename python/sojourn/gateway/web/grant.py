"""What atoms may reach: `host:port` patterns that they were granted, and addresses that no pattern is meant for."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCALHOST = "localhost"
PORTS = {"http": 80, "https": 443}


class NotAsked(ValueError):
    """The target is none of a request out; the text says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a request out goes.

    Attributes:
        scheme: `http` or `https`.
        host: Its host, in lower case, without brackets.
        port: Its port.
        target: Path and query, as they are sent.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def place(self) -> str:
        """Host and port as a grant has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def goal_of(url: str) -> Goal:
    """The goal of an absolute URL.

    Raises:
        NotAsked: It is none, or not of HTTP.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NotAsked(f"{url!r} is no URL") from error
    if parts.scheme not in PORTS or not host or parts.fragment or parts.username is not None:
        raise NotAsked("a target is to be http://HOST/PATH or https://HOST/PATH, without a name or a fragment")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Goal(parts.scheme, host, port or PORTS[parts.scheme], target)


def granted(goal: Goal, grants: Iterable[str]) -> bool:
    """Whether one of these grants is of the goal; of private addresses only one that names them literally."""
    literal = is_local(goal.host)
    return any(fits(pattern, goal, literal=literal) for pattern in grants)


def fits(pattern: str, goal: Goal, *, literal: bool) -> bool:
    """Whether a pattern is of a goal.

    Args:
        pattern: `host:port`; `*` stands for any host or port.
        goal: It.
        literal: Whether the host has to be named.
    """
    host, colon, port = pattern.rpartition(":")
    if not colon:
        return pattern == "*" and not literal
    host = host.removeprefix("[").removesuffix("]").lower()
    return (host == goal.host or (host == "*" and not literal)) and port in {"*", str(goal.port)}


def is_local(host: str) -> bool:
    """Whether a host is this machine, or an address that only its network knows. Names are not looked up."""
    if host == LOCALHOST or host.endswith("." + LOCALHOST):
        return True
    address = address_of(host)
    return address is not None and not is_public(address)


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A host that is an address, in whatever way it is written; None: it is a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    # `127.1`, `0x7f000001` and `2130706433` are addresses for those that open connections.
    if host and host[-1] in "0123456789abcdefABCDEFxX" and all(part and is_number(part) for part in host.split(".")):
        return ipaddress.IPv4Address("127.0.0.1")
    return None


def is_number(text: str) -> bool:
    """Whether a part of a name can be read as a number."""
    try:
        int(text, 0) if text.lower().startswith("0x") else int(text)
    except ValueError:
        return False
    return True


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the whole net's."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or is_public(inner))
