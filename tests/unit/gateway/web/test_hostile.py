"""Whatever clients and atoms do, in whatever order: nothing raises, each client hears of one end, and nothing grows."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.gateway.web.limit import AWAY_S, WAITING, WINDOW_BYTES
from sojourn.gateway.web.refusal import NoSuchAtom, Unavailable
from tests.unit.gateway.web.conftest import ANSWER_S, ATOM, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES = [
    "http.request", "http.open", "http.response", "http.data", "http.end", "http.abort", "http.credit", "http.failed",
    "ws.open", "ws.accept", "ws.text", "ws.binary", "ws.close", "ws.credit", "", "other",
]  # fmt: skip
DATA = st.one_of(
    st.sampled_from(
        [
            b"", b"1", b"65536", b"262144", b"-1", b"9" * 18, b"9" * 30, b"1000 bye", b"\xff\xfe",
            b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nbody", b"HTTP/1.1 101 Switching\r\n\r\n",
            b"HTTP/1.1 204 None\r\n\r\nbody", b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
        ]
    ),
    st.binary(max_size=40),
)  # fmt: skip
PLACES = st.sampled_from(["", "0", "1", "4", "x", "9" * 20])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 2)),
        st.tuples(st.just("say"), st.integers(0, 9), st.sampled_from(TYPES), DATA, PLACES),
        st.tuples(st.just("reply"), st.integers(0, 9), st.sampled_from(TYPES), DATA),
        st.tuples(st.just("client"), st.integers(0, 9), st.integers(0, 4), st.binary(max_size=300)),
        st.tuples(st.just("full"), st.booleans()),
        st.tuples(st.just("away"), st.booleans()),
        st.tuples(st.just("tick"), st.sampled_from([0.0, 1.0, ANSWER_S, AWAY_S])),
        st.tuples(st.just("end")),
    ),
    max_size=60,
)


class Hostile:
    """A gateway whose clients and atom do what is drawn."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.port: Any = self.stage.hub.ports[ATOM]
        self.clients: list[tuple[Any, Any]] = []
        self.calls: list[Any] = []

    def step(self, what: str, *more: Any) -> None:  # noqa: ANN401 -- as drawn
        getattr(self, f"do_{what}")(*more)
        self.stage.streams.take(self.stage.gate.take())
        self.calls += [event for event in self.port.take() if event.call]

    def do_ask(self, kind: int) -> None:
        ways: list[Callable[[], tuple[Any, Any]]] = [
            lambda: self.stage.ask("/x"),
            lambda: self.stage.open("/x", b"first"),
            self.stage.connect,
        ]
        # Nobody there, or no room.
        with suppress(NoSuchAtom, Unavailable):
            self.clients.append(ways[kind]())

    def do_say(self, number: int, type_: str, data: bytes, place: str) -> None:
        self.port.send(self.stage.gate.name, data, type=type_, subject=f"g-{number:x}", content_type=place)

    def do_reply(self, number: int, type_: str, data: bytes) -> None:
        if number < len(self.calls):
            event = self.calls[number]
            self.port.reply(event.call, data, type=type_, subject=event.subject)

    def do_client(self, number: int, what: int, data: bytes) -> None:
        if number >= len(self.clients):
            return
        client, stream = self.clients[number]
        if hasattr(client, "paused"):
            client.clogged = what == 4
            deeds = [
                lambda: None if client.paused or client.ends else stream.said(data, text=False),
                lambda: stream.closed(1000, "bye"),
                stream.drained,
                lambda: None,
                lambda: None,
            ]
        else:
            client.slow = what == 4
            deeds = [
                lambda: None if stream.full else stream.body(data),
                stream.body_end,
                lambda: stream.gone("the client went"),
                lambda: stream.passed(len(data)),
                lambda: None,
            ]
        deeds[what]()

    def do_full(self, full: bool) -> None:  # noqa: FBT001 -- as drawn
        self.stage.hub.full.add(ATOM) if full else self.stage.hub.free(ATOM)

    def do_away(self, away: bool) -> None:  # noqa: FBT001 -- as drawn
        if away:
            self.stage.hub.ports.pop(ATOM, None)
        else:
            self.stage.hub.ports[ATOM] = self.port

    def do_tick(self, seconds: float) -> None:
        self.stage.now += seconds
        self.stage.streams.tick(self.stage.now)

    def do_end(self) -> None:
        if ATOM in self.stage.hub.ports:
            self.stage.hub.end(ATOM)
            self.stage.hub.ports[ATOM] = self.port

    def check(self) -> None:
        """What holds at any time; the clients check their own order."""
        waiting = sum(len(each[2]) for letters in self.stage.streams.outbox._waiting.values() for each in letters)
        assert waiting <= (WINDOW_BYTES + 400) * (len(self.clients) + 1)
        assert all(len(each) < WAITING + 60 for each in self.stage.streams.outbox._waiting.values())
        for client, _ in self.clients:
            assert len(client.ends) <= 1
        assert len(self.stage.streams) == sum(not stream.over for _, stream in self.clients)


@given(STEPS)
@settings(max_examples=400, deadline=None)
def test_whatever_happens(steps: list[tuple[Any, ...]]) -> None:
    hostile = Hostile()
    for step in steps:
        hostile.step(*step)
        hostile.check()
    hostile.stage.streams.end()
    assert len(hostile.stage.streams) == 0
    assert not hostile.stage.gate.watched
    # Who was not ended by itself was told; who went by itself is told nothing.
    for client, stream in hostile.clients:
        assert stream.over
        assert len(client.ends) <= 1
    hostile.port.close()
    hostile.stage.gate.close()
