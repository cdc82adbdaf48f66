"""What a request passes before an atom hears of it: who asks, whom, and with which fields."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from sojourn.gateway.auth.scope import Scope, allows
from sojourn.gateway.http.guard import LOCAL_HOSTS, Bearer, host_name, urlsplit_safe
from sojourn.gateway.http.refusal import BadRequest, BodyTooLarge, OutOfScope, Unauthorized
from sojourn.gateway.web.address import TARGET, address_of, find
from sojourn.gateway.web.limit import FIELDS, LINE_BYTES
from sojourn.gateway.web.message import HOP, VALUE, head_of_request, number_of
from sojourn.gateway.web.refusal import HeadTooLarge, LineTooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sojourn.gateway.port import Port

Raw: TypeAlias = "Iterable[tuple[bytes, bytes]]"

REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
TOKEN_FIELD = b"x-sojourn-token"
# What the gateway says of the client; nobody else does.
OURS = frozenset(
    {
        b"x-request-id",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-prefix",
        b"forwarded",
        TOKEN_FIELD,
    }
)
DROPPED = HOP | OURS
# What the gateway itself reads.
NOTED = frozenset({b"host", b"origin", b"authorization", b"content-length", TOKEN_FIELD})
CHALLENGE = {"www-authenticate": 'Bearer realm="sojourn"'}
HINT = (
    "`sojourn token new --scope reach` makes one; send it as `Authorization: Bearer TOKEN` or `X-Sojourn-Token: TOKEN`"
)


class Access(Enum):
    """Who may reach atoms.

    Attributes:
        LOCAL: Everybody on this machine; pages of other sites may not talk a browser into it.
        ALL: Everybody.
        TOKEN: Who shows a token.
    """

    LOCAL = auto()
    ALL = auto()
    TOKEN = auto()


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as it comes from its server.

    Attributes:
        method: Its method.
        path: Its path, as the client wrote it.
        query: What stands after the question mark.
        fields: Its fields, names in lower case.
        peer: Address of the client.
        scheme: `http` or `https`.
    """

    method: str
    path: bytes
    query: bytes
    fields: Iterable[tuple[bytes, bytes]]
    peer: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """A request that may go on.

    Attributes:
        atom: Global name of whom it goes to.
        head: Its head, as the atom gets it.
        length: Length of its body, where that is told.
    """

    atom: str
    head: bytes
    length: int | None


class Reception:
    """Decides which requests go on.

    Args:
        port: Knows the names.
        bearer_of: The bearer of a token's text; None: there is no such token.
        access: Who may reach atoms.
        body_bytes: Largest body.
    """

    def __init__(self, port: Port, bearer_of: Callable[[str], Bearer | None], access: Access, body_bytes: int) -> None:
        self._port = port
        self._bearer_of = bearer_of
        self._access = access
        self._body_bytes = body_bytes

    def welcome(self, visit: Visit, number: bytes, *, upgrade: bool = False) -> Welcome:
        """Lets a request in.

        Args:
            visit: It.
            number: Its identity.
            upgrade: Whether it is a WebSocket.

        Raises:
            Refusal: It may not; the class says why.
        """
        if len(visit.path) + len(visit.query) > LINE_BYTES:
            raise LineTooLong(f"the line of the request has more than {LINE_BYTES} bytes")
        address = address_of(visit.path)
        if not TARGET.fullmatch(visit.query):
            raise BadRequest("the query is not encoded as queries are")
        passed, host, length = self._fields(visit)
        atom = find(self._port, address.name)
        passed += [
            (b"x-request-id", number),
            (b"x-forwarded-for", visit.peer.encode()),
            (b"x-forwarded-proto", visit.scheme.encode()),
            (b"x-forwarded-host", host),
            (b"x-forwarded-prefix", address.prefix),
        ]
        if upgrade:
            passed.append((b"upgrade", b"websocket"))
        target = address.rest + b"?" + visit.query if visit.query else address.rest
        return Welcome(atom, head_of_request(visit.method, target, passed), length)

    def _fields(self, visit: Visit) -> tuple[list[tuple[bytes, bytes]], bytes, int | None]:
        """Fields that are passed on, the host, and the length of the body."""
        noted: dict[bytes, bytes] = {}
        passed: list[tuple[bytes, bytes]] = []
        for name, value in visit.fields:
            if not VALUE.fullmatch(value):
                raise BadRequest("a field of the request is none")
            if name in NOTED:
                noted[name] = value
            if name not in DROPPED:
                passed.append((name, value))
        if len(passed) > FIELDS:
            raise HeadTooLarge(f"the request has more than {FIELDS} fields")
        if self._access is Access.LOCAL:
            check_site(noted.get(b"host", b"").decode("latin-1"), noted.get(b"origin"))
        elif self._access is Access.TOKEN:
            self._check(noted.get(TOKEN_FIELD, b""), noted.get(b"authorization", b""))
            # Who shows the gateway its own field has the usual one free for the atom.
            if TOKEN_FIELD not in noted:
                passed = [field for field in passed if field[0] != b"authorization"]
        length = noted.get(b"content-length")
        return passed, noted.get(b"host", b""), None if length is None else self._length(length)

    def _length(self, value: bytes) -> int:
        length = number_of(value)
        if length is None:
            raise BadRequest("the content-length is no number")
        self.check_size(length)
        return length

    def check_size(self, length: int) -> None:
        """Whether a body may have so many bytes.

        Raises:
            BodyTooLarge: It may not.
        """
        if length > self._body_bytes:
            raise BodyTooLarge(f"the body is larger than {self._body_bytes} bytes", "--body-bytes of the gateway")

    def _check(self, own: bytes, usual: bytes) -> None:
        """Whether who shows these tokens may reach atoms."""
        scheme, _, text = usual.partition(b" ")
        token = own or (text if scheme.lower() == b"bearer" else b"")
        if not token:
            raise Unauthorized("a token is needed", HINT, dict(CHALLENGE))
        bearer = self._bearer_of(token.strip().decode("latin-1"))
        if bearer is None:
            raise Unauthorized("the token is not valid, or not any more", HINT, dict(CHALLENGE))
        if not allows(bearer.scopes, Scope.REACH):
            raise OutOfScope("the token does not allow this: it lacks the scope reach", HINT)


def check_site(host: str, origin: bytes | None) -> None:
    """Whether a page of another site asks, by its origin or by a name that it has given to this machine.

    Raises:
        OutOfScope: It does.
    """
    if host_name(host) not in LOCAL_HOSTS:
        raise OutOfScope(
            f"the host {host!r} is not this machine", "ask by 127.0.0.1, or start the gateway with --open true"
        )
    if origin is not None and urlsplit_safe(origin.decode("latin-1")) != host.lower():
        raise OutOfScope(
            f"a page of {origin.decode('latin-1')!r} may not ask this gateway", "start the gateway with --open true"
        )


def request_id(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The identity that the client gave the request, or a new one."""
    for name, value in fields:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return value
    return secrets.token_hex(8).encode()
