"""`sojourn send`, `call` and `watch`, over a realm that the test answers for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sojourn.cli.application import application
from sojourn.model import wire
from sojourn.model.errors import NodeError
from sojourn.model.node_errors import TimedOut, TooLarge, UnknownAtom
from tests.unit.fake_realm import MODULE, FakeBox, FakeRealm, atom_row, event

Ran = Callable[..., Result]


@pytest.fixture
def ran(realm: FakeRealm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Runs a command where there is an atom; errors of the tree come out as they are."""
    monkeypatch.chdir(tmp_path)
    realm.atoms["node-1/counter"] = atom_row("node-1/counter")

    def run(*arguments: str, **options: str | bytes) -> Result:
        result = CliRunner().invoke(application, list(arguments), **options)  # type: ignore[arg-type]
        if isinstance(result.exception, NodeError):
            raise result.exception
        return result

    return run


def posted(realm: FakeRealm) -> wire.PostRequest:
    request = realm.asked[-1][0]
    assert isinstance(request, wire.PostRequest)
    return request


def test_send_takes_data_from_where_it_is_told(ran: Ran, realm: FakeRealm, tmp_path: Path) -> None:
    assert ran("send", "counter").stdout == ""
    assert (posted(realm).event.data, posted(realm).event.content_type) == (b"", "")
    ran("send", "counter", "two words", "--type", "add", "--subject", "x", "--timeout", "2s")
    assert posted(realm).event == event("", b"two words", id=0, type="add", subject="x", content_type="text/plain")
    assert posted(realm).wait_ms == 2000
    ran("send", "counter", "{}", "--content-type", "application/json")
    assert posted(realm).event.content_type == "application/json"
    (tmp_path / "data").write_bytes(b"\x00\xff")
    ran("send", "counter", "--file", "data", "--interrupt")
    assert (posted(realm).event.data, posted(realm).event.content_type) == (b"\x00\xff", "")
    assert posted(realm).event.kind is wire.EventKind.INTERRUPT
    ran("send", "counter", "--file", "-", input=b"typed")
    assert posted(realm).event.data == b"typed"
    assert json.loads(ran("send", "counter", "--json").stdout) == {"id": 9}


def test_data_given_twice_is_a_usage_error(ran: Ran) -> None:
    result = ran("send", "counter", "data", "--file", "-")
    assert result.exit_code == 2
    assert "twice" in result.stderr


def test_the_beginning_of_a_name_is_enough(ran: Ran, realm: FakeRealm) -> None:
    ran("send", "coun", "x")
    assert posted(realm).to == "node-1/counter"


@pytest.mark.parametrize("command", ["send", "call"])
def test_an_unknown_name_brings_the_nearest(ran: Ran, command: str) -> None:
    with pytest.raises(UnknownAtom, match="no atom 'countre'") as raised:
        ran(command, "countre", "x")
    assert raised.value.hint == "did you mean node-1/counter?"


def test_call_prints_the_answer_as_it_is(ran: Ran, realm: FakeRealm, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"\x00\xff")
    assert ran("call", "counter", "--file", "data").stdout_bytes == b"\x00\xff"
    assert ran("call", "counter", "ping", "--timeout", "500ms").stdout == "ping"
    request = realm.asked[-1][0]
    assert isinstance(request, wire.CallRequest)
    assert request.wait_ms == 500
    told = json.loads(ran("call", "counter", "ping", "--type", "ask", "--json").stdout)
    assert (told["specversion"], told["type"], told["source"], told["data"]) == ("1.0", "ask", "node-1/counter", "ping")


def test_a_call_that_is_not_answered_says_what_to_do(ran: Ran, realm: FakeRealm) -> None:
    realm.answers[wire.CallRequest] = lambda *_: wire.FailedResponse(28, "node-1/counter did not answer", None)
    with pytest.raises(TimedOut, match="did not answer") as raised:
        ran("call", "counter")
    assert raised.value.hint


def test_watch_tells_ends_and_ends_with_the_last(ran: Ran, realm: FakeRealm) -> None:
    realm.atoms["node-1/counter"] = atom_row("node-1/counter", state=wire.AtomState.ENDED, status=3)
    assert ran("watch", "counter", "node-1/counter").stdout == "node-1/counter ended with status 3\n"
    assert json.loads(ran("watch", "counter", "--json").stdout) == {
        "atom": "node-1/counter",
        "status": 3,
        "reason": None,
    }
    assert realm.boxes == {}


