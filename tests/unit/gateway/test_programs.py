"""Routes of programs over a controller in memory."""

import base64

import pytest

from tests.unit.fake_controller import LUA
from tests.unit.gateway.test_routes import Connected, asked, one

PART = {
    "part": "board",
    "module": LUA,
    "arguments": ["-e", "1"],
    "environment": {"KEY": "secret"},
    "mounts": {"/data": {"files": {"a": base64.b64encode(b"\0\1").decode()}}},
    "stdin": base64.b64encode(b"in").decode(),
    "aliases": [{"scope": "topic", "alias": "moves"}],
    "spec": {"policy": "spread", "periodic": {"period_ms": 10, "work_ms": 1, "deadline_ms": 5}},
    "node": "node-2",
}
CHESS = {"description": "two players", "strategy": "all_for_one", "parts": [PART]}
CHESS_AT = "/v1/programs/chess"


def test_a_program_is_put_started_stopped_and_removed(connected: Connected) -> None:
    put, started, refused, stopped, removed, gone = asked(
        connected,
        ("PUT", CHESS_AT, {"json": CHESS}),
        ("POST", f"{CHESS_AT}/start"),
        ("DELETE", CHESS_AT),
        ("POST", f"{CHESS_AT}/stop", {"json": {"discard": True}}),
        ("DELETE", CHESS_AT),
        ("GET", CHESS_AT),
    )
    assert put.json()["state"] == "stopped"
    assert put.json()["description"] == "two players"
    assert started.json()["state"] == "running"
    assert [part["part"] for part in started.json()["parts"]] == ["board"]
    assert (refused.status_code, refused.json()["name"]) == (409, "Declined")
    assert stopped.json()["wish"] == "stop"
    assert removed.status_code == 200
    assert (gone.status_code, gone.json()["name"]) == (404, "UnknownProgram")


def test_what_was_put_can_be_put_again(connected: Connected) -> None:
    _, first, again, second = asked(
        connected,
        ("PUT", CHESS_AT, {"json": CHESS}),
        ("GET", f"{CHESS_AT}/definition"),
        ("PUT", CHESS_AT, {"json": CHESS}),
        ("GET", f"{CHESS_AT}/definition"),
    )
    assert again.status_code == 200
    told = first.json()
    assert told == second.json()
    assert {key: told["parts"][0][key] for key in ("part", "arguments", "environment", "stdin", "node")} == {
        key: PART[key] for key in ("part", "arguments", "environment", "stdin", "node")
    }
    assert asked(connected, ("PUT", CHESS_AT, {"json": told}))[0].status_code == 200


def test_who_may_only_look_sees_no_environment(connected: Connected) -> None:
    (put,) = asked(connected, ("PUT", CHESS_AT, {"json": CHESS}))
    assert put.status_code == 200
    seen = one(connected, "GET", CHESS_AT, bearer="read", is_open=False)
    assert seen.status_code == 200
    assert "secret" not in seen.text
    hidden = one(connected, "GET", f"{CHESS_AT}/definition", bearer="read", is_open=False)
    assert hidden.status_code == 403


@pytest.mark.parametrize(
    ("part", "status", "text"),
    [
        ({"part": "a", "module": "cd" * 32}, 404, "there is no module"),
        ({"part": "a", "module": LUA, "runs_as": "node-1/none"}, 404, "node-1/none"),
        ({"part": "a" * 23, "module": LUA}, 422, "part"),
        ({"part": "a", "module": LUA, "colour": "red"}, 422, "colour"),
        ({"module": LUA}, 422, "part"),
    ],
)
def test_a_part_that_cannot_be_is_refused(connected: Connected, part: object, status: int, text: str) -> None:
    answer = one(connected, "PUT", CHESS_AT, json={"parts": [part]})
    assert answer.status_code == status
    assert text in answer.text


def test_programs_come_in_parts(connected: Connected) -> None:
    *_, first, second = asked(
        connected,
        ("PUT", "/v1/programs/a", {"json": CHESS}),
        ("PUT", "/v1/programs/b", {"json": CHESS}),
        ("GET", "/v1/programs?limit=1"),
        ("GET", f"/v1/programs?limit=1&cursor={b'a'.hex()}"),
    )
    assert [row["name"] for row in first.json()["items"]] == ["a"]
    assert first.json()["next"] == b"a".hex()
    assert [row["name"] for row in second.json()["items"]] == ["b"]
    assert "next" not in second.json()
