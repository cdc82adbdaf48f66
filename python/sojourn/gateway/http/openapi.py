"""The OpenAPI 3.1 document, made from the routes and the structs that they take and answer."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any, TypeAlias

import msgspec

from sojourn.core.version import VERSION
from sojourn.gateway.http.checking import variants
from sojourn.gateway.http.problem import MEDIA_TYPE, Problem, status_of
from sojourn.gateway.http.refusal import (
    BadRequest,
    BodyTimeout,
    BodyTooLarge,
    Invalid,
    KeyInUse,
    NoSuchPath,
    NotAcceptable,
    OutOfScope,
    TookTooLong,
    TooMany,
    Unauthorized,
    WrongMediaType,
)
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.routes import ROUTES
from sojourn.model.errors import NotLeader, SojournError
from sojourn.model.node_errors import Internal

Json: TypeAlias = dict[str, Any]

REF = "#/components/schemas/{name}"
ATTRIBUTES = re.compile(r"\n\s*Attributes:\n(?P<lines>.*)\Z", re.DOTALL)
ENTRY = re.compile(r"^    (?P<name>\w+): (?P<text>.*(?:\n {8,}.*)*)", re.MULTILINE)
# A part of a stream, as the fields of its lines.
STREAM: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The event's number."},
        "event": {
            "type": "string",
            "description": "Its kind; `gap` or `dropped`, where it is about the stream itself.",
        },
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
# What any route may answer.
ALWAYS = (BadRequest, OutOfScope, NotAcceptable, Invalid, TooMany, Internal)
TITLE = "Sojourn controller"
ABOUT = (
    "What a controller of a Sojourn realm is asked and told. Errors are problem documents (RFC 9457). Fields that are"
    " at their defaults are left out of answers. Times are seconds since 1970."
)


@cache
def encoded_document() -> bytes:
    """The document as it is served."""
    return msgspec.json.encode(document())


def document() -> Json:
    """The document."""
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "tags": [{"name": name} for name in dict.fromkeys(route.group for route in ROUTES)],
        "paths": paths,
        "components": {
            "schemas": components(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def schemas() -> tuple[dict[Any, Json], dict[str, Json]]:
    """Schemas of all types that routes name, and their parts."""
    kinds: list[Any] = [Problem]
    for route in ROUTES:
        told = () if route.goes_on or route.answer_type is str else (route.answer_type,)
        kinds += [kind for kind in (body_struct(route), *told, *route.tells) if kind is not None]
    unique = list(dict.fromkeys(kinds))
    found, parts = msgspec.json.schema_components(unique, ref_template=REF)
    return dict(zip(unique, found, strict=True)), parts


def body_struct(route: Route) -> Any:  # noqa: ANN401 -- a type, as msgspec takes it
    """The struct of a body; None: it has none, or bytes."""
    return None if route.body_type is bytes else route.body_type


def components() -> dict[str, Json]:
    """Schemas by name, each field with what its docstring says of it."""
    kinds = structs()
    return {name: told(schema, kinds.get(name)) for name, schema in sorted(schemas()[1].items())}


def structs() -> dict[str, type[msgspec.Struct]]:
    """All structs that schemas have a part for, by name."""
    found: dict[str, type[msgspec.Struct]] = {}
    left = list(msgspec.inspect.multi_type_info(list(schemas()[0])))
    while left:
        for each in variants(left.pop()):
            if isinstance(each, msgspec.inspect.StructType):
                if each.cls.__name__ not in found:
                    found[each.cls.__name__] = each.cls
                    left += [field.type for field in each.fields]
            elif isinstance(each, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
                left.append(each.item_type)
            elif isinstance(each, msgspec.inspect.TupleType):
                left += each.item_types
            elif isinstance(each, msgspec.inspect.DictType):
                left.append(each.value_type)
    return found


def told(schema: Json, kind: type[msgspec.Struct] | None) -> Json:
    """A schema whose description is the docstring's text, and whose fields have theirs."""
    text, _ = split(schema.get("description", ""))
    described = {**plain(schema), "description": text} if text else plain(schema)
    if "properties" in schema:
        texts = texts_of(kind)
        described["properties"] = {
            name: {**value, "description": texts[name]} if name in texts else value
            for name, value in described["properties"].items()
        }
    return described


def plain(schema: Any) -> Any:  # noqa: ANN401 -- any JSON
    """A schema whose tuples of one kind of item are arrays of that kind, which more readers understand."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: plain(value) for name, value in schema.items()}
    first, *others = made.get("prefixItems", [None])
    if first and all(each == first for each in others):
        del made["prefixItems"]
        made["items"] = first
    return made


def texts_of(kind: type[msgspec.Struct] | None) -> dict[str, str]:
    """What docstrings say of a struct's fields, its own before those of what it derives from."""
    if kind is None:
        return {}
    return {name: text for each in reversed(kind.__mro__) for name, text in split(each.__doc__ or "")[1].items()}


