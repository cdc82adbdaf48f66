"""A client of the controller's REST interface, for commands: typed by the structs that the server is made from."""

from __future__ import annotations

import http.client
import ssl
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, quote, urlencode, urlsplit

import msgspec

from sojourn.gateway.http import refusal
from sojourn.gateway.http.answer import AtomPart, NodePart, Part
from sojourn.gateway.http.limit import MAX_PAGE, RETRY_MS
from sojourn.gateway.http.problem import MEDIA_TYPE, Problem
from sojourn.gateway.http.told import Gap
from sojourn.model import errors, node_errors
from sojourn.model.errors import ConfigError, ControllerError, ExpressionError, NoController, NotLeader, SojournError
from sojourn.model.names import is_global, resolve
from sojourn.model.node_errors import UnknownAtom, UnknownNode
from sojourn.model.record import RealmEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.model.config import Value

T = TypeVar("T")
P = TypeVar("P", bound=Part)

JSON = "application/json"
SETTINGS = ("controller.address", "controller.token", "controller.authority", "client.timeout")
# Longer than the server's own heartbeat: a stream that is silent for so long is gone.
STREAM_S = 60.0
ANSWER_BYTES = 256 << 20
REDIRECTS = 2
# So often a controller that has gone is looked for before a stream of its events is given up.
ABSENT = 30
CLASSES: dict[str, type[SojournError]] = {
    name: kind
    for module in (errors, node_errors, refusal)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, SojournError)
}


