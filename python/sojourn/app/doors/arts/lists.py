"""The REST paths that ARTS's tools read: lists of runtimes and modules, and where the broker is. Reading alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from sojourn.gateway.mqtt.arts import view

if TYPE_CHECKING:
    from starlette.requests import Request

    from sojourn.gateway.mqtt.arts.state import State
    from sojourn.gateway.mqtt.broker import Broker

ROOT = "/arts-api/v1"


class Lists:
    """An application, as `gateway.http.server.serving` takes it.

    Args:
        state: What the door knows.
        broker: Where the broker is.
        ws_port: Its port for pages in browsers.
    """

    def __init__(self, state: State, broker: Broker, ws_port: int) -> None:
        self._state = state
        self._broker = broker
        self._ws_port = ws_port

    def starlette(self) -> Starlette:
        """As an ASGI application."""
        return Starlette(
            routes=[
                Route(f"{ROOT}/runtimes/", self._runtimes),
                Route(f"{ROOT}/modules/", self._modules),
                Route(f"{ROOT}/modules/{{parent}}/", self._modules),
                Route("/config/", self._config),
            ]
        )

    def end(self) -> None:
        """Nothing goes on for longer than a request."""

    async def _runtimes(self, _: Request) -> Response:
        return answer(view.runtimes(self._state, time.time()))

    async def _modules(self, request: Request) -> Response:
        return answer(view.modules(self._state, str(request.path_params.get("parent", ""))))

    async def _config(self, _: Request) -> Response:
        return answer(view.config(self._state, self._broker.host, self._broker.port, self._ws_port))


def answer(value: object) -> Response:
    """Bare JSON, which pages of other servers may read."""
    headers = {"access-control-allow-origin": "*", "cache-control": "no-store"}
    return Response(msgspec.json.encode(value), media_type="application/json", headers=headers)