def split(doc: str) -> tuple[str, dict[str, str]]:
    """A docstring's own text, and that of its attributes."""
    doc = inspect.cleandoc(doc)
    match = ATTRIBUTES.search(doc)
    if match is None:
        return doc, {}
    entries = {each["name"]: " ".join(each["text"].split()) for each in ENTRY.finditer(match["lines"])}
    return doc[: match.start()].strip(), entries


def operation(route: Route) -> Json:
    """One route."""
    summary, _, more = route.text.partition("\n\n")
    made: Json = {
        "operationId": route.name,
        "tags": [route.group],
        "summary": " ".join(summary.split()),
        "responses": {str(route.status): success(route), **failures(route)},
        "security": [{"token": []}] if route.scope else [],
    }
    if more:
        made["description"] = " ".join(more.split())
    if route.scope:
        made["x-scope"] = route.scope.value
    if listed := parameters(route):
        made["parameters"] = listed
    if route.body_type is not None:
        made["requestBody"] = {"required": not route.body_optional, "content": {route.takes: media(route)}}
    return made


def media(route: Route) -> Json:
    """What a body is."""
    struct = body_struct(route)
    if struct is None:
        return {"schema": {"type": "string", "format": "binary"}}
    return {"schema": schemas()[0][struct]}


def success(route: Route) -> Json:
    """The answer when all goes well."""
    if route.stream:
        schema = stream_of(route)
    elif route.lines:
        schema = {"type": "string", "description": "A line of JSON each."}
    else:
        schema = {"type": "string"} if route.answer_type is str else schemas()[0][route.answer_type]
    made: Json = {"description": "As asked.", "content": {route.gives.partition(";")[0]: {"schema": schema}}}
    if route.location:
        made["headers"] = {"Location": {"schema": {"type": "string"}, "description": "Where it is found."}}
    return made


def stream_of(route: Route) -> Json:
    """A part of a stream, and which schemas its data has."""
    kinds = ", ".join(f"`{kind.__name__}`" for kind in route.tells)
    data = {**STREAM["properties"]["data"], "description": f"The event, as one of the schemas {kinds}."}
    return {**STREAM, "properties": {**STREAM["properties"], "data": data}}


def failures(route: Route) -> Json:
    """Answers when something is wrong, by status."""
    by_status: dict[int, list[str]] = {}
    for error in errors_of(route):
        by_status.setdefault(status_of(error), []).append(f"`{error.__name__}`: {line(error)}")
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}}
    return {
        str(status): {"description": " ".join(sorted(texts)), "content": content}
        for status, texts in sorted(by_status.items())
    }


def errors_of(route: Route) -> tuple[type[SojournError], ...]:
    """All errors that a route may answer: its own, and those that what it takes brings with it."""
    found: list[type[SojournError]] = [*route.errors, *ALWAYS]
    for brings, errors in (
        (route.scope is not None, (Unauthorized, NotLeader)),
        (not route.goes_on, (TookTooLong, BodyTimeout, BodyTooLarge)),
        (route.path_type is not None, (NoSuchPath,)),
        (bool(route.takes), (WrongMediaType,)),
        (route.once, (KeyInUse,)),
    ):
        found += errors if brings else ()
    return tuple(dict.fromkeys(found))


def line(error: type[SojournError]) -> str:
    """What an error means, in one line."""
    return (inspect.getdoc(error) or "").partition("\n")[0]


def parameters(route: Route) -> list[Json]:
    """What its path, query and headers hold."""
    found = [*fields(route.path_type, "path"), *fields(route.query_type, "query")]
    if route.once:
        text = "The same for each repetition of one request: it starts something once."
        found.append(header("Idempotency-Key", text, {"type": "string", "maxLength": 128, "pattern": "^[!-~]+$"}))
    if route.resumes:
        found.append(header("Last-Event-ID", "Begin after this event.", {"type": "integer", "minimum": 0}))
    return found


def header(name: str, text: str, schema: Json) -> Json:
    """A header."""
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def fields(kind: type[msgspec.Struct] | None, where: str) -> list[Json]:
    """Fields of a struct as parameters."""
    if kind is None:
        return []
    parts = msgspec.json.schema_components([kind], ref_template=REF)[1]
    texts = texts_of(kind)
    needed = parts[kind.__name__].get("required", ())
    return [
        {
            "name": name,
            "in": where,
            "required": name in needed,
            "description": texts.get(name, ""),
            "schema": inlined(schema, parts),
        }
        for name, schema in parts[kind.__name__]["properties"].items()
    ]


def inlined(schema: Json, parts: dict[str, Json]) -> Json:
    """A parameter's schema by itself: no null, which a query cannot say, and no references."""
    if "anyOf" in schema:
        kept = [each for each in schema["anyOf"] if each.get("type") != "null"]
        rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
        schema = {**kept[0], **rest}
    if "$ref" in schema:
        part = parts[schema["$ref"].rpartition("/")[2]]
        schema = {key: value for key, value in part.items() if key in {"enum", "type"}}
    return schema
