"""Realms and atoms, over a realm that the test answers for."""

import asyncio
import dataclasses
import io
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import cbor2
import pytest

import sojourn
from sojourn import Memory, Realm
from sojourn.core.atom import StreamName
from sojourn.model import wire
from sojourn.model.errors import Finished, InvalidMessage, OutputLost, SojournError, Stopped
from sojourn.model.node_errors import (
    InvalidRequest,
    Lost,
    NotAllowed,
    Pinned,
    UnknownAlias,
    UnknownAtom,
    UnknownNode,
    Unreachable,
)
from tests.unit.fake_realm import MODULE, FakeRealm, atom_row, image_row, move_row, name_row

T = TypeVar("T")


def run(work: Callable[[Realm], Coroutine[Any, Any, T]]) -> T:
    """Connects as users do."""

    async def connected() -> T:
        async with sojourn.connect(timeout=1.0) as realm:
            return await work(realm)

    return asyncio.run(connected())


def test_arguments_that_are_one_text_are_told(realm: FakeRealm) -> None:
    async def work(connection: Realm) -> None:
        with pytest.raises(InvalidRequest, match="a list of them") as raised:
            await connection.start(b"\0asm\x01\0\0\0", args="a b")
        assert raised.value.hint == "as args=['a', 'b']"

    run(work)
    assert not [each for each, _ in realm.asked if isinstance(each, wire.StartRequest)]


def test_a_connection_is_closed_at_the_end_and_says_so_afterwards(realm: FakeRealm) -> None:
    async def work() -> None:
        connection = await sojourn.connect("10.0.0.5", realm="mine", timeout=2.5)
        assert not realm.closed.is_set()
        await connection.close()
        await connection.close()
        with pytest.raises(SojournError, match="closed"):
            await connection.nodes()

    asyncio.run(work())
    assert realm.closed.is_set()
    assert realm.opened[0]["role"] == "client"
    assert realm.opened[0]["realm.name"] == "mine"
    assert realm.opened[0]["node.join"] == ["tcp/10.0.0.5:7447"]
    assert realm.opened[0]["client.timeout"] == "2500ms"


