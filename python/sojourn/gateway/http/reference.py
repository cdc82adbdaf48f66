"""The reference page of the REST interface, from the routes: what `docs/generate.py` writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sojourn.gateway.http.openapi import document, errors_of, fields, line
from sojourn.gateway.http.problem import status_of
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.routes import ROUTES

HEAD = """# REST

What a controller answers under `/v1`; a program has it as OpenAPI 3.1 at `/v1/openapi.json`, from the same table. The
[guide](../guide/rest.md) shows it in use.

Bodies and answers are JSON. A body may say nothing that it has no field for. Answers leave out fields that are at their
defaults. Times are seconds since 1970. Lists come in parts: `next` of an answer is `cursor` of the next request. `GET`
answers have an `ETag`; with `If-None-Match` one that has not changed is `304`. Requests that start something take an
`Idempotency-Key`: sent again with the same, they start it once. `X-Request-Id` of a request comes back, and stands in
its error.

*Scope* is what the token must allow. `admin` allows everything, each of the others allows to `read`, too.
"""
ERRORS = """## Errors

`application/problem+json` (RFC 9457). `name` is the class in the package `sojourn`; `definite: false` says that what
was asked for may have happened all the same.
"""


def page() -> str:
    """The page, in Markdown."""
    schemas = document()["components"]["schemas"]
    lines = [HEAD]
    for group in dict.fromkeys(route.group for route in ROUTES):
        lines += [f"## {group}", "", "| | path | scope | body | answer | |", "|---|---|---|---|---|---|"]
        lines += [row(route) for route in ROUTES if route.group == group]
        lines += ["", *parameters(group)]
    lines += [ERRORS, *errors(), "", "## Values", ""]
    for name, schema in schemas.items():
        lines += [f"### {name}", "", schema.get("description", ""), "", *properties(schema)]
    return "\n".join(lines).rstrip() + "\n"


def row(route: Route) -> str:
    """One route."""
    text = " ".join(route.text.partition("\n\n")[0].split())
    body = "" if not route.takes else f"`{route.takes}`" if route.body_type is bytes else link(route.body_type)
    bare = route.goes_on or route.answer_type is str
    answer = f"`{route.gives.partition(';')[0]}`" if bare else link(route.answer_type)
    cells = (route.method, f"`{route.path}`", route.scope or "", body, f"{route.status} {answer}", escape(text))
    return f"| {' | '.join(cells)} |"


def link(kind: type) -> str:
    """A value of the page."""
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def parameters(group: str) -> Iterator[str]:
    """What queries of a group may hold."""
    for route in ROUTES:
        if route.group == group and (found := fields(route.query_type, "query")):
            yield f"`{route.method} {route.path}`"
            yield ""
            yield from (f"- `{each['name']}` ({kind_of(each['schema'])}): {each['description']}" for each in found)
            yield ""


def errors() -> Iterator[str]:
    """All errors, by status."""
    found = {error for route in ROUTES for error in errors_of(route)}
    yield "| status | name | |"
    yield "|---|---|---|"
    for error in sorted(found, key=lambda each: (status_of(each), each.__name__)):
        yield f"| {status_of(error)} | `{error.__name__}` | {escape(line(error))} |"


def properties(schema: dict[str, Any]) -> Iterator[str]:
    """Fields of a value, or what it may be."""
    if "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
        yield ""
    if "properties" in schema:
        yield "| field | | default | |"
        yield "|---|---|---|---|"
        needed = schema.get("required", ())
        for name, field in schema["properties"].items():
            default = "" if name in needed or "default" not in field else f"`{shown(field['default'])}`"
            yield f"| `{name}` | {kind_of(field)} | {default} | {escape(field.get('description', ''))} |"
        yield ""


def kind_of(schema: dict[str, Any]) -> str:
    """What a value is, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    if "prefixItems" in schema:
        return f"list of {', '.join(kind_of(each) for each in schema['prefixItems'])}"
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", "any"))


def shown(default: object) -> str:
    """A default as JSON has it."""
    return "null" if default is None else str(default).lower() if isinstance(default, bool) else repr(default)


def escape(text: str) -> str:
    """Text for a cell."""
    return " ".join(text.split()).replace("|", "\\|")
