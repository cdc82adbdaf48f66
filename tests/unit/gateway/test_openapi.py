"""The OpenAPI document is what the server does: schemathesis asks it everything that the document says, and more."""

import json
from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, SerializationContext
from starlette.types import Receive, Scope, Send

from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import Guard
from sojourn.gateway.http.openapi import document
from sojourn.gateway.http.routes import ROUTES
from tests.unit.fake_controller import MAGIC, FakeController
from tests.unit.gateway.conftest import bearer_of
from tests.unit.gateway.test_routes import Connected, one

if TYPE_CHECKING:
    from starlette.applications import Starlette

EXAMPLES = 10
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Fresh:
    """An application whose controller is a new one for each request: no request depends on others."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: Starlette = Application(FakeController(), Guard(bearer_of)).starlette()
        await app(scope, receive, send)


schema = schemathesis.openapi.from_asgi("/v1/openapi.json", Fresh())
# What is wrong may also be too large.
rejections = schema.config.checks.negative_data_rejection
rejections.expected_statuses = [*rejections.expected_statuses, "413"]


@schema.auth()
class Owner:
    """A token that allows everything; checks ask without it, too."""

    def get(self, case: Case[Any], context: object) -> str:
        del case, context
        return "all"

    def set(self, case: Case[Any], data: str, context: object) -> None:
        del context
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.serializer("application/wasm")
def modules(_: SerializationContext, value: object) -> bytes:
    """Modules are bytes, of which the controller is told that they are one: what it takes is its own affair."""
    return MAGIC + (value if isinstance(value, bytes) else str(value).encode())


@schema.parametrize()
@BOUNDED
def test_the_server_does_what_its_document_says(case: Case[Any]) -> None:
    # A stream that goes on for ever is not waited for.
    if case.path in {"/v1/events", "/v1/picture", "/v1/atoms/{birth}/{name}/output"}:
        case.query = {**(case.query or {}), "follow": "false"}
    case.call_and_validate()


def test_the_document_is_served_to_everybody(connected: Connected) -> None:
    answer = one(connected, "GET", "/v1/openapi.json", bearer=None)
    assert answer.json() == json.loads(json.dumps(document()))
    assert answer.json()["openapi"].startswith("3.1")


def test_every_route_field_and_parameter_is_described() -> None:
    made = document()
    assert {(route.path, route.method.lower()) for route in ROUTES} == {
        (path, method) for path, methods in made["paths"].items() for method in methods
    }
    bare = [
        f"{name}.{field}"
        for name, part in made["components"]["schemas"].items()
        for field, value in part.get("properties", {}).items()
        # Those of two words, as `Position`, say all in their own description.
        if not value.get("description") and field != "what" and name not in {"Position", "SettingRecord", "Term"}
    ]
    assert bare == []
    for operation in (each for methods in made["paths"].values() for each in methods.values()):
        assert operation["summary"]
        assert all(each["description"] for each in operation.get("parameters", []))