def test_a_client_is_not_named_as_this_machines_node(realm: FakeRealm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_NODE_NAME", "node-1")
    run(lambda connection: connection.nodes())
    assert "node.name" not in realm.opened[0]


def test_a_start_says_all_that_the_program_gets(realm: FakeRealm, tmp_path: Path) -> None:
    path = tmp_path / "lua.wasm"
    path.write_bytes(MODULE)

    async def work(connection: Realm) -> None:
        atom = await connection.start(
            path,
            args=["-v"],
            env={"A": "b"},
            mounts={"/m": Memory({"f": b"x"}), "/h": tmp_path},
            stdin=io.BytesIO(b"in"),
            listen=["127.0.0.1:0"],
            engine="wasmi",
            images_every=1.5,
            memory_bytes=65536,
            node="node-2",
        )
        assert (atom.name, atom.listening) == ("lua-abc123", ("127.0.0.1:0",))

    run(work)
    request, to = realm.asked[0]
    assert to == "node-2"
    assert isinstance(request, wire.StartRequest)
    assert realm.contents[request.module] == MODULE
    assert request.arguments == ("lua.wasm", "-v")
    assert request.environment == (wire.Variable("A", "b"),)
    assert request.mounts == (wire.Mount("/m", None, (wire.File("f", b"x"),)), wire.Mount("/h", str(tmp_path), ()))
    assert (request.stdin, request.images_every_ms, request.memory_bytes) == (b"in", 1500, 65536)


@pytest.mark.usefixtures("realm")
def test_a_start_that_no_message_holds_is_not_sent() -> None:
    with pytest.raises(InvalidRequest, match="at most 3,145,728"):
        run(lambda connection: connection.start(MODULE, stdin=bytes(4 << 20)))


def test_an_atom_is_found_by_the_beginning_of_its_name(realm: FakeRealm) -> None:
    realm.atoms["lua-abc123"] = atom_row("lua-abc123")
    assert run(lambda connection: connection.atom("lua")).name == "lua-abc123"
    with pytest.raises(UnknownAtom, match="'sqlite'"):
        run(lambda connection: connection.atom("sqlite"))
    assert run(lambda connection: connection.node_name("node-2")) == "node-2"
    with pytest.raises(UnknownNode, match="more than one"):
        run(lambda connection: connection.node_name("node"))


def test_of_several_that_are_called_so_the_nearest_is_meant(realm: FakeRealm) -> None:
    ended, running = wire.AtomState.ENDED, wire.AtomState.RUNNING
    places = {"node-3/x": ("node-2", running), "node-2/x": ("node-1", running), "node-1/x": ("node-1", ended)}
    for name, (node, state) in places.items():
        realm.atoms[name] = atom_row(name, node, state=state)
    atom = run(lambda connection: connection.atom("x"))
    assert (atom.name, atom.namesakes) == ("node-2/x", ("node-3/x", "node-1/x"))
    assert run(lambda connection: connection.atom("node-3/x")).namesakes == ()
    del realm.atoms["node-2/x"], realm.atoms["node-1/x"]
    assert run(lambda connection: connection.atom("x")).name == "node-3/x"


def test_atoms_are_found_by_name_and_by_alias(realm: FakeRealm) -> None:
    realm.names = [name_row("node-1/oil", "node-2", ("topic", "prices")), name_row("node-1/tin", "node-1")]
    assert [row.atom for row in run(lambda connection: connection.find())] == ["node-1/oil", "node-1/tin"]
    assert [row.node for row in run(lambda connection: connection.find("oil"))] == ["node-2"]
    assert [row.atom for row in run(lambda connection: connection.find("pri.*", "topic"))] == ["node-1/oil"]
    assert run(lambda connection: connection.find("pri.*", "zone")) == ()
    assert run(lambda connection: connection.find_any("node-1/.*")).atom == "node-1/oil"
    with pytest.raises(UnknownAlias, match="no atom has an alias zone:x"):
        run(lambda connection: connection.find_any("x", "zone"))


def test_a_move_tells_how_far_it_is_and_how_it_ended(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    states = iter([wire.MoveState.OFFERED, wire.MoveState.COPYING, wire.MoveState.RELEASED, wire.MoveState.DONE])
    realm.answers[wire.MoveStateRequest] = lambda *_: wire.MoveRowsResponse((move_row("lua-1", next(states)),))
    seen: list[wire.MoveState] = []

    async def work(connection: Realm) -> wire.MoveRow:
        atom = await connection.atom("lua-1")
        return await atom.migrate("node-2", cause="test", progress=lambda move: seen.append(move.state))

    assert run(work).state is wire.MoveState.DONE
    assert [state.name for state in seen] == ["OFFERED", "COPYING", "RELEASED", "DONE"]
    assert (wire.MoveRequest("lua-1", "node-2", "test"), None) in realm.asked


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"state": wire.MoveState.FAILED, "code": 6, "text": "it has /tmp open"}, Pinned),
        ({"state": wire.MoveState.LOST, "code": None, "text": "gone"}, Lost),
        ({"state": wire.MoveState.FAILED, "code": None, "text": None}, sojourn.NodeError),
    ],
)
def test_a_move_that_fails_is_an_error_that_says_why(
    realm: FakeRealm, fields: dict[str, Any], error: type[Exception]
) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    row = dataclasses.replace(move_row("lua-1", wire.MoveState.DONE), **fields)
    realm.answers[wire.MoveStateRequest] = lambda *_: wire.MoveRowsResponse((row,))

    async def work(connection: Realm) -> wire.MoveRow:
        return await (await connection.atom("lua-1")).migrate("node-2")

    with pytest.raises(error, match=fields["text"] or "lua-1 did not get from node-1 to node-2"):
        run(work)


