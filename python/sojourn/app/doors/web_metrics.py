"""Metrics of the HTTP door, as Prometheus reads them, and its log of accesses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("sojourn.gateway.web.access")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# From here on applications choose codes (RFC 6455, 7.4.2).
CHOSEN = 3000
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class WebMetrics:
    """See `gateway.web.telling.Told`.

    Args:
        streams: How many streams there are.
        log: Whether each request is told in the log.
    """

    def __init__(self, streams: Callable[[], int], *, log: bool) -> None:
        self._log = log
        self._inwards = self._outwards = 0
        self._registry = CollectorRegistry()
        requests = "Requests that are over, by method and status."
        self._requests = Counter("sojourn_gateway_requests", requests, ("method", "status"), registry=self._registry)
        lasted = "From a request's head to the end of its answer."
        self._seconds = Histogram("sojourn_gateway_seconds", lasted, buckets=BUCKETS, registry=self._registry)
        said = "Messages of WebSockets, to atoms and from them."
        messages = Counter("sojourn_gateway_messages", said, ("to",), registry=self._registry)
        self._inward, self._outward = messages.labels("atom"), messages.labels("client")
        self._sockets = Gauge("sojourn_gateway_websockets", "WebSockets that are open.", registry=self._registry)
        self._closes = Counter(
            "sojourn_gateway_closes", "WebSockets that are over, by code.", ("code",), registry=self._registry
        )
        gauge = Gauge("sojourn_gateway_streams", "Requests and WebSockets under way.", registry=self._registry)
        gauge.set_function(streams)
        ProcessCollector(registry=self._registry)

    def page(self) -> tuple[str, bytes]:
        """Media type and text."""
        self._inward.inc(self._inwards)
        self._outward.inc(self._outwards)
        self._inwards = self._outwards = 0
        encode, media = choose_encoder("")
        return media, encode(self._registry)

    def request(self, method: str, path: bytes, status: int, seconds: float, number: bytes) -> None:
        """A request is over."""
        self._requests.labels(method if method in METHODS else "other", str(status)).inc()
        self._seconds.observe(seconds)
        if self._log:
            told = {"method": method, "path": path.decode("latin-1"), "status": status, "request": number.decode()}
            log.info("request", extra={**told, "ms": round(seconds * 1000, 3)})

    def opened(self) -> None:
        """A WebSocket was accepted."""
        self._sockets.inc()

    def closed(self, path: bytes, code: int, number: bytes) -> None:
        """It is over."""
        self._sockets.dec()
        self._closes.labels(str(code) if code < CHOSEN else "application").inc()
        if self._log:
            told = {"path": path.decode("latin-1"), "code": code, "request": number.decode()}
            log.info("websocket closed", extra=told)

    def passed(self, *, inward: bool) -> None:
        """A message of a WebSocket: counted here, ten thousand times a second, and told when somebody asks."""
        if inward:
            self._inwards += 1
        else:
            self._outwards += 1
