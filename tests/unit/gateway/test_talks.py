"""Routes by which an atom is followed, talked to and looked into."""

import base64
import json
from collections.abc import Sequence

import httpx
import pytest
from msgspec import Struct, to_builtins

from sojourn.gateway.http.output import Output, OutputAgain, OutputEnd, OutputLost, Texts, Written, unfinished
from tests.unit.fake_controller import FakeController
from tests.unit.gateway.test_routes import Connected, asked, one

ATOM = "/v1/atoms/node-1/lua"
GRIN = "\N{GRINNING FACE}".encode()


def told(parts: Sequence[Output]) -> list[tuple[int, str, object]]:
    """What a stream tells of parts."""
    texts = Texts()
    found = [said for part in parts for said in texts.told(part)]
    assert all(isinstance(each.value, Struct) for each in found)
    return [(each.number, each.kind, to_builtins(each.value)) for each in found]


@pytest.mark.parametrize("at", range(len(GRIN) + 3))
def test_a_character_that_comes_in_two_parts_is_told_whole(at: int) -> None:
    data = b"a" + GRIN + b"b"
    parts = [Written(100, data[:at]), Written(100 + at, data[at:])]
    found = told([part for part in parts if part.data])
    assert "".join(str(value["text"]) for _, _, value in found) == data.decode()  # type: ignore[index]
    assert found[-1][0] == 100 + len(data)


@pytest.mark.parametrize("data", [b"\xff\xfe\n", b"\xc0\xaf", GRIN[1:] + b"x", b"\xed\xa0\x80x"])
def test_what_is_no_text_is_told_in_base64(data: bytes) -> None:
    assert told([Written(0, data)]) == [(len(data), "output", {"offset": 0, "base64": base64.b64encode(data).decode()})]


def test_half_a_character_is_told_when_nothing_follows_it() -> None:
    half = {"offset": 5, "base64": base64.b64encode(GRIN[:2]).decode()}
    text = (5, "output", {"offset": 0, "text": "hello"})
    rests = [Written(0, b"hello" + GRIN[:2]), Written(7, b"")]
    assert told(rests) == [text, (7, "output", half)]
    gone = OutputLost(offset=7, end=50, reason="r")
    assert told([Written(0, b"hello" + GRIN[:2]), gone]) == [text, (7, "output", half), (50, "lost", to_builtins(gone))]
    # What comes then is from somewhere else, and no continuation of it.
    found = told([Written(0, b"hello" + GRIN[:2]), Written(20, b"x")])
    assert found == [text, (7, "output", half), (21, "output", {"offset": 20, "text": "x"})]
    assert told([OutputAgain(offset=3, reason="r")])[0][:2] == (3, "again")
    assert told([OutputEnd(offset=9, over=True)])[0][:2] == (9, "end")


def test_unfinished_is_what_may_still_become_a_character() -> None:
    assert [unfinished(GRIN[:count]) for count in range(5)] == [0, 1, 2, 3, 0]
    assert [unfinished(data) for data in (b"\x80", b"\xf8", b"\xff", "é".encode(), b"a\xc3")] == [0, 0, 0, 0, 1]


def events_of(answer: httpx.Response) -> list[tuple[str, str, dict[str, object]]]:
    """Events of a stream that has ended: id, kind, data."""
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(("retry", ":")))
        if "data" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def test_output_is_followed_from_any_byte(connected: Connected, controller: FakeController) -> None:
    controller.written["node-1/lua stdout"] = b"one\ntwo\n" + b"\x00\x1b[31m\xff"
    controller.written["node-1/lua stderr"] = "\N{RIGHT-TO-LEFT OVERRIDE}<b>\r\n".encode()
    out, error, rest, resumed = asked(
        connected,
        ("GET", f"{ATOM}/output?follow=false"),
        ("GET", f"{ATOM}/output?follow=false&stream=stderr"),
        ("GET", f"{ATOM}/output?follow=false&offset=4"),
        ("GET", f"{ATOM}/output?follow=false&offset=0", {"headers": {"last-event-id": "13"}}),
    )
    assert events_of(out)[0][1] == "output"
    assert events_of(out)[-1] == ("15", "end", {"offset": 15, "over": False, "reason": ""})
    assert events_of(error)[0] == ("8", "output", {"offset": 0, "text": "\N{RIGHT-TO-LEFT OVERRIDE}<b>\r\n"})
    assert base64.b64decode(str(events_of(rest)[0][2]["base64"])) == b"two\n\x00\x1b[31m\xff"
    assert events_of(resumed)[0][2] == {"offset": 13, "base64": base64.b64encode(b"m\xff").decode()}


