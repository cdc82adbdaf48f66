"""The address of a PostgreSQL database: as it is used, and as it is shown, without its password."""

from __future__ import annotations

from typing import Any

from psycopg import conninfo
from psycopg.errors import Error

from sojourn.model.errors import StorageError
from sojourn.store import limit

# What the address may say otherwise.
DEFAULTS = {
    "connect_timeout": limit.CONNECT_S,
    "application_name": "sojourn",
    "keepalives_idle": limit.KEEPALIVE_IDLE_S,
    "keepalives_interval": limit.KEEPALIVE_INTERVAL_S,
    "keepalives_count": limit.KEEPALIVE_COUNT,
    "tcp_user_timeout": 1000 * (limit.KEEPALIVE_IDLE_S + limit.KEEPALIVE_INTERVAL_S * limit.KEEPALIVE_COUNT),
}


def parameters(address: str) -> dict[str, Any]:
    """What a connection is made of.

    Raises:
        StorageError: It is no address. Nothing of it is in the text: any part may be a password.
    """
    try:
        values = {**DEFAULTS, **conninfo.conninfo_to_dict(address)}
    except (Error, UnicodeError, ValueError):
        # From None: the library's text names parts of the address.
        raise wrong() from None
    if any("@" in str(values.get(part) or "") for part in ("host", "dbname")) or not has_ports(values):
        # A password with a sign that separates has come apart.
        raise wrong()
    return values


def has_ports(values: dict[str, Any]) -> bool:
    """Whether what stands for the ports are numbers."""
    ports = str(values.get("port") or "").split(",")
    return all(not port or (port.isascii() and port.isdigit()) for port in ports)


def wrong() -> StorageError:
    """The error of an address that is none."""
    return StorageError(
        "the store's address is no address of PostgreSQL",
        "postgresql://USER@HOST:PORT/DATABASE; special characters in a password are written as %XX",
    )


def shown(values: dict[str, Any]) -> str:
    """The address for people."""
    user = f"{values['user']}@" if values.get("user") else ""
    host = str(values.get("host") or values.get("hostaddr") or "")
    port = f":{values['port']}" if values.get("port") else ""
    return f"postgresql://{user}{host}{port}/{values.get('dbname') or ''}"
