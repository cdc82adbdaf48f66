"""Where a broker is, as people write it: `HOST`, `HOST:PORT`, `mqtt://USER@HOST:PORT`, `mqtts://HOST`."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

PORT, TLS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A broker's address, and what it takes to be let in.

    Attributes:
        host: Its name or address.
        port: Its port.
        tls: The context of a TLS connection; None: without.
        user: User name.
        password: Password.
    """

    host: str
    port: int = PORT
    tls: ssl.SSLContext | None = None
    user: str | None = None
    password: bytes | None = None

    def __str__(self) -> str:
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def broker_at(
    address: str,
    *,
    password: bytes | None = None,
    authority: Path | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> Broker:
    """A broker by its address.

    Args:
        address: See above.
        password: Password, if the address has none.
        authority: Certificate of the authority that the broker's is checked against, PEM; None: those of the system.
        certificate: Our own certificate, PEM.
        key: Private key to it, PEM.

    Raises:
        ConfigError: It is no address, or a file is no certificate.
    """
    hint = "as `HOST`, `HOST:PORT`, `mqtt://USER@HOST:PORT` or `mqtts://HOST:PORT`"
    try:
        parts = urlsplit(address if "://" in address else f"mqtt://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(f"{address!r} is no address of a broker", hint) from None
    if parts.scheme not in {"mqtt", "mqtts", "tcp", "ssl"} or not host or parts.path not in {"", "/"}:
        raise ConfigError(f"{address!r} is no address of a broker", hint)
    secure = parts.scheme in {"mqtts", "ssl"}
    given = None if parts.password is None else unquote(parts.password).encode()
    return Broker(
        host=host,
        port=(TLS_PORT if secure else PORT) if port is None else port,
        tls=tls_context(authority, certificate, key) if secure else None,
        user=None if parts.username is None else unquote(parts.username),
        password=password if given is None else given,
    )


def tls_context(authority: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """What a TLS connection to a broker needs.

    Raises:
        ConfigError: A file is no certificate or key, or cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        raise ConfigError(
            f"a certificate for the broker cannot be used: {error}", "they have to be PEM files"
        ) from None
    return context
