"""The HTTP door: atoms at `/a/NAME/`, and the requests that atoms make."""

from __future__ import annotations

import os
import secrets
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.config.complete import token_file
from sojourn.app.doors.grants import Grants
from sojourn.app.doors.reading import reading
from sojourn.app.doors.web_metrics import WebMetrics
from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.http.guard import guard_of
from sojourn.gateway.http.listener import Place, place_of
from sojourn.gateway.http.server import Tls, is_loopback
from sojourn.gateway.web.application import HEALTH, METRICS, Application
from sojourn.gateway.web.dialling import pool
from sojourn.gateway.web.outward import Bounds, Outward
from sojourn.gateway.web.reception import Access, Reception
from sojourn.gateway.web.server import Serving, served
from sojourn.gateway.web.streams import Streams
from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sojourn.app.doors.door import House, Settings, Told

# Names that begin with a dot are found by nobody who does not know them.
PORT, OUT_PORT = ".http", ".out"


class HttpDoor:
    """See `door.Door`."""

    name = "http"

    def wanted(self, settings: Settings) -> bool:
        """Whether an address is given."""
        return bool(settings["gateway.http"])

    @asynccontextmanager
    async def opened(self, house: House) -> AsyncIterator[Told]:
        """Is open while the context is."""
        settings = house.settings
        serving = serving_of(settings)
        port = house.open_port(PORT)
        streams = Streams(port, f"{secrets.token_hex(4)}-", seconds(settings, "gateway.answer"))
        guard = guard_of(TokenFile(token_file(settings, os.environ)), loopback=True)
        reception = Reception(
            port, guard.bearer_of, access_of(settings, serving), number(settings, "gateway.body_bytes")
        )
        metrics = WebMetrics(streams.__len__, log=bool(settings["gateway.access_log"]))
        pages = {HEALTH: lambda: ("application/json", health(house, streams)), METRICS: metrics.page}
        app = Application(streams, reception, metrics, pages, serving.idle_s)
        async with AsyncExitStack() as stack:
            if settings["gateway.outward"]:
                await stack.enter_async_context(outward(house))
            stack.enter_context(reading(port, streams.take))
            yield await stack.enter_async_context(served(app, serving))


@asynccontextmanager
async def outward(house: House) -> AsyncIterator[None]:
    """Requests that atoms make, while the context is open."""
    settings = house.settings
    port = house.open_port(OUT_PORT, [("door", "http")])
    answer_s, idle_s = seconds(settings, "gateway.answer"), seconds(settings, "gateway.idle")
    bounds = Bounds(number(settings, "gateway.body_bytes"), answer_s, idle_s)
    made = Outward(port, Grants(house.node).of, pool(), bounds)
    with reading(port, made.take):
        try:
            yield
        finally:
            await made.close()


def health(house: House, streams: Streams) -> bytes:
    """How it is, as JSON."""
    return f'{{"name":"{house.node.name}","streams":{len(streams)},"nodes":{len(house.node.peers())}}}\n'.encode()


def serving_of(settings: Settings) -> Serving:
    """How the door is served.

    Raises:
        ConfigError: Certificate and key do not go together, or HTTP/3 has none.
        Address: It is no address.
    """
    certificate, key = str(settings["gateway.certificate"] or ""), str(settings["gateway.key"] or "")
    if bool(certificate) != bool(key):
        raise ConfigError("gateway.certificate and gateway.key belong together: give both or none")
    tls = Tls(Path(certificate), Path(key)) if certificate else None
    quic: Place | None = None
    if settings["gateway.http3"]:
        if tls is None:
            raise ConfigError("HTTP/3 is always encrypted: gateway.http3 needs gateway.certificate and gateway.key")
        quic = place_of(str(settings["gateway.http3"]))
    return Serving(
        place_of(str(settings["gateway.http"])),
        tls,
        quic,
        number(settings, "gateway.connections"),
        seconds(settings, "gateway.idle"),
    )


def access_of(settings: Settings, serving: Serving) -> Access:
    """Who may reach atoms."""
    if settings["gateway.open"]:
        return Access.ALL
    here = is_loopback(serving.place) and (serving.quic is None or is_loopback(serving.quic))
    return Access.LOCAL if here else Access.TOKEN


def number(settings: Settings, name: str) -> int:
    """A number of the configuration."""
    value = settings[name]
    return value if isinstance(value, int) else 0


def seconds(settings: Settings, name: str) -> float:
    """A duration of the configuration, in seconds."""
    return number(settings, name) / 1000


HTTP = HttpDoor()
