"""Bodies, queries and paths as values; where they are not what they are to be, in words: what, where, what to do."""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from sojourn.gateway.http.refusal import BadRequest, Invalid, NoSuchPath
from sojourn.model.names import nearest

S = TypeVar("S", bound=msgspec.Struct)

MOST_PARAMETERS = 64
# `$.spec.tags[0]`, as msgspec tells a place; `[...]` is some key or value of an object.
PLACE = re.compile(r" - at (?:the key|the value)?[^`]*`\$?(?P<path>[^`]*)`$")
STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
MISSING = re.compile(r"Object missing required field `(?P<name>.*)`")
EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]*)`(?: (?P<bound>[^,]+))?(?:, got `(?P<got>[^`]*)`)?$")
PATTERN = re.compile(r"Expected `str` matching regex '(?P<pattern>.*)'$")
KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bytes": "text in base64",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
DOCUMENT = "/v1/openapi.json has the schema"


def checked_body(kind: type[S], raw: bytes) -> S:
    """A body of JSON as a value.

    Raises:
        BadRequest: It is not JSON.
        Invalid: It says something else than it may.
    """
    try:
        return decoded(kind, raw)
    except msgspec.ValidationError as error:
        raise invalid(error, kind, "body") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}", f"send {kind.__name__} as JSON; {DOCUMENT}") from error


def decoded(kind: type[S], raw: bytes) -> S:
    """JSON as a value."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        if "got `float`" not in str(error):
            raise
        # To JSON Schema, and to languages that have but one kind of number, 4.0 is a whole number, too.
        return msgspec.convert(whole(msgspec.json.decode(raw)), kind)


def whole(value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """JSON whose numbers are whole where they can be."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def checked_query(kind: type[S], raw: bytes) -> S:
    """A query as a value.

    Raises:
        Invalid: It says something else than it may.
    """
    given: dict[str, str] = {}
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise Invalid(f"the query has more than {MOST_PARAMETERS} parameters", where="query") from error
    for name, value in pairs:
        if name in given:
            raise Invalid(f"the query says {name!r} twice", "say it once", where="query", pointer=name)
        given[name] = value
    for field in msgspec.structs.fields(kind):
        # That a field may be left out does not mean that a text could say so.
        if field.default is None and given.get(field.name, "").lower() == "null":
            raise Invalid(f"{field.name} cannot be null", "leave it out", where="query", pointer=field.name)
    return converted(kind, given, "query")


def checked_path(kind: type[S], given: dict[str, str]) -> S:
    """What a path names, as a value.

    Raises:
        NoSuchPath: Nothing can have such a name.
    """
    try:
        return converted(kind, given, "path")
    except Invalid as error:
        raise NoSuchPath(f"there is nothing at this path: {error}", error.hint) from error


def converted(kind: type[S], given: dict[str, str], where: str) -> S:
    """Texts as the values that they stand for."""
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error, kind, where) from error


def invalid(error: msgspec.ValidationError, kind: type[msgspec.Struct], where: str) -> Invalid:
    """What msgspec found, for people."""
    text = str(error)
    place = PLACE.search(text)
    steps = [match["name"] or match["index"] for match in STEP.finditer(place["path"])] if place else []
    said = text[: place.start()] if place else text
    if match := UNKNOWN.fullmatch(said):
        return unknown_field(match["name"], kind, where, steps)
    if match := MISSING.fullmatch(said):
        return refused(f"{shown([*steps, match['name']], where)} is missing", "it is needed", where, steps)
    return refused(f"{shown(steps, where)} {to_be(said)}", None, where, steps)


def unknown_field(name: str, kind: type[msgspec.Struct], where: str, steps: list[str]) -> Invalid:
    """There is no such field; which is meant, or which there are."""
    there = fields_of(kind, steps)
    what = "parameter" if where == "query" else "field"
    hint = nearest(name, there) or (f"there are: {', '.join(there)}" if there else "leave it out")
    return refused(f"{shown(steps, where)} has no {what} {name!r}", hint, where, [*steps, name])


def refused(text: str, hint: str | None, where: str, steps: list[str]) -> Invalid:
    """An error at a place."""
    pointer = "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in steps if each != "...")
    return Invalid(text, hint or DOCUMENT, where=where, pointer=pointer if where == "body" else ".".join(steps))


def shown(steps: list[str], where: str) -> str:
    """A place as people read it."""
    named = ".".join("(one of its entries)" if step == "..." else step for step in steps)
    return named or f"the {where}"


def to_be(said: str) -> str:
    """What a value has to be, in words."""
    if match := PATTERN.fullmatch(said):
        return f"has to match {match['pattern']}"
    match = EXPECTED.fullmatch(said)
    if match is None:
        return f"is wrong: {said}"
    wanted = " or ".join(KINDS.get(each.strip(), each.strip()) for each in match["wanted"].split("|"))
    bound = f" {match['bound']}" if match["bound"] else ""
    got = f", not {KINDS.get(match['got'], match['got'])}" if match["got"] else ""
    return f"has to be {wanted}{bound}{got}"


def fields_of(kind: Any, steps: list[str]) -> list[str]:  # noqa: ANN401 -- any type that a field may have
    """Names of the fields at a place; none where that is no single struct."""
    found: msgspec.inspect.Type | None = msgspec.inspect.type_info(kind)
    for step in steps:
        found = stepped(found, step)
    structs = [each for each in variants(found) if isinstance(each, msgspec.inspect.StructType)]
    return [field.encode_name for field in structs[0].fields] if len(structs) == 1 else []


def stepped(kind: msgspec.inspect.Type | None, step: str) -> msgspec.inspect.Type | None:
    """The type of what is one step further in."""
    for each in variants(kind):
        if isinstance(each, msgspec.inspect.StructType):
            return next((field.type for field in each.fields if field.encode_name == step), None)
        if isinstance(each, msgspec.inspect.VarTupleType | msgspec.inspect.ListType):
            return each.item_type
        if isinstance(each, msgspec.inspect.DictType):
            return each.value_type
    return None


def variants(kind: msgspec.inspect.Type | None) -> list[msgspec.inspect.Type]:
    """What a type may be."""
    if kind is None:
        return []
    if isinstance(kind, msgspec.inspect.Metadata):
        return variants(kind.type)
    if isinstance(kind, msgspec.inspect.UnionType):
        return [found for each in kind.types for found in variants(each)]
    return [kind]
