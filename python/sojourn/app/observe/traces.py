"""Traces, as OpenTelemetry has them: one for each move, sent over HTTP to whoever collects them.

The packages are an extra. Without them, or without an address to send to, nothing is traced and nothing is loaded.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.model.record import MoveRecord
    from sojourn.model.wire import MoveRow

log = logging.getLogger(__name__)

# By which the packages themselves are told where to send to.
VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PATH = "/v1/traces"
EXTRA = "pip install 'sojourn[tracing]'"


class Traces(Protocol):
    """Where traces go."""

    def move(self, record: MoveRecord, row: MoveRow | None = None) -> None:
        """Tells of a move that is over. Returns at once; what cannot be sent is dropped, and logged.

        Args:
            record: What the controller keeps of it; its trace is `record.trace`.
            row: What the source tells of it.
        """

    def close(self) -> None:
        """Sends what is left, for some seconds at most."""


class NoTraces:
    """Nowhere."""

    def move(self, record: MoveRecord, row: MoveRow | None = None) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""


def open_traces(address: str | None, environment: Mapping[str, str], realm: str, version: str) -> Traces:
    """Where traces go, by configuration.

    Args:
        address: Value of `controller.traces`; None or empty: what the environment says.
        environment: Variables; those that begin with `OTEL_` count as OpenTelemetry describes them.
        realm: Name of the realm.
        version: Version of this release.

    Raises:
        ConfigError: The address is none, or the packages are missing although it was named.
    """
    if not address and not any(environment.get(name) for name in VARIABLES):
        return NoTraces()
    endpoint = full(address) if address else None
    try:
        # An extra, which takes a while to load.
        from sojourn.app.observe.telemetry import Telemetry, exporter  # noqa: PLC0415
    except ImportError as error:
        if address:
            raise ConfigError(f"controller.traces needs OpenTelemetry ({error})", EXTRA) from error
        log.warning("nothing is traced, although the environment asks for it: OpenTelemetry is missing: %s", EXTRA)
        return NoTraces()
    return Telemetry(exporter(endpoint), realm, version)


def full(address: str) -> str:
    """An address with the path that OTLP has, where it names none.

    Raises:
        ConfigError: It is none.
    """
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise ConfigError(f"controller.traces is to be an address as http://HOST:4318, not {address!r}")
    return address if parts.path.strip("/") else address.rstrip("/") + PATH
