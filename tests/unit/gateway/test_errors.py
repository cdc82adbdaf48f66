"""What is wrong is told: what, where, and what to do."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import Response

from sojourn.gateway.http import application, limit, reading
from sojourn.gateway.http.problem import STATUS, status_of
from sojourn.gateway.http.repetition import Repetitions
from sojourn.model import errors, node_errors
from tests.unit.fake_controller import LUA, FakeController
from tests.unit.gateway.test_routes import Connected, asked, one

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "pointer", "text", "hint"),
    [
        ({"modul": LUA}, "/modul", "the body has no field 'modul'", "did you mean module?"),
        ({"module": 3}, "/module", "module has to be text, not a whole number", ""),
        ({}, "", "module is missing", "it is needed"),
        ({"module": "xyz"}, "/module", "module has to match ^[0-9a-f]{64}$", ""),
        ({"module": LUA, "spec": {"cores": -1}}, "/spec/cores", "spec.cores has to be a number >= 0", ""),
        (
            {"module": LUA, "spec": {"objektive": ""}},
            "/spec/objektive",
            "spec has no field 'objektive'",
            "did you mean objective?",
        ),
        ({"module": LUA, "aliases": [{"scope": "a"}]}, "/aliases/0", "aliases.0.alias is missing", "it is needed"),
        ({"module": LUA, "mounts": {"/a": {"files": {"b": 1}}}}, "/mounts/files", "has to be text in base64", ""),
        ({"module": LUA, "spec": {"restart": "often"}}, "/spec/restart", "spec.restart has to match", ""),
        ({"module": LUA, "node": "NODE"}, "/node", "node has to match", ""),
        (["module"], "", "the body has to be an object, not a list", ""),
    ],
)
def test_a_wrong_body_is_told_with_its_place(
    connected: Connected, body: object, pointer: str, text: str, hint: str
) -> None:
    answer = one(connected, "POST", "/v1/atoms", json=body)
    told = answer.json()
    assert (answer.status_code, told["name"], told.get("where")) == (422, "Invalid", "body")
    assert told.get("pointer", "") == pointer
    assert text in told["detail"]
    assert told["hint"] == hint or not hint


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"nul", b"\xff\xfe", b'{"module": "\xed\xa0\x80"}', b"[" * 100_000, b'{"module": NaN}', b"{}{}"],
)
def test_what_is_no_json_is_a_bad_request(connected: Connected, content: bytes) -> None:
    answer = one(connected, "POST", "/v1/atoms", content=content, headers=JSON)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "pointer", "text"),
    [
        ("limit=0", "limit", "limit has to be a whole number >= 1"),
        ("limit=ten", "limit", "limit has to be a whole number, not text"),
        ("limit=1&limit=2", "limit", "the query says 'limit' twice"),
        ("limits=1", "limits", "the query has no parameter 'limits'"),
        ("cursor=%21%21", "cursor", "cursor has to match"),
        ("state=null", "state", "state cannot be null"),
        ("state=away", "state", "state is wrong"),
        ("&".join(f"a{number}=1" for number in range(100)), "", "more than 64 parameters"),
    ],
)
def test_a_wrong_query_is_told_with_its_parameter(connected: Connected, query: str, pointer: str, text: str) -> None:
    answer = one(connected, "GET", f"/v1/nodes?{query}")
    told = answer.json()
    assert (answer.status_code, told["where"], told.get("pointer", "")) == (422, "query", pointer)
    assert text in told["detail"]


def test_paths_and_methods_that_there_are_not(connected: Connected) -> None:
    answers = asked(
        connected,
        ("GET", "/v1/nothing"),
        ("GET", "/"),
        ("GET", "/v1/nodes/"),
        ("GET", "/v1/atoms/node-1/nobody"),
        ("GET", "/v1/atoms/NODE/lua"),
        ("GET", "/v1/atoms/node-1/..%2f..%2fetc"),
        ("DELETE", "/v1/nodes/node-1"),
        ("TRACE", "/v1/nodes"),
        ("POST", "/v1/openapi.json"),
    )
    assert [answer.status_code for answer in answers] == [404] * 6 + [405] * 3
    assert answers[3].json()["name"] == "UnknownAtom"
    assert answers[3].json()["code"] == 1
    assert answers[6].headers["allow"] == "GET, HEAD"
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in answers)


def test_media_types_are_agreed_on(connected: Connected) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answers = asked(
        connected,
        ("POST", "/v1/atoms", {"content": b"module=x", "headers": form}),
        ("POST", "/v1/modules", {"json": {}}),
        ("GET", "/v1/nodes", {"headers": {"accept": "text/html"}}),
        ("GET", "/v1/nodes", {"headers": {"accept": "text/html, application/*;q=0.5"}}),
        ("GET", "/v1/nodes", {"headers": {"accept": "application/json;q=0, */*"}}),
        ("GET", "/v1/nodes", {"headers": {"accept": "application/json;q=x"}}),
        ("GET", "/v1/events", {"headers": {"accept": "application/json"}}),
        ("GET", "/v1/nodes", {"content": b"{}"}),
    )
    assert [answer.status_code for answer in answers] == [415, 415, 406, 200, 406, 200, 406, 400]
    assert "Content-Type: application/wasm" in answers[1].json()["hint"]


def test_bodies_are_bounded(connected: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.gateway.http.route.MODULE_BYTES", 100)
    large = b'{"module": "' + b"a" * limit.BODY_BYTES + b'"}'

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"a" * (limit.BODY_BYTES // 32)

    async def chunked() -> httpx.Response:
        async with connected() as client:
            return await client.post("/v1/atoms", content=parts(), headers=JSON)

    for answer in (
        one(connected, "POST", "/v1/atoms", content=large, headers=JSON),
        one(connected, "POST", "/v1/modules", content=b"a" * 101, headers={"content-type": "application/wasm"}),
        asyncio.run(chunked()),
    ):
        assert (answer.status_code, answer.json()["name"]) == (413, "BodyTooLarge")
    assert one(connected, "GET", "/v1/nodes", headers={"content-length": "x"}).status_code == 400


def test_an_expression_is_told_with_the_place_that_is_wrong(connected: Connected) -> None:
    told = one(connected, "PATCH", "/v1/atoms/node-1/lua", json={"objective": "2 * nonsense"}).json()
    assert (told["name"], told["expression"], told["start"], told["end"]) == ("ExpressionError", "2 * nonsense", 4, 12)
    assert told["hint"] == "did you mean load?"


def test_who_does_not_lead_says_who_does(connected: Connected, controller: FakeController) -> None:
    controller.leads = False
    refused, read, health = asked(
        connected, ("PUT", "/v1/nodes/node-1/cordon"), ("GET", "/v1/nodes"), ("GET", "/v1/health")
    )
    assert (refused.status_code, read.status_code) == (503, 200)
    assert refused.headers["location"] == "http://127.0.0.1:7481/v1/nodes/node-1/cordon"
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["leader"] == "http://127.0.0.1:7481"
    assert health.json()["role"] == "following"


def test_busy_is_to_be_tried_again(connected: Connected, controller: FakeController) -> None:
    controller.failing = node_errors.Busy("it is being moved")
    answer = one(connected, "POST", "/v1/atoms/node-1/lua/stop")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["definite"]) == (429, "1", True)


def test_what_should_not_fail_tells_nothing_of_itself(connected: Connected, controller: FakeController) -> None:
    controller.failing = RuntimeError("the password is 123")
    answer = one(connected, "GET", "/v1/atoms", headers={"x-request-id": "mine"})
    assert (answer.status_code, answer.json()["name"], answer.json()["definite"]) == (500, "Internal", False)
    assert "123" not in answer.text
    assert answer.headers["x-request-id"] == "mine"
    assert answer.json()["instance"] == "urn:sojourn:request:mine"
    other = one(connected, "GET", "/v1/atoms", headers={"x-request-id": "a b"})
    assert other.headers["x-request-id"] != "a b"


def test_every_error_has_a_status() -> None:
    def below(kind: type[errors.SojournError]) -> list[type[errors.SojournError]]:
        return [kind, *(found for each in kind.__subclasses__() for found in below(each))]

    for kind in below(errors.SojournError):
        assert 400 <= status_of(kind) < 600, kind
    assert all(status_of(kind) == status for kind, status in STATUS.items())


def test_answers_have_tags(connected: Connected, controller: FakeController) -> None:
    first = one(connected, "GET", "/v1/nodes")
    tag = first.headers["etag"]
    again = one(connected, "GET", "/v1/nodes", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    controller.node_records.pop("node-3")
    assert one(connected, "GET", "/v1/nodes", headers={"if-none-match": tag}).status_code == 200
    head = one(connected, "HEAD", "/v1/nodes")
    assert (head.status_code, head.content) == (200, b"")


async def until_waiting(controller: FakeController) -> None:
    """Waits until a start has come to the controller."""
    while not controller.waiting:  # noqa: ASYNC110 -- what is waited for tells nobody
        await asyncio.sleep(0)


def test_a_repeated_start_starts_once(connected: Connected, controller: FakeController) -> None:
    async def run() -> list[httpx.Response]:
        controller.delay = asyncio.Event()
        body = {"module": LUA, "program": "new"}
        async with connected() as client:

            async def ask(key: str, sent: dict[str, str]) -> httpx.Response:
                return await client.post("/v1/atoms", json=sent, headers={"idempotency-key": key})

            first = asyncio.ensure_future(ask("k1", body))
            await until_waiting(controller)
            meanwhile = await ask("k1", body)
            controller.delay.set()
            return [
                await first,
                meanwhile,
                await ask("k1", body),
                await ask("k1", {**body, "program": "other"}),
                await ask("k2", body),
                await ask("\x7f", body),
                await ask("k3", {**body, "module": "0" * 64}),
                await ask("k3", body),
            ]

    answers = asyncio.run(run())
    assert [answer.status_code for answer in answers] == [201, 409, 201, 422, 201, 422, 404, 201]
    assert answers[0].json() == answers[2].json() != answers[4].json()
    assert controller.starts == 3


def test_kept_answers_are_bounded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.gateway.http.repetition.KEPT_ANSWERS", 2)
    now = 0.0
    kept = Repetitions(lambda: now)
    done: list[str] = []

    async def ask(key: str) -> None:
        async def work() -> Response:
            done.append(key)
            return Response(key)

        await kept.once(("", key), b"", work)

    for key in ("a", "b", "a", "c", "a", "c"):
        asyncio.run(ask(key))
    assert done == ["a", "b", "c", "a"]
    now = limit.KEPT_S + 1
    asyncio.run(ask("c"))
    assert done[-1] == "c"


def test_what_takes_too_long_is_told_to_be_open(
    connected: Connected, controller: FakeController, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "HANDLER_S", 0.05)

    async def run() -> httpx.Response:
        controller.delay = asyncio.Event()
        async with connected() as client:
            answer = await client.post("/v1/atoms", json={"module": LUA})
            controller.delay.set()
            # It is carried on all the same.
            while not controller.starts:  # noqa: ASYNC110 -- what is waited for tells nobody
                await asyncio.sleep(0)
            return answer

    answer = asyncio.run(run())
    assert (answer.status_code, answer.json()["name"], answer.json()["definite"]) == (504, "TookTooLong", False)


def test_work_is_bounded(connected: Connected, controller: FakeController, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "REQUESTS", 1)

    async def run() -> list[int]:
        controller.delay = asyncio.Event()
        async with connected() as client:
            first = asyncio.ensure_future(client.post("/v1/atoms", json={"module": LUA}))
            await until_waiting(controller)
            refused = await client.get("/v1/nodes")
            controller.delay.set()
            return [(await first).status_code, refused.status_code, (await client.get("/v1/nodes")).status_code]

    assert asyncio.run(run()) == [201, 429, 200]


def test_a_weight_that_is_none_is_a_yes() -> None:
    assert reading.accepts("application/json;q=nonsense", "application/json")
    assert not reading.accepts("application/json;q=0", "application/json")
    assert reading.accepts("", "application/json")
