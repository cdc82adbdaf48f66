"""Who asks: the token of a request, and whether a browser was talked into it by another site."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.auth.scope import ALL, Scope, allows
from sojourn.gateway.http.answer import Session
from sojourn.gateway.http.origins import Origins
from sojourn.gateway.http.refusal import OutOfScope, Unauthorized
from sojourn.model.errors import SojournError, StorageError
from sojourn.model.node_errors import Internal

log = logging.getLogger(__name__)

NO_OTHERS = Origins()
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
CHALLENGE = 'Bearer realm="sojourn"'


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks.

    Attributes:
        name: Identity of the token; empty: none was needed.
        scopes: What it allows.
    """

    name: str
    scopes: frozenset[Scope]


NOBODY = Bearer("", frozenset())
OWNER = Bearer("", ALL)


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides who may ask.

    Attributes:
        bearer_of: The bearer of a token's text; None: there is no such token, or none any more.
        open: Whether who brings no token may do all: for a controller that only this machine reaches.
        origins: Other sites whose pages may ask.
    """

    bearer_of: Callable[[str], Bearer | None]
    open: bool = False
    origins: Origins = NO_OTHERS

    def bearer(self, request: Request) -> Bearer:
        """Who asks.

        Raises:
            Unauthorized: It brings a token that is none.
            OutOfScope: It comes from another site's page.
        """
        self.check_site(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return OWNER if self.open else NOBODY
        found = self.bearer_of(token.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            challenge = {"www-authenticate": f'{CHALLENGE}, error="invalid_token"'}
            raise Unauthorized("the token is not valid, or not any more", NEW_TOKEN, challenge)
        return found

    def session(self, request: Request) -> Session:
        """Who asks, for whoever wants to know what it may: a token that is none is told as one that allows nothing.

        Raises:
            OutOfScope: It comes from another site's page.
        """
        try:
            bearer = self.bearer(request)
        except Unauthorized:
            bearer = NOBODY
        scopes = tuple(scope for scope in Scope if allows(bearer.scopes, scope))
        return Session(name=bearer.name, scopes=scopes, open=self.open)

    def check(self, bearer: Bearer, scope: Scope | None) -> None:
        """Whether a bearer may.

        Raises:
            Unauthorized: Nobody is known, and somebody has to be.
            OutOfScope: The token does not allow it.
        """
        if scope is None or allows(bearer.scopes, scope):
            return
        if bearer is NOBODY:
            raise Unauthorized("a token is needed", NEW_TOKEN, {"www-authenticate": CHALLENGE})
        challenge = {"www-authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'}
        raise OutOfScope(f"the token does not allow this: it lacks the scope {scope}", NEW_TOKEN, challenge)

    def still_allows(self, request: Request, scope: Scope | None) -> bool:
        """Whether a request that was allowed would be allowed now."""
        try:
            self.check(self.bearer(request), scope)
        except SojournError:
            return False
        return True

    def check_site(self, request: Request) -> None:
        """Whether a page of another site asks, by its origin or by a name that it has given to this machine.

        Raises:
            OutOfScope: It does.
        """
        host = request.headers.get("host", "")
        if self.open and host_name(host) not in LOCAL_HOSTS:
            raise OutOfScope(f"the host {host!r} is not this machine", "ask by 127.0.0.1, or set up tokens")
        origin = request.headers.get("origin")
        if origin is not None and urlsplit_safe(origin) != host.lower() and not self.origins.allows(origin):
            hint = "ask from a program, or let that site's pages ask by `controller.origins`"
            raise OutOfScope(f"a page of {origin!r} may not ask this controller", hint)


NEW_TOKEN = "`sojourn token new` makes one; send it as `Authorization: Bearer TOKEN`"  # noqa: S105 -- a hint


def host_name(host: str) -> str:
    """A host without its port, and without brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def urlsplit_safe(origin: str) -> str:
    """Host and port of an origin; nothing where it is none, as `null`."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def guard_of(tokens: TokenFile, *, loopback: bool, always: bool = False, origins: Origins = NO_OTHERS) -> Guard:
    """The guard of a controller.

    Args:
        tokens: Its tokens.
        loopback: Whether only this machine can reach it.
        always: Ask for a token all the same.
        origins: Other sites whose pages may ask.
    """

    def bearer_of(text: str) -> Bearer | None:
        try:
            found = tokens.scopes_of(text)
        except StorageError as error:
            # Who has shown no right yet is not told of files.
            log.error("%s; %s", error, error.hint or "no token is valid until then")  # noqa: TRY400 -- all is said
            raise Internal("the controller cannot read its tokens", "its log says why") from error
        return None if found is None else Bearer(*found)

    return Guard(bearer_of, open=loopback and not always, origins=origins)
