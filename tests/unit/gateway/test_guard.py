"""Who may ask: tokens, scopes, other sites' pages."""

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sojourn.gateway.auth.file import TokenFile
from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.auth.token import new_token
from sojourn.gateway.http.application import Application
from sojourn.gateway.http.guard import guard_of
from sojourn.gateway.http.routes import ROUTES
from sojourn.model.errors import ConfigError, StorageError
from tests.unit.fake_controller import FakeController
from tests.unit.gateway.test_routes import Connected, one

NOW = 1_700_000_000.0

TRACES = "http://traces.test/trace/{trace}"


class Clock:
    """Time as the test says."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> TokenFile:
    return TokenFile(tmp_path / "realm" / "tokens.json", clock)


def test_every_route_but_those_about_itself_needs_a_token(connected: Connected) -> None:
    open_routes = []
    for route in ROUTES:
        path = route.path.format(
            node="node-1",
            scenario="s",
            birth="node-1",
            name="lua",
            digest="0" * 64,
            number=1,
            rollout="r",
            program="p",
            setting="s",
            door="arts",
            keeper="node-1",
            id=1,
        )
        answer = one(connected, route.method, path, bearer=None)
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == 'Bearer realm="sojourn"'
            assert answer.json()["name"] == "Unauthorized"
        else:
            open_routes.append(route.path)
    assert open_routes == ["/v1/health", "/v1/session"]


def test_a_session_tells_what_a_token_may(connected: Connected) -> None:
    told = {
        bearer: one(connected, "GET", "/v1/session", bearer=bearer).json()
        for bearer in (None, "nobody", "read", "atoms", "admin")
    }
    nothing: dict[str, object] = {"name": "", "scopes": [], "open": False, "trace_address": ""}
    assert told[None] == told["nobody"] == nothing
    assert told["read"] == {"name": "read", "scopes": ["read"], "open": False, "trace_address": TRACES}
    assert told["atoms"]["scopes"] == ["read", "atoms"]
    assert told["admin"]["scopes"] == [scope.value for scope in Scope]


def test_of_an_open_controller_a_session_may_all_but_with_a_wrong_token(connected: Connected) -> None:
    everything = {"name": "", "scopes": [scope.value for scope in Scope], "open": True, "trace_address": TRACES}
    assert one(connected, "GET", "/v1/session", bearer=None, is_open=True).json() == everything
    wrong = one(connected, "GET", "/v1/session", bearer="nobody", is_open=True)
    assert (wrong.status_code, wrong.json()) == (200, {"name": "", "scopes": [], "open": True, "trace_address": ""})
    origin = {"headers": {"origin": "http://elsewhere.example"}}
    assert one(connected, "GET", "/v1/session", bearer=None, is_open=True, **origin).status_code == 403


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_allows_what_it_says(connected: Connected, scope: Scope) -> None:
    asked = {
        Scope.READ: ("GET", "/v1/nodes", {}),
        Scope.ATOMS: ("POST", "/v1/atoms/node-1/lua/stop", {}),
        Scope.NODES: ("PUT", "/v1/nodes/node-1/cordon", {}),
        Scope.ADMIN: ("PUT", "/v1/settings/adapt.paused", {"json": {"value": "true"}}),
    }
    allowed = {
        needed
        for needed, (method, path, more) in asked.items()
        if one(connected, method, path, bearer=scope.value, **more).status_code == 200
    }
    expected = {Scope.ADMIN: set(asked), Scope.REACH: set[Scope]()}
    assert allowed == expected.get(scope, {Scope.READ, scope})
    if scope is Scope.READ:
        refused = one(connected, "PUT", "/v1/nodes/node-1/cordon", bearer="read")
        assert refused.status_code == 403
        assert 'scope="nodes"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer nobody", "Basic YWxsOg==", "bearer  all x", "Bearer \xff"]
)
def test_what_is_no_token_is_refused_also_where_none_is_needed(connected: Connected, header: str) -> None:
    for is_open in (False, True):
        answer = one(
            connected,
            "GET",
            "/v1/health",
            bearer=None,
            is_open=is_open,
            headers={"authorization": header.encode("latin-1")},
        )
        assert answer.status_code == 401


def test_an_open_controller_is_for_programs_of_its_machine(connected: Connected) -> None:
    def status(**headers: str) -> int:
        return one(connected, "PUT", "/v1/nodes/node-1/cordon", bearer=None, is_open=True, headers=headers).status_code

    assert status() == 200
    assert status(host="localhost:7480") == 200
    assert status(host="[::1]:7480") == 200
    # A name of another site that points to this machine, and a page of another site.
    assert status(host="evil.example:7480") == 403
    assert status(host="") == 403
    assert status(origin="https://evil.example") == 403
    assert status(origin="null") == 403
    assert status(origin="http://127.0.0.1:7480") == 200


def test_tokens_are_kept_as_hashes_in_a_private_file(tokens: TokenFile) -> None:
    text, token = new_token((Scope.ATOMS,), NOW, note="build server")
    tokens.add(token)
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
    written = tokens.path.read_text()
    assert text not in written
    assert text.rpartition("_")[2] not in written
    assert tokens.scopes_of(text) == (token.id, frozenset({Scope.ATOMS}))
    assert tokens.scopes_of(text + "x") is None
    assert tokens.scopes_of(text[:-1]) is None
    assert tokens.scopes_of("") is None
    assert [each.note for each in tokens.all()] == ["build server"]


def test_tokens_expire_and_are_revoked_while_the_controller_runs(tokens: TokenFile, clock: Clock) -> None:
    short, first = new_token((Scope.READ,), NOW, NOW + 10)
    lasting, second = new_token((Scope.READ,), NOW)
    other = TokenFile(tokens.path, clock)
    for token in (first, second):
        other.add(token)
    assert tokens.scopes_of(short)
    clock.now += 10
    assert tokens.scopes_of(short) is None
    assert tokens.scopes_of(lasting)
    other.revoke(second.id)
    assert tokens.scopes_of(lasting) is None
    with pytest.raises(ConfigError, match="there is no token"):
        other.revoke(second.id)


@pytest.mark.parametrize("contents", ["", "{", '{"tokens": 3}', '{"tokens": [{"id": "a"}]}', '{"token": []}', "\udcff"])
def test_a_damaged_file_is_an_error_and_allows_nothing(tokens: TokenFile, contents: str) -> None:
    tokens.path.parent.mkdir()
    tokens.path.write_bytes(contents.encode(errors="surrogateescape"))
    tokens.path.chmod(0o600)
    with pytest.raises(StorageError, match="is not a file of tokens"):
        tokens.scopes_of("sojourn_a_b")


def test_a_file_that_others_may_read_is_refused(tokens: TokenFile) -> None:
    text, token = new_token((Scope.ADMIN,), NOW)
    tokens.add(token)
    tokens.path.chmod(0o640)
    with pytest.raises(StorageError, match="others may read") as raised:
        tokens.scopes_of(text)
    assert raised.value.hint == f"chmod 600 {tokens.path}"


def test_a_guard_over_a_file(tokens: TokenFile, caplog: pytest.LogCaptureFixture) -> None:
    text, token = new_token((Scope.READ,), NOW)
    tokens.add(token)

    def status(guarded: Callable[[], httpx.ASGITransport], bearer: str | None) -> int:
        async def ask() -> int:
            headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
            async with httpx.AsyncClient(transport=guarded(), base_url="http://127.0.0.1", headers=headers) as client:
                return (await client.get("/v1/nodes")).status_code

        return asyncio.run(ask())

    def over(*, loopback: bool, always: bool) -> Callable[[], httpx.ASGITransport]:
        guard = guard_of(tokens, loopback=loopback, always=always)
        return lambda: httpx.ASGITransport(app=Application(FakeController(), guard).starlette())

    assert status(over(loopback=False, always=False), text) == 200
    assert status(over(loopback=False, always=False), None) == 401
    assert status(over(loopback=True, always=False), None) == 200
    assert status(over(loopback=True, always=True), None) == 401
    tokens.path.write_text("nonsense")
    assert status(over(loopback=False, always=False), text) == 500
    assert "is not a file of tokens" in caplog.text