def test_watch_prints_messages_to_an_alias(ran: Ran, realm: FakeRealm) -> None:
    came = (
        event("node-1/shop", b"3.50", type="price", subject="tea", content_type="text/plain"),
        event("node-1/shop", b"x" * 500),
        event("node-1/shop", b'{"eur": 3}', content_type="application/json"),
    )

    def opened(request: wire.OpenBoxRequest, _to: str | None) -> wire.Response:
        assert request.aliases == (wire.Alias("topic", "prices"),)
        realm.boxes["node-1/box-1"] = FakeBox(request.aliases)
        realm.boxes["node-1/box-1"].put(*came)
        return wire.PlacedResponse("node-1/box-1", "node-1", 1 << 32, ())

    realm.answers[wire.OpenBoxRequest] = opened
    result = ran("watch", "--alias", "topic:prices", "--count", "3")
    assert result.stdout.splitlines() == [
        "node-1/shop  price  tea  3.50",
        f"node-1/shop  {'x' * 200}\u2026",
        'node-1/shop  {"eur": 3}',
    ]
    assert result.stderr == "listening as node-1/box-1\n"
    lines = ran("watch", "--alias", "topic:prices", "--count", "3", "--json").stdout.splitlines()
    assert [json.loads(line).get("data") for line in lines] == ["3.50", None, {"eur": 3}]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [([], "nothing to watch"), (["--alias", "prices"], "SCOPE:ALIAS"), (["--count", "0"], "count")],
)
def test_a_watch_of_nothing_is_a_usage_error(ran: Ran, arguments: list[str], text: str) -> None:
    result = ran("watch", *arguments)
    assert result.exit_code == 2
    assert text in result.stderr


def test_start_names_an_atom(ran: Ran, realm: FakeRealm, tmp_path: Path) -> None:
    (tmp_path / "shop.wasm").write_bytes(MODULE)
    options = ["--atom", "shop", "--alias", "topic:prices", "--alias", "topic:news:all"]
    assert ran("start", *options, "shop.wasm").stdout == "shop\n"
    request = realm.asked[-1][0]
    assert isinstance(request, wire.StartRequest)
    assert request.aliases == (wire.Alias("topic", "prices"), wire.Alias("topic", "news:all"))
    assert ran("start", "--alias", "prices", "shop.wasm").exit_code == 2
    ran("start", "shop.wasm")
    request = realm.asked[-1][0]
    assert isinstance(request, wire.StartRequest)
    # What the module says of itself holds.
    assert (request.atom, request.aliases) == (None, None)


def test_keys_shows_all_parts_of_an_answer(ran: Ran, realm: FakeRealm) -> None:
    rows = [wire.KeyRow(b"count", 7, b"42"), wire.KeyRow(b"raw\xff", 3, b"\x00" * 100), wire.KeyRow(b"text", 9, b"")]

    def answer(request: wire.KeysRequest, _to: str | None) -> wire.Response:
        left = [row for row in rows if row.key.startswith(request.prefix) and row.key > request.after]
        return wire.KeyRowsResponse(tuple(left[:1]), more=len(left) > 1)

    realm.answers[wire.KeysRequest] = answer
    lines = ran("keys", "counter").stdout.splitlines()
    assert lines[0].split() == ["key", "version", "bytes", "value"]
    assert lines[1].split() == ["count", "7", "2", "42"]
    assert lines[2].split() == [r"raw\xff", "3", "100", r"\x00" * 60 + "…"]
    assert lines[3].split() == ["text", "9", "0"]
    only = json.loads(ran("keys", "counter", "te", "--json").stdout)
    assert only == [{"key": b"text".hex(), "version": 9, "value": ""}]
    assert "no keys" in ran("keys", "counter", "x").stderr


def test_no_more_is_read_than_a_message_may_have(ran: Ran) -> None:
    with pytest.raises(TooLarge, match="too large"):
        ran("send", "counter", "--file", "/dev/zero")
