"""Requests and answers: bodies in pieces within windows, ends of all kinds, and atoms that say what they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.gateway.web.limit import AWAY_S, PIECE_BYTES, WINDOW_BYTES
from sojourn.gateway.web.refusal import NoSuchAtom, Unavailable
from tests.unit.gateway.web.conftest import ANSWER_S, ATOM, Stage, is_full


def test_a_request_is_answered(stage: Stage) -> None:
    client, exchange = stage.ask("/hello")
    stage.carry()
    assert client.begun is not None
    assert client.begun.status == 200
    assert (bytes(client.body), client.ends) == (b"hello\n", ["end"])
    assert exchange.over
    assert len(stage.streams) == 0


def test_a_long_body_comes_whole_within_its_window(stage: Stage) -> None:
    client, exchange = stage.open("/count", b"x" * 1000)
    stage.atom.credited = False
    sent = 1000
    while not exchange.full:
        exchange.body(bytes(30_000))
        sent += 30_000
    stage.carry()
    # No more than a window is on its way; what was too much waits here.
    assert stage.atom.streams["g-1"].came == WINDOW_BYTES
    assert client.rooms == 0
    stage.atom.credited = True
    stage.atom.grant("g-1", stage.atom.streams["g-1"], 0)
    stage.carry()
    assert client.rooms
    assert not is_full(exchange)
    exchange.body_end()
    stage.carry()
    assert (bytes(client.body), client.ends) == (str(sent).encode(), ["end"])


def test_pieces_are_no_larger_than_they_may_be(stage: Stage) -> None:
    _, exchange = stage.open("/count")
    exchange.body(bytes(200_000))
    assert [len(event.data) for event in stage.asked()[1:]] == [
        PIECE_BYTES,
        PIECE_BYTES,
        PIECE_BYTES,
        200_000 % PIECE_BYTES,
    ]


@given(st.lists(st.binary(max_size=100_000), max_size=8), st.booleans())
def test_what_goes_in_comes_back(parts: list[bytes], slow: bool) -> None:  # noqa: FBT001 -- drawn
    stage = Stage()
    client, exchange = stage.open("/back")
    client.slow = slow
    waiting = list(parts)
    passed = 0
    for _ in range(2000):
        if waiting and not exchange.full:
            exchange.body(waiting.pop(0))
            if not waiting:
                exchange.body_end()
        stage.carry()
        # A client that is slow has no more than a window waiting for it.
        assert len(client.body) - passed <= WINDOW_BYTES
        if slow and passed < len(client.body):
            exchange.passed(len(client.body) - passed)
            passed = len(client.body)
        if not waiting and not parts:
            exchange.body_end()
        if client.ends:
            break
    assert (bytes(client.body), client.ends) == (b"".join(parts), ["end"])
    assert len(stage.streams) == 0
    stage.gate.close()
    stage.atom.port.close()


def test_events_come_one_by_one_until_the_client_goes(stage: Stage) -> None:
    client, exchange = stage.ask("/events")
    stage.carry()
    stage.atom.event("one")
    stage.carry()
    stage.atom.event("two")
    stage.carry()
    assert bytes(client.body) == b"data: one\n\ndata: two\n\n"
    assert not client.ends
    assert stage.gate.watched == {ATOM}
    exchange.gone("the client went")
    stage.carry()
    assert stage.atom.ended == ["the client went"]
    assert not stage.atom.streams
    assert not stage.gate.watched


def test_an_answer_before_the_end_of_the_request_ends_it(stage: Stage) -> None:
    client, exchange = stage.open("/count")
    event = stage.asked()[0]
    stage.hub.ports[ATOM].reply(event.call, b"HTTP/1.1 413 Too Large\r\n\r\nno", type="http.response", subject="g-1")
    stage.streams.take(stage.gate.take())
    assert client.begun is not None
    assert client.begun.status == 413
    assert client.ends == ["end"]
    exchange.body(b"more")
    exchange.body_end()
    assert not stage.asked()


def test_the_end_of_an_atom(stage: Stage) -> None:
    unanswered, _ = stage.ask("/silent")
    begun, _ = stage.ask("/events")
    stage.carry()
    stage.hub.end(ATOM)
    stage.streams.take(stage.gate.take())
    assert unanswered.ends == [502]
    assert len(begun.ends) == 1
    assert str(begun.ends[0]).startswith(f"cut: {ATOM}: ")
    with pytest.raises(NoSuchAtom):
        stage.ask("/hello")


def test_no_answer_in_time(stage: Stage) -> None:
    client, _ = stage.ask("/silent")
    events, _ = stage.ask("/events")
    stage.carry()
    stage.streams.tick(stage.now + ANSWER_S)
    assert not client.ends
    stage.streams.tick(stage.now + ANSWER_S + 0.1)
    assert client.ends == [504]
    assert not events.ends
    assert not stage.gate.calls
    stage.carry()
    assert stage.atom.ended == [f"{ATOM} did not answer within 5 s"]


def test_no_room_is_not_an_error_of_a_body_under_way(stage: Stage) -> None:
    client, exchange = stage.open("/count")
    stage.carry()
    stage.hub.full.add(ATOM)
    exchange.body(b"a" * 100)
    assert exchange.full
    exchange.body(b"b" * 100)
    exchange.body_end()
    with pytest.raises(Unavailable) as caught:
        stage.ask("/hello")
    assert caught.value.headers == {"retry-after": "1"}
    stage.hub.free(ATOM)
    stage.carry()
    assert (bytes(client.body), client.ends) == (b"200", ["end"])


def test_no_room_for_a_request(stage: Stage) -> None:
    stage.hub.full.add(ATOM)
    with pytest.raises(Unavailable):
        stage.ask("/hello")
    assert len(stage.streams) == 0


def test_head_has_no_body(stage: Stage) -> None:
    client, _ = stage.ask("/hello", method="HEAD")
    stage.carry()
    assert (bytes(client.body), client.ends) == (b"", ["end"])


def test_an_atom_that_gives_up(stage: Stage) -> None:
    client, _ = stage.ask("/half")
    stage.carry()
    assert bytes(client.body) == b"12345"
    assert client.ends == [f"cut: {ATOM} gave up: enough"]


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("http.response", b"this is no HTTP"),
        ("http.response", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfour"),
        ("http.response", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("http.response", b"HTTP/1.1 101 Switching\r\n\r\n"),
        ("http.response", b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1 << 20)),
        ("ws.accept", b"HTTP/1.1 101 Switching\r\n\r\n"),
        ("http.failed", b"no"),
        ("", b""),
    ],
)
def test_an_answer_that_is_none(stage: Stage, type_: str, data: bytes) -> None:
    client, _ = stage.ask("/hello")
    event = stage.asked()[0]
    stage.hub.ports[ATOM].reply(event.call, data, type=type_, subject=event.subject)
    stage.streams.take(stage.gate.take())
    assert client.ends == [502]
    assert len(stage.streams) == 0


@pytest.mark.parametrize(
    ("type_", "data", "place"),
    [
        ("http.data", b"x", "1"),
        ("http.data", b"x", ""),
        ("http.data", b"x", "-0"),
        ("http.end", b"", "7"),
        ("http.end", b"", "0"),  # before the length that was told
        ("http.data", b"123456", "0"),  # beyond it
        ("http.credit", b"much", ""),
        ("http.credit", b"1" * 19, ""),
        ("http.abort", b"\xff", ""),
    ],
)
def test_what_an_atom_says_wrong_ends_its_stream(stage: Stage, type_: str, data: bytes, place: str) -> None:
    client, _ = stage.ask("/hello")
    event = stage.asked()[0]
    port = stage.hub.ports[ATOM]
    port.reply(event.call, b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", type="http.open", subject=event.subject)
    port.send(event.source, data, type=type_, subject=event.subject, content_type=place)
    stage.streams.take(stage.gate.take())
    assert str(client.ends[0]).startswith("cut")
    assert len(stage.streams) == 0


def test_more_than_was_granted_is_too_much(stage: Stage) -> None:
    client, _ = stage.ask("/hello")
    client.slow = True
    event = stage.asked()[0]
    port = stage.hub.ports[ATOM]
    port.reply(event.call, b"HTTP/1.1 200 OK\r\n\r\n", type="http.open", subject=event.subject)
    for number in range(5):
        place = str(number * PIECE_BYTES)
        port.send(event.source, bytes(PIECE_BYTES), type="http.data", subject=event.subject, content_type=place)
    stage.streams.take(stage.gate.take())
    assert client.ends == [f"cut: {ATOM} sent more than it was granted"]
    assert len(client.body) == WINDOW_BYTES


def test_others_have_no_say_in_a_stream(stage: Stage) -> None:
    client, _ = stage.ask("/events")
    stage.carry()
    other = stage.hub.port("n1/other")
    for type_ in ("http.data", "http.end", "http.abort", "http.credit"):
        other.send(stage.gate.name, b"0", type=type_, subject="g-1", content_type="0")
    stage.carry()
    assert not client.ends
    assert not client.body
    other.close()


def test_streams_that_nobody_knows_are_ended_at_the_other_side(stage: Stage) -> None:
    port = stage.hub.ports[ATOM]
    for type_ in ("http.data", "ws.text", "ws.binary", "http.end", "http.credit", "ws.close", "http.abort"):
        port.send(stage.gate.name, b"x", type=type_, subject="g-77")
    stage.streams.take(stage.gate.take())
    said = [(type_, data[:4]) for type_, data in stage.said()]
    assert said == [("http.abort", b"ther"), ("ws.close", b"1012"), ("ws.close", b"1012")]


def test_when_the_gateway_ends(stage: Stage) -> None:
    events, _ = stage.ask("/events")
    silent, _ = stage.ask("/silent")
    stage.carry()
    stage.streams.end()
    assert events.ends == ["cut: the gateway ends"]
    assert silent.ends == [503]
    assert len(stage.streams) == 0


def test_an_atom_whose_node_is_lost_may_come_back(stage: Stage) -> None:
    client, exchange = stage.open("/count")
    stage.carry()
    port = stage.hub.ports.pop(ATOM)
    exchange.body(b"x" * 100)
    assert is_full(exchange)
    exchange.body_end()
    stage.streams.tick(stage.now)
    assert not client.ends
    stage.hub.ports[ATOM] = port
    stage.streams.tick(stage.now)
    stage.carry()
    assert (bytes(client.body), client.ends) == (b"100", ["end"])


def test_an_atom_that_is_away_for_too_long_takes_all_its_streams_along(stage: Stage) -> None:
    """However many: each is told once."""
    clients = [stage.open("/count") for _ in range(3000)]
    stage.carry()
    for _, exchange in clients:
        exchange.deadline = 0.0
    del stage.hub.ports[ATOM]
    clients[0][1].body(b"x")
    stage.streams.tick(stage.now)
    stage.streams.tick(stage.now + AWAY_S)
    assert not clients[0][0].ends
    stage.streams.tick(stage.now + AWAY_S + 1)
    assert {str(client.ends) for client, _ in clients} == {"[502]"}
    assert len(stage.streams) == 0
