"""Messages as a client holds them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sojourn.model.event import Data, Event, alias_of, drafted, encoded, value_of
from sojourn.model.wire import EventKind

AT = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)


def came(data: bytes, content_type: str, **fields: Any) -> Event:  # noqa: ANN401 -- those of an event
    told = {"type": "", "subject": "", **fields}
    return Event(id=7, source="node-1/a", data=data, content_type=content_type, time=AT, **told)


@pytest.mark.parametrize(
    ("data", "body", "media"),
    [
        (b"\x00\xff", b"\x00\xff", ""),
        (bytearray(b"ab"), b"ab", ""),
        (memoryview(b"abc")[1:], b"bc", ""),
        ("gr\u00fc\u00df", "gr\u00fc\u00df".encode(), "text/plain"),
        ({"a": [1, None, "\u00fc"]}, '{"a":[1,null,"\u00fc"]}'.encode(), "application/json"),
        (None, b"null", "application/json"),
        (True, b"true", "application/json"),
    ],
)
def test_data_is_bytes_text_or_json(data: Data, body: bytes, media: str) -> None:
    assert encoded(data, None) == (body, media)
    assert encoded(data, "x/y") == (body, "x/y")
    assert value_of(body, media) == (bytes(data) if isinstance(data, bytearray | memoryview) else data)


@pytest.mark.parametrize(
    ("data", "error"), [(object(), TypeError), ({1, 2}, TypeError), (float("nan"), ValueError), ({"a": b""}, TypeError)]
)
def test_what_json_cannot_say_is_refused(data: Any, error: type[Exception]) -> None:  # noqa: ANN401 -- wrong on purpose
    with pytest.raises(error):
        encoded(data, None)


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON", "application/ld+json"])
def test_json_has_many_names(media: str) -> None:
    assert came(b"[1]", media).value == [1]


def test_a_cloudevent_has_what_the_specification_wants() -> None:
    event = came(b'{"eur":3}', "application/json", type="price.changed", subject="tea")
    assert event.to_cloudevent() == {
        "specversion": "1.0",
        "id": "7",
        "source": "node-1/a",
        "type": "price.changed",
        "subject": "tea",
        "time": "2031-05-04T03:02:01Z",
        "datacontenttype": "application/json",
        "data": {"eur": 3},
    }


def test_a_cloudevent_has_a_type_always_and_bytes_in_base64() -> None:
    told = came(b"\x00\xff", "").to_cloudevent()
    assert (told["type"], told["data_base64"]) == ("sojourn.message", "AP8=")
    assert "subject" not in told
    assert "data" not in told
    assert came(b"", "", kind=EventKind.ENDED).to_cloudevent()["type"] == "sojourn.ended"


@pytest.mark.parametrize(("data", "media"), [(b"{", "application/json"), (b"\xff", "text/plain")])
def test_data_that_is_not_what_it_says_stays_bytes(data: bytes, media: str) -> None:
    event = came(data, media)
    with pytest.raises(ValueError, match=r"."):
        _ = event.value
    assert "data_base64" in event.to_cloudevent()


def test_an_answer_is_expected_where_there_is_a_call() -> None:
    assert came(b"", "", call=3).expects_answer
    assert not came(b"", "").expects_answer


def test_a_draft_leaves_to_the_node_what_is_its_own() -> None:
    draft = drafted("x", "t", "s", kind=EventKind.INTERRUPT)
    assert (draft.id, draft.source, draft.call, draft.code) == (0, "", 0, 0)
    assert (draft.kind, draft.type, draft.subject, draft.content_type) == (EventKind.INTERRUPT, "t", "s", "text/plain")


def test_an_alias_is_a_scope_and_a_name() -> None:
    assert alias_of("topic:prices:tea") == ("topic", "prices:tea")
    for wrong in ("", "topic", "topic:", ":prices"):
        with pytest.raises(ValueError, match="SCOPE:ALIAS"):
            alias_of(wrong)
