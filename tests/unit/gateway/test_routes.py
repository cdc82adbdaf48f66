"""Each route over a controller in memory."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from sojourn.model.record import MoveRecord
from tests.unit.fake_controller import LUA, FakeController

Connected = Callable[..., httpx.AsyncClient]


def asked(connected: Connected, *requests: tuple[Any, ...], **options: Any) -> list[httpx.Response]:  # noqa: ANN401 -- httpx's own
    """Answers to requests, in order: method, path, and what httpx takes besides."""

    async def ask() -> list[httpx.Response]:
        async with connected(**options) as client:
            return [await client.request(method, path, **(more[0] if more else {})) for method, path, *more in requests]

    work: Coroutine[Any, Any, list[httpx.Response]] = ask()
    return asyncio.run(work)


def one(connected: Connected, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 -- httpx's own
    """The answer to one request."""
    options = {name: more.pop(name) for name in ("bearer", "is_open") if name in more}
    return asked(connected, (method, path, more), **options)[0]


def test_nodes_are_the_records(connected: Connected) -> None:
    answer = one(connected, "GET", "/v1/nodes")
    assert answer.status_code == 200
    assert answer.json()["items"][0] == {
        "facts": {"name": "node-1", "cores": 2.0, "tags": ["zone=eu"], "atoms": 1},
        "seen_at": 1_700_000_000.0,
    }
    assert "next" not in answer.json()


def test_lists_come_in_parts(connected: Connected, controller: FakeController) -> None:
    async def walk() -> list[list[str]]:
        parts, cursor = [], ""
        async with connected() as client:
            while True:
                told = (await client.get("/v1/atoms", params={"limit": 2, "cursor": cursor})).json()
                parts.append([row["name"] for row in told["items"]])
                if "next" not in told:
                    return parts
                cursor = told["next"]

    assert asyncio.run(walk()) == [["node-1/lua", "node-1/oil"], ["node-2/tin"]]
    del controller


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=node-1", ["node-1/lua", "node-1/oil"]),
        ("name=ti", ["node-2/tin"]),
        ("node=node-2", ["node-2/tin"]),
        ("wish=stop", []),
        (f"module={LUA}&limit=1", ["node-1/lua"]),
    ],
)
def test_atoms_are_chosen_by_the_query(connected: Connected, query: str, names: list[str]) -> None:
    assert [row["name"] for row in one(connected, "GET", f"/v1/atoms?{query}").json()["items"]] == names


def test_cordon_drain_and_back(connected: Connected) -> None:
    answers = asked(
        connected,
        ("PUT", "/v1/nodes/node-2/cordon"),
        ("PUT", "/v1/nodes/node-2/drain"),
        ("GET", "/v1/nodes?cordoned=true"),
        ("DELETE", "/v1/nodes/node-2/cordon"),
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    told = [answer.json() for answer in answers]
    assert (told[0].get("cordoned"), told[0].get("draining")) == (True, None)
    assert (told[1].get("cordoned"), told[1].get("draining")) == (True, True)
    assert [row["facts"]["name"] for row in told[2]["items"]] == ["node-2"]
    assert "cordoned" not in told[3]


def test_an_atom_from_start_to_rollback(connected: Connected) -> None:
    body = {"module": LUA, "name": "new", "spec": {"objective": "latency_ms(client)"}, "node": "node-3"}
    answers = asked(
        connected,
        ("POST", "/v1/atoms", {"json": body}),
        ("GET", "/v1/atoms/node-3/new"),
        ("PATCH", "/v1/atoms/node-3/new", {"json": {"objective": "load"}}),
        ("POST", "/v1/atoms/node-3/new/moves", {"json": {"target": "node-1", "cause": "sun"}}),
        ("GET", "/v1/moves/1"),
        ("POST", "/v1/atoms/node-3/new/images"),
        ("GET", "/v1/atoms/node-3/new/images"),
        ("POST", "/v1/atoms/node-3/new/stop"),
        ("POST", "/v1/atoms/node-3/new/restore", {"json": {"node": "node-2"}}),
        ("POST", "/v1/atoms/node-3/new/rollback", {"json": {"image": 4}}),
        ("GET", "/v1/atoms/node-3/new/explanation"),
    )
    assert [answer.status_code for answer in answers] == [201, 200, 200, 202, 200, 201, 200, 200, 200, 200, 200]
    assert answers[0].headers["location"] == "/v1/atoms/node-3/new"
    assert answers[1].json()["spec"] == {"objective": "latency_ms(client)"}
    assert answers[2].json()["spec"] == {"objective": "load"}
    assert answers[3].headers["location"] == "/v1/moves/1"
    assert answers[4].json() == answers[3].json()
    assert [image["id"] for image in answers[6].json()["items"]] == [4]
    assert answers[8].json()["node"] == "node-2"
    assert answers[9].json()["node"] == "node-1"


def test_modules_and_rollouts(connected: Connected) -> None:
    wasm = b"\x00asm\x01\x00\x00\x00"
    put = one(connected, "POST", "/v1/modules?name=oil", content=wasm, headers={"content-type": "application/wasm"})
    assert put.status_code == 201
    digest = put.json()["digest"]
    assert put.headers["location"] == f"/v1/modules/{digest}"
    answers = asked(
        connected,
        ("GET", "/v1/modules"),
        ("GET", f"/v1/modules/{digest}"),
        ("POST", "/v1/rollouts", {"json": {"old": LUA, "new": digest, "name": "first", "canary": 2}}),
        ("POST", "/v1/rollouts/first/pause"),
        ("POST", "/v1/rollouts/first/resume"),
        ("POST", "/v1/rollouts/first/rollback"),
        ("POST", "/v1/rollouts/first/pause"),
        ("GET", "/v1/rollouts?state=rolled_back"),
        ("GET", "/v1/rollouts/second"),
    )
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200, 200, 200, 409, 200, 404]
    assert [row["name"] for row in answers[0].json()["items"]] == ["oil", "lua"] or len(answers[0].json()["items"]) == 2
    assert answers[2].json()["atoms"] == ["node-1/lua", "node-1/oil", "node-2/tin"]
    assert [answer.json().get("state") for answer in answers[3:6]] == ["paused", None, "rolled_back"]
    assert answers[6].json()["name"] == "Declined"


def test_names_moves_settings_plan_health_metrics(connected: Connected) -> None:
    answers = asked(
        connected,
        ("GET", "/v1/names?pattern=node-1/.*"),
        ("GET", "/v1/names?pattern=("),
        ("GET", "/v1/moves"),
        ("GET", "/v1/moves/9"),
        ("GET", "/v1/settings"),
        ("PUT", "/v1/settings/adapt.paused", {"json": {"value": "true"}}),
        ("PUT", "/v1/settings/adapt.paused", {"json": {"value": "maybe"}}),
        ("PUT", "/v1/settings/adoption", {"json": {"value": "off"}}),
        ("POST", "/v1/plan", {"json": {}}),
        ("POST", "/v1/plan", {"json": {"change": {"what": "drain", "node": "node-2"}}}),
        ("GET", "/v1/health"),
        ("GET", "/v1/metrics"),
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 422, 200, 404, 200, 200, 422, 404, 422, 200, 200, 200]
    assert [row["atom"] for row in answers[0].json()["items"]] == ["node-1/lua", "node-1/oil"]
    assert answers[1].json()["name"] == "InvalidPattern"
    assert answers[5].json() == {"name": "adapt.paused", "value": "true"}
    assert answers[8].json()["detail"] == "change is missing"
    assert [move["atom"] for move in answers[9].json()["moves"]] == ["node-2/tin"]
    assert answers[10].json()["role"] == "leading"
    assert "sojourn_atoms 3" in answers[11].text
    assert answers[11].headers["content-type"].startswith("text/plain; version=0.0.4")


def test_moves_are_chosen_by_when_they_were_decided(connected: Connected, controller: FakeController) -> None:
    for number, at in ((1, 10.0), (2, 20.0), (3, 30.0)):
        move = MoveRecord(number=number, atom="node-1/lua", source="node-1", target="node-2", cause="", decided_at=at)
        controller.move_records.append(move)
    answers = asked(
        connected, *(("GET", f"/v1/moves?{query}") for query in ("since=20", "until=20", "since=5&until=25"))
    )
    assert [[move["number"] for move in answer.json()["items"]] for answer in answers] == [[3, 2], [1], [2, 1]]


def test_events_end_where_they_are_not_followed(connected: Connected) -> None:
    answer = one(connected, "GET", "/v1/events?follow=false&after=1&kind=atom.,node.lost&subject=node-2/tin")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    parts = answer.text.split("\n\n")
    assert parts[0] == "retry: 2000"
    assert parts[1].startswith('id: 3\nevent: atom.started\ndata: {"number":3,')
    assert parts[2:] == [""]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("after=0&before=3", [1, 2]),
        ("after=1&before=3&follow=false", [2]),
        ("after=2&before=3", []),
        ("after=0&before=1", []),
        ("after=1&before=99", [2, 3]),
    ],
)
def test_events_before_a_number_are_a_part_of_the_past(connected: Connected, query: str, numbers: list[int]) -> None:
    lines = one(connected, "GET", f"/v1/events?{query}").text.splitlines()
    assert [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")] == numbers


def test_events_of_the_past_that_are_gone_are_a_gap_and_nothing_above_is_told(
    connected: Connected, controller: FakeController
) -> None:
    controller.pruned = 2
    answer = one(connected, "GET", "/v1/events?after=0&before=2").text
    assert answer.split("\n\n")[1:-1] == [
        'id: 1\nevent: gap\ndata: {"first":1,"last":1,"reason":"they are not kept any more"}'
    ]


def test_a_door_tells_of_foreign_nodes_and_asks_for_a_place(connected: Connected) -> None:
    told = {
        "nodes": [{"name": "arts-1", "kind": "arts", "functions": ["python:python3"], "max_atoms": 2}],
        "atoms": [{"name": "arts/a", "node": "arts-1"}],
    }
    answers = asked(
        connected,
        ("PUT", "/v1/foreign/arts", {"json": told}),
        ("GET", "/v1/nodes/arts-1"),
        ("POST", "/v1/place", {"json": {"spec": {"kinds": ["arts"], "pinned": "arts-1"}}}),
        ("POST", "/v1/place", {"json": {"spec": {"pinned": "arts-1"}}}),
        ("PUT", "/v1/foreign/arts", {"json": {"gone_nodes": ["arts-1"], "gone_atoms": ["arts/a"]}}),
        ("PUT", "/v1/foreign/arts", {"json": {"atoms": [{"name": "arts/b", "node": "node-1"}]}}),
    )
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 409]
    assert answers[0].json() == {"nodes": 1, "atoms": 1}
    assert answers[1].json()["facts"]["kind"] == "arts"
    assert answers[2].json()["choice"]["node"] == "arts-1"
    assert answers[3].json()["choice"]["node"] is None
    assert answers[4].json() == {"nodes": 0, "atoms": 0}