def test_what_is_gone_of_output_and_what_begins_again_is_told(connected: Connected, controller: FakeController) -> None:
    controller.written["node-1/lua stdout"] = b"0123456789"
    controller.lose(0, 4)
    lost, again = asked(
        connected, ("GET", f"{ATOM}/output?follow=false&offset=4"), ("GET", f"{ATOM}/output?follow=false&offset=99")
    )
    assert [(number, kind) for number, kind, _ in events_of(lost)] == [("4", "lost"), ("10", "output"), ("10", "end")]
    assert [kind for _, kind, _ in events_of(again)] == ["lost", "again", "output", "end"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/atoms/node-9/nobody/output", 404),
        (f"{ATOM}/output?stream=stdin", 422),
        (f"{ATOM}/output?offset=-1", 422),
        (f"{ATOM}/output?after=1", 422),
        ("/v1/atoms/NODE/x/output", 404),
    ],
)
def test_output_is_refused_before_the_stream_begins(connected: Connected, path: str, status: int) -> None:
    answer = one(connected, "GET", path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_messages_and_calls(connected: Connected) -> None:
    sent, called, twice, wrong, late = asked(
        connected,
        ("POST", f"{ATOM}/messages", {"json": {"text": "hello", "type": "greeting"}}),
        ("POST", f"{ATOM}/messages", {"json": {"text": "hello", "wait": True}}),
        ("POST", f"{ATOM}/messages", {"json": {"text": "x", "base64": "eA=="}}),
        ("POST", f"{ATOM}/messages", {"json": {"base64": "no base64!"}}),
        ("POST", f"{ATOM}/messages", {"json": {"wait": True, "timeout_s": 1e6}}),
    )
    assert sent.json() == {"number": 1}
    assert called.json() == {"answer": {"type": "echo", "text": "hello", "size_bytes": 1}}
    assert [each.status_code for each in (twice, wrong, late)] == [409, 422, 422]


def test_a_message_is_sent_once_by_its_key(connected: Connected, controller: FakeController) -> None:
    request = ("POST", f"{ATOM}/messages", {"json": {"text": "x"}, "headers": {"idempotency-key": "k"}})
    first, second = asked(connected, request, request)
    assert first.json() == second.json() == {"number": 1}
    assert controller.sent == 1


def test_input_is_text_or_its_end(connected: Connected, controller: FakeController) -> None:
    answers = asked(
        connected, ("POST", f"{ATOM}/input", {"json": {"text": "line\n"}}), ("POST", f"{ATOM}/input", {"json": {}})
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert controller.inputs == [b"line\n", b""]


def test_frames_come_in_parts(connected: Connected) -> None:
    fresh, further, none, beyond = asked(
        connected,
        ("POST", f"{ATOM}/inspection"),
        ("GET", f"{ATOM}/images/node-1/1/inspection?first=200&most=100"),
        ("GET", f"{ATOM}/images/node-2/1/inspection"),
        ("GET", f"{ATOM}/images/node-1/1/inspection?first=9007199254740991"),
    )
    assert [frame["depth"] for frame in fresh.json()["frames"]] == list(range(100))
    assert [frame["depth"] for frame in further.json()["frames"]] == list(range(200, 250))
    assert (none.status_code, beyond.json()["frames"]) == (404, [])


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", f"{ATOM}/messages"), ("POST", f"{ATOM}/input"), ("POST", f"{ATOM}/inspection")],
)
def test_who_only_reads_talks_with_nobody(connected: Connected, method: str, path: str) -> None:
    assert one(connected, method, path, bearer="read", json={}).status_code == 403
