"""WebSockets: numbered messages within windows, closes of all kinds, and atoms that say what they should not."""

import pytest

from sojourn.gateway.web.limit import MESSAGE_BYTES, WINDOW_MESSAGES
from tests.unit.gateway.web.conftest import ANSWER_S, ATOM, Stage, is_paused


def test_messages_come_back_in_order(stage: Stage) -> None:
    client, socket = stage.connect()
    stage.carry()
    said = [str(number).encode() for number in range(2000)]
    for each in said:
        socket.said(each, text=True)
        if client.paused:
            stage.carry()
    stage.carry()
    assert client.heard == said
    assert not is_paused(client)
    assert not client.ends


def test_what_is_said_before_it_is_accepted_waits(stage: Stage) -> None:
    client, socket = stage.connect()
    socket.said(b"early", text=True)
    assert is_paused(client)
    stage.carry()
    assert client.heard == [b"early"]
    assert not is_paused(client)


def test_no_more_than_a_window_is_on_its_way(stage: Stage) -> None:
    client, socket = stage.connect()
    stage.carry()
    stage.atom.credited = False
    for _ in range(WINDOW_MESSAGES):
        socket.said(b"x", text=False)
    assert not is_paused(client)
    socket.said(b"y", text=False)
    assert is_paused(client)
    stage.carry()
    assert len(client.heard) == WINDOW_MESSAGES
    stage.hub.ports[ATOM].send(stage.gate.name, b"1", type="ws.credit", subject="g-1")
    stage.streams.take(stage.gate.take())
    # The one that waited took what was granted.
    assert stage.asked()[-1].data == b"y"
    assert is_paused(client)


def test_a_client_that_does_not_read_grants_nothing(stage: Stage) -> None:
    client, socket = stage.connect(f"/flood?{WINDOW_MESSAGES}")
    client.clogged = True
    stage.carry()
    assert len(client.heard) == WINDOW_MESSAGES
    assert not [type_ for type_, _ in stage.said() if type_ == "ws.credit"]
    client.clogged = False
    socket.drained()
    assert stage.said()[-1] == ("ws.credit", str(WINDOW_MESSAGES).encode())


def test_an_atom_that_floods_is_cut_off(stage: Stage) -> None:
    client, _ = stage.connect(f"/flood?{WINDOW_MESSAGES + 1}")
    client.clogged = True
    stage.carry()
    assert client.ends == [1002]
    assert stage.atom.ended == ["1002 more messages than granted"]


def test_a_client_that_is_too_slow_is_closed(stage: Stage) -> None:
    client, _ = stage.connect("/flood?100")
    client.backlog = 50
    stage.carry()
    assert client.ends == [1013]
    assert stage.atom.ended[0].startswith("1013 ")


def test_the_atom_closes(stage: Stage) -> None:
    client, socket = stage.connect()
    stage.carry()
    socket.said(b"close 4001 bye", text=True)
    stage.carry()
    assert client.ends == [4001]
    socket.said(b"more", text=True)
    stage.carry()
    assert len(stage.streams) == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [(b"close ", 1000), (b"close 1000", 1000), (b"close 3000 x", 3000), (b"close 1006", 1002), (b"close no", 1002)],
)
def test_codes_of_the_atom(stage: Stage, said: bytes, code: int) -> None:
    client, socket = stage.connect()
    stage.carry()
    socket.said(said, text=True)
    stage.carry()
    assert client.ends == [code]


def test_the_client_closes(stage: Stage) -> None:
    _, socket = stage.connect()
    stage.carry()
    socket.closed(1001, "going")
    socket.closed(1006, "")
    stage.carry()
    assert stage.atom.ended == ["1001 going"]
    assert not stage.atom.streams
    assert not stage.gate.watched


def test_the_client_goes_before_it_is_accepted(stage: Stage) -> None:
    client, socket = stage.connect()
    socket.closed(1006, "the client went")
    stage.carry()
    assert not client.accepted
    assert not stage.atom.streams
    assert not stage.gate.calls