class RestClient:
    """A client. Each request has a connection of its own: commands make one or two.

    Args:
        address: `HOST:PORT`, `http://HOST:PORT` or `https://HOST:PORT`.
        token: What is shown; empty: nothing.
        authority: File of the authority that the controller's certificate is signed by; None: the system's.
        timeout_s: How long an answer is waited for.

    Raises:
        ConfigError: The address is none, or the authority cannot be read.
    """

    def __init__(self, address: str, token: str = "", authority: Path | None = None, timeout_s: float = 10.0) -> None:
        self.address = address if "://" in address else f"http://{address}"
        self._token = token
        self._authority = authority
        self._timeout_s = timeout_s
        self._place = place_of(self.address)

    def ask(  # noqa: PLR0913 -- what a request is made of, by keyword
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        content: bytes | None = None,
    ) -> T:
        """One request, and its answer as a value.

        Args:
            method: HTTP's method.
            path: The path.
            answer: What is answered.
            query: Parameters; those that are None or empty are left out.
            body: What is sent as JSON; None: nothing.
            content: A module's bytes, in place of a body.

        Raises:
            NoController: Nobody answers.
            SojournError: The controller refused it; the class says why, as on the server.
        """
        headers = {"Accept": f"{JSON}, {MEDIA_TYPE}"}
        with as_text():
            sent = content if body is None else msgspec.json.encode(body)
            where = target(path, query)
        if sent is not None:
            headers["Content-Type"] = "application/wasm" if body is None else JSON
        for _ in range(REDIRECTS):
            try:
                return self._asked(method, where, sent, headers, answer)
            except NotLeader as error:
                # The token is not sent in clear text because somebody says so.
                if not error.leader or (self._place.scheme == "https" and not error.leader.startswith("https:")):
                    raise
                self._place = place_of(error.leader)
        return self._asked(method, where, sent, headers, answer)

    def all(self, path: str, answer: type[P], query: Mapping[str, object] | None = None) -> Iterator[P]:
        """All parts of a list."""
        cursor = ""
        while True:
            part = self.ask("GET", path, answer, query={**(query or {}), "limit": MAX_PAGE, "cursor": cursor})
            yield part
            cursor = part.next
            if not cursor:
                return

    def atom_name(self, given: str) -> str:
        """The global name of an atom, of it, of its local name, or of the beginning of either.

        Raises:
            UnknownAtom: There is none, or more than one.
        """
        if is_global(given):
            return given
        parts = self.all("/v1/atoms", AtomPart, {"name": given})
        names = [record.name for part in parts for record in part.items]
        if not names:
            # For the hint of what is near.
            names = [each.name for each in self.ask("GET", "/v1/atoms", AtomPart, query={"limit": MAX_PAGE}).items]
        return resolve("atom", given, names, UnknownAtom)

    def node_name(self, given: str) -> str:
        """The name of a node, of it or of its beginning.

        Raises:
            UnknownNode: There is none, or more than one.
        """
        names = [record.key for part in self.all("/v1/nodes", NodePart) for record in part.items]
        return resolve("node", given, names, UnknownNode)

    def events(self, query: Mapping[str, object]) -> Iterator[RealmEvent | Gap]:
        """Events as they come; where a stream that is followed breaks off, it is begun again after the last event.

        Raises:
            NoController: Nobody answers any more.
        """
        last: int | None = None
        follow = bool(query.get("follow", True))
        absent = 0
        with as_text():
            where = target("/v1/events", query)
        while True:
            headers = {"Accept": f"text/event-stream, {MEDIA_TYPE}"}
            if last is not None:
                headers["Last-Event-ID"] = str(last)
            try:
                with self._opened("GET", where, None, headers, STREAM_S) as answer:
                    absent = 0
                    for number, told in read_stream(answer):
                        last = last if number is None else number
                        if told is not None:
                            yield told
            except (NoController, TimeoutError, http.client.HTTPException, ConnectionError) as error:
                absent += 1
                # Who was never there is not waited for; who has gone may be starting again.
                if not follow or last is None or absent > ABSENT:
                    raise error if isinstance(error, SojournError) else self._strange(error) from error
            if not follow:
                return
            time.sleep(RETRY_MS / 1000)

    def _asked(self, method: str, path: str, sent: bytes | None, headers: dict[str, str], answer: type[T]) -> T:
        try:
            with self._opened(method, path, sent, headers, self._timeout_s) as response:
                raw = response.read(ANSWER_BYTES)
        except TimeoutError as error:
            text = f"the controller at {self._place.netloc} did not answer within {self._timeout_s:g} s"
            raise NoController(text, "--timeout gives it longer") from error
        except (OSError, http.client.HTTPException) as error:
            raise self._strange(error) from error
        try:
            return raw.decode() if answer is str else msgspec.json.decode(raw, type=answer)  # type: ignore[return-value]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._strange(error) from error

    @contextmanager
    def _opened(
        self, method: str, path: str, sent: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer that went well."""
        if self._token:
            headers = {**headers, "Authorization": f"Bearer {self._token}"}
        connection = self._connection(timeout_s)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise nobody(self._place.geturl(), error) from error
            connection.request(method, path, body=sent, headers=headers)
            response = connection.getresponse()
            if response.status >= http.client.BAD_REQUEST:
                raise self._refused(response)
            yield response
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._place.hostname or "", self._place.port
        if self._place.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout_s)
        try:
            context = ssl.create_default_context(cafile=self._authority)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"cannot use the authority {self._authority}: {error}") from error
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)

    def _refused(self, response: http.client.HTTPResponse) -> SojournError:
        raw = response.read(1 << 20)
        try:
            return error_of(msgspec.json.decode(raw, type=Problem))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return self._strange(error)

    def _strange(self, error: Exception) -> ControllerError:
        text = f"what answers at {self._place.netloc} is no controller, or one of another version: {error}"
        plain = self._place.scheme == "http"
        https = f"--controller https://{self._place.netloc}, where it has a certificate"
        return ControllerError(text, https if plain else "--controller names its address")


def error_of(problem: Problem) -> SojournError:
    """The error that a problem tells of, as the class that the server raised."""
    kind = CLASSES.get(problem.name, ControllerError)
    hint = problem.hint or None
    if issubclass(kind, ExpressionError):
        wrong = problem.detail.partition("\n")[0]
        return kind(wrong, problem.expression, problem.start, problem.end, hint)
    if issubclass(kind, NotLeader):
        return kind(problem.detail, hint, problem.leader or None)
    return kind(problem.detail, hint)


def read_stream(answer: http.client.HTTPResponse) -> Iterator[tuple[int | None, RealmEvent | Gap | None]]:
    """Numbers and events of a stream, until it ends."""
    fields: dict[str, str] = {}
    for line in answer:
        name, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
        if name:
            fields[name] = value
            continue
        number = int(fields["id"]) if fields.get("id", "").isdigit() else None
        yield number, event_of(fields)
        fields = {}


def event_of(fields: Mapping[str, str]) -> RealmEvent | Gap | None:
    """An event of a stream; None: nothing that is to be told."""
    kind, data = fields.get("event"), fields.get("data")
    if kind is None or data is None or kind == "dropped":
        return None
    return msgspec.json.decode(data, type=Gap) if kind == "gap" else msgspec.json.decode(data, type=RealmEvent)


@contextmanager
def as_text() -> Iterator[None]:
    """What is sent has to be text, which what a shell gives need not be.

    Raises:
        ControllerError: It is not.
    """
    try:
        yield
    except UnicodeEncodeError as error:
        raise ControllerError(f"{error.object!r} is not text", "give it in UTF-8") from error


def target(path: str, query: Mapping[str, object] | None) -> str:
    """Path and query as they are sent."""
    given = {name: text_of(value) for name, value in (query or {}).items() if value is not None and value != ""}
    return quote(path) + (f"?{urlencode(given)}" if given else "")


def text_of(value: object) -> str:
    """A parameter as it is sent."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def place_of(address: str) -> SplitResult:
    """An address in its parts.

    Raises:
        ConfigError: It is none.
    """
    try:
        place = urlsplit(address)
        good = place.scheme in {"http", "https"} and place.hostname and place.port and not place.path.strip("/")
    except ValueError:
        good = False
    if not good:
        raise ConfigError(f"{address!r} is not an address of a controller", "write it as 127.0.0.1:7480")
    return place


def nobody(address: str, error: OSError) -> SojournError:
    """Nobody is there, or not one to be trusted."""
    if isinstance(error, ssl.SSLError):
        hint = "--controller-authority names the file of its authority"
        return ControllerError(f"the controller at {address} cannot be trusted: {error}", hint)
    hint = "`sojourn up` starts a realm with a controller on this machine; --controller names another"
    return NoController(f"no controller answers at {address}", hint)


def rest_client(values: Mapping[str, Value]) -> RestClient:
    """A client with resolved settings."""
    timeout, authority = values["client.timeout"], values["controller.authority"]
    return RestClient(
        str(values["controller.address"] or ""),
        str(values["controller.token"] or ""),
        Path(str(authority)) if authority else None,
        timeout / 1000 if isinstance(timeout, int) else 10.0,
    )
