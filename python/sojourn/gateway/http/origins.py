"""Other sites' pages that may ask (CORS, as the Fetch standard has it): those that were named, and no others.

A page of another site never gets what a browser keeps, such as cookies: it shows its own token.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from sojourn.gateway.http.repetition import HEADER
from sojourn.model.errors import ConfigError

ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?")
USUAL = {"http": ":80", "https": ":443"}
# What a page may send beside what any page may, and what it may read of an answer.
SENT = f"Accept, Authorization, Content-Type, {HEADER}, If-None-Match, Last-Event-ID, X-Request-Id"
READ = "ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id"
# A browser asks again whether it may after so long, in seconds.
ASKED_S = 600


@dataclass(frozen=True, slots=True)
class Origins:
    """Sites whose pages may ask.

    Attributes:
        allowed: Their origins, as browsers send them.
    """

    allowed: frozenset[str] = frozenset()

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may ask."""
        return origin.lower() in self.allowed

    def preflight(self, request: Request, methods: Collection[str]) -> Response | None:
        """What a browser is answered that asks before a page may; None: this is no such question, or it may not."""
        asks = request.method == "OPTIONS" and "access-control-request-method" in request.headers
        if not asks or not self.allows(request.headers.get("origin", "")):
            return None
        headers = {
            "access-control-allow-methods": ", ".join(sorted(methods)),
            "access-control-allow-headers": SENT,
            "access-control-max-age": str(ASKED_S),
        }
        # From a page of the internet to a controller of the own network or machine.
        if request.headers.get("access-control-request-private-network") == "true":
            headers["access-control-allow-private-network"] = "true"
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)

    def mark(self, request: Request, answer: Response) -> None:
        """Lets a page that may ask read the answer; others cannot, as without this."""
        if not self.allowed:
            return
        answer.headers.add_vary_header("Origin")
        origin = request.headers.get("origin", "")
        if self.allows(origin):
            answer.headers["access-control-allow-origin"] = origin
            answer.headers["access-control-expose-headers"] = READ


def origins_of(text: str) -> Origins:
    """Origins from text with commas between.

    Raises:
        ConfigError: One is none.
    """
    return Origins(frozenset(origin_of(part.strip()) for part in text.split(",") if part.strip()))


def origin_of(text: str) -> str:
    """An origin as browsers send it: in lower case, without the port that is the scheme's own."""
    origin = text.lower().removesuffix("/")
    if not ORIGIN.fullmatch(origin):
        raise ConfigError(
            f"controller.origins has {text!r}, which is no origin", "name each site, as https://arena.example:8443"
        )
    return origin.removesuffix(USUAL[origin.partition(":")[0]])