def test_the_end_of_the_atom(stage: Stage) -> None:
    client, _ = stage.connect()
    stage.carry()
    stage.hub.end(ATOM)
    stage.streams.take(stage.gate.take())
    assert client.ends == [1011]


def test_the_end_of_the_gateway(stage: Stage) -> None:
    client, _ = stage.connect()
    stage.carry()
    stage.streams.end()
    stage.carry()
    assert client.ends == [1001]
    assert stage.atom.ended == ["1001 the gateway ends"]


def test_the_atom_refuses(stage: Stage) -> None:
    client, _ = stage.connect("/no")
    stage.carry()
    assert client.ends == [(403, b"not here")]


def test_no_answer_in_time(stage: Stage) -> None:
    client, _ = stage.connect()
    stage.streams.tick(stage.now + ANSWER_S + 1)
    assert client.ends == [504]


def test_an_atom_restored_from_before_the_connection_says_so(stage: Stage) -> None:
    """An image that does not know the stream: its first message is answered by a close."""
    client, socket = stage.connect()
    stage.carry()
    stage.atom.streams.clear()
    socket.said(b"do you know me?", text=True)
    stage.carry()
    assert client.ends == [1012]
    assert len(stage.streams) == 0


@pytest.mark.parametrize(
    ("type_", "data", "place", "code"),
    [
        ("ws.text", b"x", "1", 1012),
        ("ws.text", b"x", "", 1012),
        ("ws.text", b"\xff", "0", 1007),
        ("ws.binary", bytes(MESSAGE_BYTES + 1), "0", 1009),
        ("ws.credit", b"", "", 1002),
        ("http.abort", b"I am done", "", 1011),
    ],
)
def test_what_an_atom_says_wrong(stage: Stage, type_: str, data: bytes, place: str, code: int) -> None:
    client, _ = stage.connect()
    stage.carry()
    stage.hub.ports[ATOM].send(stage.gate.name, data, type=type_, subject="g-1", content_type=place)
    stage.carry()
    assert client.ends == [code]
    assert len(stage.streams) == 0


@pytest.mark.parametrize(
    ("type_", "data"),
    [
        ("ws.accept", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("http.response", b"HTTP/1.1 101 Switching\r\n\r\n"),
        ("http.open", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("ws.accept", b"?"),
    ],
)
def test_an_answer_that_is_none(stage: Stage, type_: str, data: bytes) -> None:
    client, _ = stage.connect()
    event = stage.asked()[0]
    stage.hub.ports[ATOM].reply(event.call, data, type=type_, subject=event.subject)
    stage.streams.take(stage.gate.take())
    assert client.ends == [502]


def test_no_room_holds_the_client_and_loses_nothing(stage: Stage) -> None:
    client, socket = stage.connect()
    stage.carry()
    stage.hub.full.add(ATOM)
    said = [str(number).encode() for number in range(10)]
    for each in said:
        socket.said(each, text=True)
    assert is_paused(client)
    stage.hub.free(ATOM)
    stage.carry()
    assert client.heard == said
    assert not is_paused(client)


def test_no_room_for_many_holds_each_and_lets_each_go_on(stage: Stage) -> None:
    """They wait for the same atom; who has nothing left waiting goes on, also when others still wait."""
    clients = [stage.connect() for _ in range(50)]
    stage.carry()
    for round_ in range(5):
        stage.hub.full.add(ATOM)
        for client, socket in clients:
            socket.said(b"%d" % round_, text=True)
            assert is_paused(client)
        # Room for some of them, and not for the rest.
        stage.hub.free(ATOM)
        stage.hub.room = {ATOM: 20 * (round_ + 1)}
        stage.streams.take([])
        stage.hub.room = {}
        stage.carry()
        assert not any(client.paused for client, _ in clients)
    assert {b" ".join(client.heard) for client, _ in clients} == {b"0 1 2 3 4"}
