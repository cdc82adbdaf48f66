"""Channels of atoms by a port that may have no room."""

import pytest

from sojourn.app.doors.arts.streams import CHANNEL, STDIN, WAITING, WAITING_BYTES, Streams
from sojourn.model.node_errors import Busy, TooLarge, UnknownAtom


class Full:
    """A port that takes as many messages as it is told."""

    name = "arts/.arts"

    def __init__(self) -> None:
        self.room = 1000
        self.sent: list[tuple[str, str, bytes]] = []
        self.known = True

    def send(self, to: str, data: bytes, *, type: str = "", subject: str = "", content_type: str = "") -> int:  # noqa: A002
        assert (type, content_type) == (CHANNEL, "")
        if not self.known:
            raise UnknownAtom(to)
        if data == b"large":
            raise TooLarge("too large")
        if not self.room:
            raise Busy("full")
        self.room -= 1
        self.sent.append((to, subject, data))
        return len(self.sent)


class Came:
    """What comes by a port."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.type, self.subject, self.source, self.data = kind, "/ch/a/data", "node-1/m", data


@pytest.fixture
def port() -> Full:
    return Full()


@pytest.fixture
def wrote() -> list[tuple[str, str, bytes]]:
    return []


@pytest.fixture
def streams(port: Full, wrote: list[tuple[str, str, bytes]]) -> Streams:
    return Streams(port, lambda *told: wrote.append(told))  # type: ignore[arg-type]


def test_what_comes_is_sent_and_what_an_atom_writes_is_told(
    streams: Streams, port: Full, wrote: list[tuple[str, str, bytes]]
) -> None:
    streams.send("node-1/m", "/ch/a/data", b"on")
    streams.given("node-1/m", b"typed\n")
    streams.take([Came(CHANNEL, b"off"), Came("other", b"not a channel's")])  # type: ignore[list-item]
    assert port.sent == [("node-1/m", "/ch/a/data", b"on"), ("node-1/m", STDIN, b"typed\n")]
    assert wrote == [("node-1/m", "/ch/a/data", b"off")]


def test_it_waits_in_order_until_there_is_room(streams: Streams, port: Full) -> None:
    port.room = 1
    for number in range(5):
        streams.send("node-1/m", "/ch/a/data", b"%d" % number)
    port.room = 2
    streams.again()
    port.room = 10
    streams.take([])
    assert [data for _, _, data in port.sent] == [b"0", b"1", b"2", b"3", b"4"]
    assert streams.dropped == 0


def test_one_that_is_away_for_a_moment_gets_it_later(streams: Streams, port: Full) -> None:
    port.known = False
    streams.send("node-1/m", "/ch/a/data", b"on")
    port.known = True
    streams.again()
    assert [data for _, _, data in port.sent] == [b"on"]


def test_what_waits_is_bounded_and_the_oldest_goes(streams: Streams, port: Full) -> None:
    port.room = 0
    for number in range(WAITING + 10):
        streams.send("node-1/m", "/ch/a/data", b"%d" % number)
    assert streams.dropped == 10
    for _ in range(4):
        streams.send("node-1/n", "/ch/a/data", bytes(WAITING_BYTES // 2))
    port.room = 10_000
    streams.again()
    first = [data for to, _, data in port.sent if to == "node-1/m"]
    assert (first[0], len(first)) == (b"10", WAITING)
    assert len([1 for to, _, _ in port.sent if to == "node-1/n"]) == 2


def test_what_can_never_be_sent_holds_nobody_up(streams: Streams, port: Full) -> None:
    streams.send("node-1/m", "/ch/a/data", b"large")
    streams.send("node-1/m", "/ch/a/data", b"on")
    assert [data for _, _, data in port.sent] == [b"on"]
    assert streams.dropped == 1


def test_who_is_over_is_forgotten(streams: Streams, port: Full) -> None:
    port.room = 0
    streams.send("node-1/m", "/ch/a/data", b"on")
    streams.forget("node-1/m")
    port.room = 10
    streams.again()
    assert port.sent == []
