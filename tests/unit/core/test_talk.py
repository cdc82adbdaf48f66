"""Messages, boxes and watches, over a realm that the test answers for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

import sojourn
from sojourn import Realm
from sojourn.core.box import Box
from sojourn.core.talk import MESSAGE_BYTES
from sojourn.model import wire
from sojourn.model.errors import InvalidMessage, SojournError
from sojourn.model.event import End, Event
from sojourn.model.node_errors import (
    AtomNameTaken,
    Busy,
    InvalidName,
    InvalidRequest,
    TimedOut,
    TooLarge,
    UnknownAtom,
    Unreachable,
)
from tests.unit.fake_realm import FakeRealm, atom_row, event

T = TypeVar("T")


def run(work: Callable[[Realm], Coroutine[Any, Any, T]]) -> T:
    """Connects as users do."""

    async def connected() -> T:
        async with sojourn.connect(timeout=2.0) as realm:
            return await asyncio.wait_for(work(realm), 60)

    return asyncio.run(connected())


@pytest.fixture
def counter(realm: FakeRealm) -> FakeRealm:
    """A realm with an atom."""
    realm.atoms["node-1/counter"] = atom_row("node-1/counter")
    return realm


def test_a_message_has_what_was_said(counter: FakeRealm) -> None:
    assert run(lambda realm: realm.send("counter", {"by": 2}, type="add", subject="x", timeout=1.5)) == 9
    request, to = counter.asked[-1]
    assert isinstance(request, wire.PostRequest)
    assert (to, request.to, request.wait_ms, request.name) == (None, "counter", 1500, None)
    assert request.event == event("", b'{"by":2}', id=0, type="add", subject="x", content_type="application/json")


def test_an_interrupt_says_that_it_is_one(counter: FakeRealm) -> None:
    run(lambda realm: realm.send("counter", interrupt=True))
    request, _ = counter.asked[-1]
    assert isinstance(request, wire.PostRequest)
    assert request.event.kind is wire.EventKind.INTERRUPT


def test_a_call_can_be_an_interrupt_and_in_the_name_of_a_box(counter: FakeRealm) -> None:
    async def work(realm: Realm) -> None:
        await realm.call("counter", interrupt=True)
        await (await realm.atom("counter")).call(interrupt=True)
        async with realm.open_box("desk") as box:
            assert (await box.call("counter", "ping", type="ask", timeout=0.5)).value == "ping"

    run(work)
    calls = [(each, to) for each, to in counter.asked if isinstance(each, wire.CallRequest)]
    kinds = [(each.event.kind, each.name, to) for each, to in calls]
    interrupt, message = wire.EventKind.INTERRUPT, wire.EventKind.MESSAGE
    assert kinds == [(interrupt, None, None), (interrupt, None, None), (message, "node-1/desk", "node-1")]
    assert calls[-1][0].wait_ms == 500


@pytest.mark.parametrize("timeout", [-1, float("nan"), "soon", True])
def test_a_time_that_is_none_is_told_and_nothing_is_sent(counter: FakeRealm, timeout: Any) -> None:  # noqa: ANN401
    async def work(realm: Realm) -> None:
        async with realm.open_box() as box:
            for send in (realm.send, realm.call, box.send, box.call):
                with pytest.raises(InvalidRequest, match="no time to wait"):
                    await send("counter", timeout=timeout)
            with pytest.raises(InvalidRequest, match="no time to wait"):
                await box.receive(timeout=timeout)

    run(work)
    assert not [each for each, _ in counter.asked if isinstance(each, wire.PostRequest | wire.CallRequest)]


@pytest.mark.parametrize("aliases", ["topic", [("topic",)], {"topic": "prices"}, [("a", "b", "c")], [5]])
def test_aliases_that_are_no_pairs_are_told(realm: FakeRealm, aliases: Any) -> None:  # noqa: ANN401
    async def work(connection: Realm) -> None:
        with pytest.raises(InvalidName, match="is no alias"):
            await connection.open_box(aliases=aliases)

    run(work)
    assert not [each for each, _ in realm.asked if isinstance(each, wire.OpenBoxRequest)]


@pytest.mark.parametrize("atoms", [(), (["a", "b"],), (5,)])
def test_a_watch_of_nobody_is_told(realm: FakeRealm, atoms: Any) -> None:  # noqa: ANN401
    async def work(connection: Realm) -> None:
        with pytest.raises(InvalidRequest, match="no atoms are named"):
            await connection.watch(*atoms)

    run(work)
    assert not [each for each, _ in realm.asked if isinstance(each, wire.WatchAtomRequest)]


def test_a_time_without_measure_is_as_long_as_a_node_can_be_asked_to_wait(counter: FakeRealm) -> None:
    run(lambda realm: realm.call("counter", timeout=float("inf")))
    request, _ = counter.asked[-1]
    assert isinstance(request, wire.CallRequest)
    assert request.wait_ms == 2**32 - 1


def test_a_call_gives_the_answer(counter: FakeRealm) -> None:
    answer = run(lambda realm: realm.call("counter", "ping", type="ask"))
    assert (answer.source, answer.value, answer.kind) == ("node-1/counter", "ping", wire.EventKind.REPLY)
    request, _ = counter.asked[-1]
    assert isinstance(request, wire.CallRequest)
    # Without a time of its own: as long as the connection says.
    assert request.wait_ms == 2000


def test_an_atom_is_talked_to_by_its_whole_name(counter: FakeRealm) -> None:
    async def work(realm: Realm) -> Event:
        atom = await realm.atom("counter")
        await atom.send(b"x")
        return await atom.call(b"y")

    assert run(work).data == b"y"
    names = [each.to for each, _ in counter.asked if isinstance(each, wire.PostRequest | wire.CallRequest)]
    assert names == ["node-1/counter"] * 2


@pytest.mark.parametrize(("code", "error"), [(1, UnknownAtom), (4, Busy), (28, TimedOut), (13, Unreachable)])
def test_what_went_wrong_is_the_class_of_its_code(realm: FakeRealm, code: int, error: type[Exception]) -> None:
    realm.answers[wire.CallRequest] = lambda *_: wire.FailedResponse(code, "so it is", None)
    with pytest.raises(error, match="so it is"):
        run(lambda connection: connection.call("counter"))


def test_an_answer_without_a_message_is_none(counter: FakeRealm) -> None:
    counter.answers[wire.CallRequest] = lambda *_: wire.EventsResponse(0, (), 0)
    with pytest.raises(InvalidMessage, match="0 messages"):
        run(lambda realm: realm.call("counter"))


@pytest.mark.usefixtures("counter")
def test_a_message_that_no_request_holds_is_not_sent() -> None:
    for size in (MESSAGE_BYTES + 1, 5 << 20):
        with pytest.raises(TooLarge, match="at most 3,080,192") as raised:
            run(lambda realm, size=size: realm.send("counter", bytes(size)))  # type: ignore[misc]
        assert raised.value.definite
    with pytest.raises(TooLarge):
        run(lambda realm: realm.call("counter", bytes(5 << 20)))
    assert run(lambda realm: realm.send("counter", bytes(MESSAGE_BYTES))) == 9


def test_a_box_receives_and_answers(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> list[bytes]:
        async with connection.open_box("desk", aliases=[("topic", "prices")], node="node-2") as box:
            assert (box.name, box.node) == ("node-2/desk", "node-2")
            kept = realm.boxes["node-2/desk"]
            assert kept.aliases == (wire.Alias("topic", "prices"),)
            kept.put(event("node-1/a", b"1"), event("node-1/a", b"2", call=5))
            seen = []
            async for each in box:
                seen.append(each.data)
                if each.expects_answer:
                    await box.reply(each, "yes")
                    break
            with pytest.raises(InvalidRequest, match="expects no answer"):
                await box.reply(Event.of(event("node-1/a")))
            return seen

    realm.atoms["node-1/a"] = atom_row("node-1/a")
    assert run(work) == [b"1", b"2"]
    [(answer, to)] = [(each, to) for each, to in realm.asked if isinstance(each, wire.PostRequest)]
    assert (to, answer.to, answer.name) == ("node-2", "node-1/a", "node-2/desk")
    assert (answer.event.kind, answer.event.call, answer.event.data) == (wire.EventKind.REPLY, 5, b"yes")
    assert realm.boxes == {}


def test_a_box_sends_in_its_own_name(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> Event:
        async with connection.open_box("one") as one, connection.open_box("two") as two:
            await one.send(two.name, "hello", type="greeting")
            return await two.receive(timeout=20)

    got = run(work)
    assert (got.source, got.type, got.value) == ("node-1/one", "greeting", "hello")
    assert realm.boxes == {}


def test_a_lost_answer_loses_nothing_and_repeats_nothing(realm: FakeRealm) -> None:
    whole = [str(number).encode() for number in range(20)]
    failures = iter([None, 1, 1, None, 1, None, None])

    def receive(request: wire.ReceiveRequest, to: str | None) -> wire.Response:
        answer = realm.on_receive(dataclass_with_most(request, 3), to)
        # Answered, and the answer does not arrive.
        return wire.FailedResponse(13, "silence", None) if next(failures, None) else answer

    async def work(connection: Realm) -> list[bytes]:
        async with connection.open_box("desk") as box:
            realm.boxes[box.name].put(*(event("node-1/a", data) for data in whole))
            return [(await box.receive()).data for _ in whole]

    realm.answers[wire.ReceiveRequest] = receive
    assert run(work) == whole


def dataclass_with_most(request: wire.ReceiveRequest, most: int) -> wire.ReceiveRequest:
    return wire.ReceiveRequest(request.name, most, request.wait_ms, request.after)


@pytest.mark.usefixtures("realm")
def test_a_box_waits_no_longer_than_it_is_told() -> None:
    async def work(connection: Realm) -> None:
        async with connection.open_box() as box:
            with pytest.raises(TimedOut, match="no message came to node-1/box-1"):
                await box.receive(timeout=0.01)

    run(work)


def test_a_receive_that_is_cancelled_loses_nothing(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> bytes:
        async with connection.open_box() as box:
            waiting = asyncio.create_task(box.receive())
            await until(lambda: any(isinstance(each, wire.ReceiveRequest) for each, _ in realm.asked))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            # The question that was given up gets it at the node; the next one gets it again.
            realm.boxes[box.name].put(event("node-1/a", b"x"))
            return (await box.receive(timeout=30)).data

    assert run(work) == b"x"


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 -- threads of requests change it
        await asyncio.sleep(0.01)


def test_a_box_that_is_gone_is_an_error(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> None:
        async with connection.open_box() as box:
            realm.boxes.clear()
            with pytest.raises(UnknownAtom, match="no box"):
                await box.receive()

    run(work)


@pytest.mark.usefixtures("realm")
def test_a_name_is_taken_once() -> None:
    async def work(connection: Realm) -> None:
        async with connection.open_box("desk"):
            with pytest.raises(AtomNameTaken):
                await connection.open_box("desk")

    run(work)


def test_a_stream_ends_its_box(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> list[str]:
        stream = connection.stream("desk")
        first = asyncio.ensure_future(anext(stream))
        await until(lambda: "node-1/desk" in realm.boxes)
        realm.boxes["node-1/desk"].put(event("node-1/a", b"1"), event("node-1/b", b"2"))
        sources = [(await first).source, (await anext(stream)).source]
        await stream.aclose()
        return sources

    assert run(work) == ["node-1/a", "node-1/b"]
    assert realm.boxes == {}


def test_a_closed_box_gives_no_more(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> tuple[list[Event], Box]:
        box = await connection.open_box("desk")
        await box.close()
        await box.close()
        return [each async for each in box], box

    events, box = run(work)
    assert events == []
    assert repr(box) == "<sojourn.Box node-1/desk>"
    assert realm.boxes == {}


def test_ends_come_once_each(realm: FakeRealm) -> None:
    for name, status in (("node-1/a", 0), ("node-1/b", 3)):
        realm.atoms[name] = atom_row(name, state=wire.AtomState.ENDED, status=status)

    async def work(connection: Realm) -> list[End]:
        return [end async for end in connection.watch("node-1/a", "node-1/b", "node-1/a")]

    assert run(work) == [End("node-1/a", 0, None), End("node-1/b", 3, None)]
    assert run(lambda connection: first(connection, "node-1/b")) == End("node-1/b", 3, None)
    assert realm.boxes == {}


@pytest.mark.parametrize(
    ("type_", "subject", "reason"),
    [("failed", "unreachable", "unreachable"), ("stopped", "", "it was stopped"), ("other", "", "other")],
)
def test_an_end_otherwise_has_a_reason(realm: FakeRealm, type_: str, subject: str, reason: str) -> None:
    end = event("node-1/a", kind=wire.EventKind.ENDED, type=type_, subject=subject)

    def watched(request: wire.WatchAtomRequest, _to: str | None) -> wire.Response:
        realm.boxes[request.name].put(end)
        return wire.DoneResponse()

    realm.answers[wire.WatchAtomRequest] = watched
    assert run(lambda connection: first(connection, "node-1/a")) == End("node-1/a", None, reason)
    del realm.answers[wire.WatchAtomRequest]
    told = run(lambda connection: first(connection, "nobody"))
    assert (told.status, told.reason) == (None, "there is no such atom, or it had ended before")


def test_an_end_that_came_before_anybody_watched_is_still_known(realm: FakeRealm) -> None:
    realm.answers[wire.WatchAtomRequest] = lambda request, _: put(
        realm, request.name, event("node-1/a", kind=wire.EventKind.ENDED, type="ended", code=1)
    )
    for fields, end in (
        ({"state": wire.AtomState.ENDED, "status": 4}, End("node-1/a", 4, None)),
        ({"state": wire.AtomState.ENDED, "reason": "unreachable"}, End("node-1/a", None, "unreachable")),
        ({"state": wire.AtomState.STOPPED}, End("node-1/a", None, "it was stopped")),
    ):
        realm.atoms["node-1/a"] = atom_row("node-1/a", **fields)
        assert run(lambda connection: first(connection, "node-1/a")) == end


def put(realm: FakeRealm, name: str, came: wire.Event) -> wire.Response:
    realm.boxes[name].put(came)
    return wire.DoneResponse()


async def first(connection: Realm, name: str) -> End:
    return await connection.watch(name)


def test_a_connection_that_is_closed_ends_what_waits(realm: FakeRealm) -> None:
    async def work() -> None:
        connection = await sojourn.connect(timeout=1.0)
        box = await connection.open_box()
        await connection.close()
        with pytest.raises(SojournError, match="closed"):
            await box.receive()

    asyncio.run(work())
    assert realm.closed.is_set()
