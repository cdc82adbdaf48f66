"""A route: what a method at a path takes, does and answers. Router, OpenAPI document and reference are made from it."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, get_type_hints

import msgspec

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.limit import BODY_BYTES, MODULE_BYTES
from sojourn.model.errors import SojournError

Endpoint: TypeAlias = Callable[..., Awaitable[object] | AsyncIterator[object]]

JSON = "application/json"
WASM = "application/wasm"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
EVENTS = "text/event-stream"
LINES = "application/x-ndjson"


@dataclass(frozen=True)
class Route:
    """One route.

    The endpoint takes the controller, and by these names what it wants: `path`, `query` (structs, checked) and `body`
    (a struct, or `bytes` for a module), `session` (who asks). Its annotations say of which types, its docstring what it
    does.

    Attributes:
        method: HTTP's method.
        path: Path, with parameters in braces.
        scope: Right that it needs; None: none.
        endpoint: What does it.
        status: Status of its answer.
        errors: Errors that it may answer beside those of every route.
        group: Heading under which documents show it.
        location: Where what was made is found, with fields of the answer in braces; empty: nowhere.
        once: Whether an `Idempotency-Key` makes a repetition harmless: it starts something.
        stream: Whether it answers a stream of events: parts of `told.Told`. An endpoint that is awaited for them can
            refuse before the stream begins.
        resumes: Field of its query that `Last-Event-ID` sets; empty: a stream that is opened again begins anew.
        tells: What the events of its stream hold.
        lines: Whether it answers JSON lines as they are made, in parts of bytes; it can refuse as a stream does.
    """

    method: str
    path: str
    scope: Scope | None
    endpoint: Endpoint
    status: int = 200
    errors: tuple[type[SojournError], ...] = ()
    group: str = ""
    location: str = ""
    once: bool = False
    stream: bool = False
    resumes: str = ""
    tells: tuple[type[msgspec.Struct], ...] = ()
    lines: bool = False

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The endpoint's annotations."""
        return get_type_hints(self.endpoint, include_extras=True)

    @property
    def name(self) -> str:
        """Its name in the OpenAPI document."""
        return self.endpoint.__name__

    @property
    def text(self) -> str:
        """What it does."""
        return inspect.getdoc(self.endpoint) or ""

    @cached_property
    def path_type(self) -> type[msgspec.Struct] | None:
        """What its path holds."""
        return self.hints.get("path")

    @cached_property
    def query_type(self) -> type[msgspec.Struct] | None:
        """What its query may hold."""
        return self.hints.get("query")

    @property
    def tells_who(self) -> bool:
        """Whether it tells who asks, so that a token that is none is no error."""
        return "session" in self.hints

    @cached_property
    def body_type(self) -> Any:  # noqa: ANN401 -- a type, as msgspec takes it
        """What its body is: a struct, `bytes`, or None."""
        return self.hints.get("body")

    @cached_property
    def answer_type(self) -> Any:  # noqa: ANN401 -- the same
        """What it answers: a struct, or `str` for text."""
        return self.hints.get("return")

    @property
    def goes_on(self) -> bool:
        """Whether its answer is sent while it is made."""
        return self.stream or self.lines

    @property
    def takes(self) -> str:
        """Media type of its body; empty: it has none."""
        if self.body_type is None:
            return ""
        return WASM if self.body_type is bytes else JSON

    @property
    def gives(self) -> str:
        """Media type of its answer."""
        if self.stream or self.lines:
            return EVENTS if self.stream else LINES
        return TEXT if self.answer_type is str else JSON

    @property
    def most_bytes(self) -> int:
        """The largest body that it takes."""
        return MODULE_BYTES if self.body_type is bytes else BODY_BYTES

    @property
    def body_optional(self) -> bool:
        """Whether an empty body stands for one that says nothing."""
        kind = self.body_type
        return isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not required(kind)


def required(kind: type[msgspec.Struct]) -> list[str]:
    """Names of the fields that have no default."""
    return [field.name for field in msgspec.structs.fields(kind) if field.required]