def test_a_refusal_is_the_class_of_its_code(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    realm.answers[wire.MoveRequest] = lambda *_: wire.FailedResponse(6, "lua-1 has /tmp open", None)

    async def work(connection: Realm) -> wire.MoveRow:
        return await (await connection.atom("lua-1")).migrate("node-2")

    with pytest.raises(Pinned, match="has /tmp open") as raised:
        run(work)
    assert raised.value.definite
    assert raised.value.hint


async def collected(
    realm: Realm, *, stream: StreamName = "stdout", follow: bool = False, offset: int | None = None
) -> bytes:
    atom = await realm.atom("lua-1")
    return b"".join([chunk async for chunk in atom.logs(stream, follow=follow, offset=offset)])


def test_output_is_followed_gapless_through_a_move(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    whole = bytes(range(256)) * 40
    # A node that does not answer, one that has it no more, then one that has it, in parts of odd sizes.
    failures = iter([wire.FailedResponse(13, "silence", None), wire.ElsewhereResponse("node-2", 2), None, None])

    def read(request: wire.ReadRequest, _to: str | None) -> wire.Response:
        if (failure := next(failures, None)) is not None:
            return failure
        data = whole[request.from_ : request.from_ + 777]
        return wire.OutputResponse(request.from_, data, request.from_ + len(data) == len(whole))

    realm.answers[wire.ReadRequest] = read
    assert run(lambda connection: collected(connection, follow=True)) == whole
    assert [to for request, to in realm.asked if isinstance(request, wire.ReadRequest)].count("node-2") == 1


def test_output_begins_with_the_oldest_byte_there_is_unless_another_is_wanted(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1", stdout_bytes=10)
    realm.answers[wire.ReadRequest] = lambda request, _: wire.OutputResponse(
        max(6, request.from_), b"abcd"[max(6, request.from_) - 6 :], end=True
    )
    assert run(collected) == b"abcd"
    assert run(lambda connection: collected(connection, follow=True)) == b"abcd"
    assert run(lambda connection: collected(connection, offset=8)) == b"cd"
    for follow in (True, False):
        with pytest.raises(OutputLost, match="from byte 5 to 6 is gone"):
            run(lambda connection, follow=follow: collected(connection, follow=follow, offset=5))  # type: ignore[misc]


def test_output_that_is_lost_while_it_is_followed_is_an_error(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    realm.answers[wire.ReadRequest] = lambda request, _: wire.OutputResponse(
        0 if request.from_ == 0 else request.from_ + 1, b"abc", end=False
    )
    with pytest.raises(OutputLost, match="from byte 3 to 4"):
        run(lambda connection: collected(connection, follow=True))


def test_output_without_following_ends_where_it_is_now(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1", stderr_bytes=5)
    realm.output, realm.ended = b"0123456789", False
    assert run(lambda connection: collected(connection, stream="stderr"))[:5] == b"01234"


def test_a_wait_ends_with_the_atom(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    rows = iter([atom_row("lua-1"), atom_row("lua-1", state=wire.AtomState.ENDED, status=3)])

    def here(*_: object) -> wire.Response:
        realm.atoms["lua-1"] = next(rows)
        return wire.AtomRowsResponse((realm.atoms["lua-1"],))

    realm.answers[wire.AtomsHereRequest] = here

    async def work(connection: Realm) -> sojourn.Status:
        return await (await connection.atom("lua-1")).wait()

    assert run(work) == sojourn.Status(3)


def test_a_wait_finds_an_atom_that_moved(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")

    def gone(*_: object) -> wire.Response:
        realm.atoms["lua-1"] = atom_row("lua-1", "node-2", state=wire.AtomState.ENDED, reason="unreachable")
        return wire.AtomRowsResponse(())

    realm.answers[wire.AtomsHereRequest] = gone

    async def work(connection: Realm) -> sojourn.Status:
        return await (await connection.atom("lua-1")).wait()

    assert run(work) == sojourn.Status(None, "unreachable")


def test_a_wait_for_an_atom_that_was_stopped_says_so(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1", state=wire.AtomState.STOPPED)

    async def work(connection: Realm) -> sojourn.Status:
        return await (await connection.atom("lua-1")).wait()

    with pytest.raises(Stopped):
        run(work)


def test_an_atom_that_was_restored_elsewhere_is_the_newer_one(realm: FakeRealm) -> None:
    rows = (
        atom_row("lua-1", "node-2", epoch=2 << 32),
        atom_row("lua-1", state=wire.AtomState.STOPPED),
        atom_row("a-1", started_at_ns=9_000),
    )
    realm.answers[wire.AtomsRequest] = lambda *_: wire.AtomRowsResponse(rows)
    assert run(lambda connection: connection.atoms()) == (rows[0], rows[2])


def test_a_stop_keeps_an_image_and_restore_goes_on_from_it(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")

    async def work(connection: Realm) -> None:
        atom = await connection.atom("lua-1")
        images = await atom.stop()
        assert images == await atom.images() == (image_row(1, "lua-1"),)
        restored = await connection.restore("lua-1", image=images[0], node="node-2")
        assert (await restored.row()).node == "node-2"
        assert (wire.RestoreRequest("lua-1", 1, "node-1", "node-2"), None) in realm.asked
        assert len(await restored.checkpoint()) == 3
        await restored.forget()
        assert await connection.atoms() == ()

    run(work)


def test_a_stop_of_what_had_ended_says_so(realm: FakeRealm) -> None:
    realm.atoms["lua-1"] = atom_row("lua-1")
    realm.answers[wire.StopRequest] = lambda *_: wire.StoppedResponse(0, ())

    async def work(connection: Realm) -> object:
        return await (await connection.atom("lua-1")).stop()

    with pytest.raises(Finished, match="exit status 0"):
        run(work)


def test_an_atom_is_inspected_where_it_is(realm: FakeRealm, guest: Callable[[str], sojourn.Module]) -> None:
    image = sojourn.start(guest("spin")).stop()
    realm.atoms["spin-1"] = atom_row("spin-1", "node-2")
    key = b"\x05" * 32
    realm.contents[key] = image.to_bytes()
    # The first time it has just gone.
    answers: Iterator[wire.Response] = iter([wire.FailedResponse(1, "not here", None), wire.FetchedResponse(key, 1)])
    realm.answers[wire.SnapshotRequest] = lambda *_: next(answers)

    async def work(connection: Realm) -> sojourn.Image:
        return await (await connection.atom("spin-1")).inspect()

    assert run(work) == image
    assert (wire.SnapshotRequest("spin-1"), "node-2") in realm.asked


def test_moves_of_nodes_that_do_not_answer_are_left_out(realm: FakeRealm) -> None:
    move = move_row("lua-1", wire.MoveState.DONE)

    def moves(_request: wire.MovesRequest, to: str | None) -> wire.Response:
        return wire.MoveRowsResponse((move,)) if to == "node-1" else wire.FailedResponse(13, "silence", None)

    realm.answers[wire.MovesRequest] = moves
    assert run(lambda connection: connection.moves()) == (move,)


@pytest.mark.parametrize("answer", [b"", b"\xff\xff", cbor2.dumps([1, []]), cbor2.dumps([3, [[["a"]]]])])
def test_a_hostile_answer_is_one_typed_error(realm: FakeRealm, answer: bytes) -> None:
    realm.answers[wire.AtomsRequest] = lambda *_: answer
    with pytest.raises(InvalidMessage):
        run(lambda connection: connection.atoms())


def test_a_request_that_is_sent_from_node_to_node_for_ever_ends(realm: FakeRealm) -> None:
    realm.answers[wire.AtomsRequest] = lambda *_: wire.ElsewhereResponse("node-1", 1)
    with pytest.raises(Unreachable):
        run(lambda connection: connection.atoms())


def test_a_call_that_is_cancelled_is_not_waited_for(realm: FakeRealm) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> wire.Response:
        begun.set()
        go_on.wait(20)
        return wire.NodeRowsResponse(())

    realm.answers[wire.NodesRequest] = slow

    async def work(connection: Realm) -> None:
        call = asyncio.create_task(connection.nodes())
        await asyncio.to_thread(begun.wait, 20)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        # Others are not held up by the thread that still waits.
        assert await connection.atoms() == ()
        go_on.set()

    run(work)


def test_who_may_not_join_is_told_what_to_do(realm: FakeRealm, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_config: str) -> object:
        raise sojourn.NodeError("first does not let third in: the node has no right to join the realm")

    monkeypatch.setattr("sojourn._core.node_open", denied)
    with pytest.raises(NotAllowed, match="first does not let third in") as raised:
        run(lambda connection: connection.nodes())
    assert raised.value.hint == "give the realm's key with --realm-key-file"
    assert realm.asked == []
