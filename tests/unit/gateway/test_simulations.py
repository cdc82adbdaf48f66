"""Simulations over REST: a list, and a recording as it is made."""

import json
from collections.abc import Callable

import httpx
import pytest

from tests.unit.fake_controller import FakeController
from tests.unit.gateway.test_routes import one

Connected = Callable[..., httpx.AsyncClient]


def test_scenarios_are_listed(connected: Connected) -> None:
    told = one(connected, "GET", "/v1/simulations").json()
    assert told == {"items": [{"name": "day", "title": "A day", "hours": 24.0, "nodes": 3, "atoms": 3}]}


def test_a_recording_is_lines(connected: Connected) -> None:
    answer = one(connected, "POST", "/v1/simulations/day", json={"seed": 7})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    head, *lines = [json.loads(line) for line in answer.text.splitlines()]
    assert head == {"sojourn_recording": 1, "seed": 7}
    assert [what for _, what, _ in lines] == ["picture", "end"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/simulations/night", {}, 404),
        ("/v1/simulations/day", {"nodes": 5000}, 422),
        ("/v1/simulations/day", {"nodes": 0}, 422),
        ("/v1/simulations/day", {"sed": 1}, 422),
        ("/v1/simulations/day", {"hours": -1}, 422),
        ("/v1/simulations/day", [], 422),
        ("/v1/simulations/..%2Fday", {}, 404),
    ],
)
def test_what_is_wrong_is_a_problem_before_any_line(connected: Connected, path: str, body: object, status: int) -> None:
    answer = one(connected, "POST", path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_it_is_refused_to_who_may_only_read(connected: Connected, controller: FakeController) -> None:
    answer = one(connected, "POST", "/v1/simulations/day", json={}, bearer="read")
    assert answer.status_code == 403
    del controller
