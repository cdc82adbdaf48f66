"""A controller in memory, and a client of its REST interface without a network between."""

from collections.abc import Callable

import httpx
import pytest

from sojourn.gateway.auth.scope import ALL, Scope
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import Bearer, Guard
from tests.unit.fake_controller import FakeController

TOKENS = {"all": ALL, **{scope.value: frozenset({scope}) for scope in Scope}}


def bearer_of(token: str) -> Bearer | None:
    """Tokens of the tests are called as what they allow."""
    return Bearer(token, TOKENS[token]) if token in TOKENS else None


@pytest.fixture
def controller() -> FakeController:
    return FakeController()


@pytest.fixture
def connected(controller: FakeController) -> Callable[..., httpx.AsyncClient]:
    """A client, with a token that allows everything or another one; of a guarded controller, or an open one."""

    def connect(bearer: str | None = "all", *, is_open: bool = False) -> httpx.AsyncClient:
        app = Application(controller, Guard(bearer_of, open=is_open)).starlette()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7480", headers=headers)

    return connect
