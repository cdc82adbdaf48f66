"""Other sites' pages: those that were named may ask, others may not."""

import asyncio

import httpx
import pytest

from sojourn.dashboard.files import Page
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import Guard
from sojourn.gateway.http.origins import Origins, origin_of, origins_of
from sojourn.model.errors import ConfigError
from tests.unit.fake_controller import FakeController
from tests.unit.gateway.conftest import bearer_of

ARENA, OTHER = "https://arena.example:8443", "https://other.example"


def asked(
    method: str, path: str, *, allowed: str = ARENA, host: str = "127.0.0.1:7480", **headers: str
) -> httpx.Response:
    """The answer of a controller that lets one other site's pages ask."""
    guard = Guard(bearer_of, open=True, origins=origins_of(allowed))
    app = Application(FakeController(), guard, Page().answer).starlette()

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(ask())


def preflight(path: str, origin: str, method: str = "GET", **headers: str) -> httpx.Response:
    """What a browser asks before it lets a page ask."""
    return asked("OPTIONS", path, origin=origin, access_control_request_method=method, **headers)


def test_a_site_that_was_named_may_ask_and_read_also_what_went_wrong() -> None:
    for path, status in (("/v1/nodes", 200), ("/v1/nodes/nobody", 404), ("/", 200), ("/v1/nothing", 404)):
        answer = asked("GET", path, origin=ARENA)
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == ARENA
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers
    refused = asked("GET", "/v1/nodes", origin=ARENA, authorization="Bearer nobody")
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, ARENA)


def test_a_site_that_was_not_named_may_not() -> None:
    for path in ("/v1/nodes", "/", "/v1/openapi.json", "/v1/health"):
        for origin in (
            OTHER,
            "null",
            "https://arena.example",
            "http://arena.example:8443",
            "https://arena.example:8443.evil",
        ):
            answer = asked("GET", path, origin=origin)
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers
            assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-origin" not in asked("GET", "/v1/nodes").headers


def test_a_browser_that_asks_before_is_told_what_may_be() -> None:
    answer = preflight("/v1/atoms/node-1/lua/moves", ARENA, "POST", authorization="")
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == ARENA
    assert answer.headers["access-control-allow-methods"] == "POST"
    sent = answer.headers["access-control-allow-headers"]
    assert {"authorization", "content-type", "idempotency-key", "last-event-id"} <= set(sent.lower().split(", "))
    assert "access-control-allow-private-network" not in answer.headers
    own = preflight("/v1/nodes", ARENA, access_control_request_private_network="true")
    assert own.headers["access-control-allow-private-network"] == "true"
    assert preflight("/main.js", ARENA).status_code == 204


def test_a_browser_that_asks_for_another_site_is_refused() -> None:
    for path in ("/v1/nodes", "/v1/atoms/node-1/lua/moves", "/index.html"):
        answer = preflight(path, OTHER, "POST")
        assert answer.status_code in {403, 405}
        assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in asked("OPTIONS", "/v1/nodes", allowed="", origin=ARENA).headers


def test_a_name_given_to_this_machine_is_refused_all_the_same() -> None:
    answer = asked("GET", "/v1/nodes", host="arena.example:8443", origin=ARENA)
    assert answer.status_code == 403
    assert "is not this machine" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("https://Arena.Example", "https://arena.example"),
        ("https://arena.example/", "https://arena.example"),
        ("https://arena.example:443", "https://arena.example"),
        ("http://arena.example:80/", "http://arena.example"),
        ("http://arena.example:443", "http://arena.example:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_as_browsers_send_it(said: str, origin: str) -> None:
    assert origin_of(said) == origin


@pytest.mark.parametrize(
    "said", ["*", "null", "arena.example", "https://a/b", "file:///x", "https://u@a", "https://a?b", "https://"]
)
def test_what_is_no_origin_is_refused(said: str) -> None:
    with pytest.raises(ConfigError, match="no origin"):
        origins_of(f"https://fine.example, {said}")


def test_without_any_nothing_is_added() -> None:
    assert origins_of("") == origins_of(" , ") == Origins()
    answer = asked("GET", "/v1/nodes", allowed="")
    assert "vary" not in answer.headers
