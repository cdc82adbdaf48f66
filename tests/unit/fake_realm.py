"""A realm without nodes: it takes encoded requests and gives encoded answers, as the extension does."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import threading
from typing import TYPE_CHECKING, Any

from sojourn.model import wire
from sojourn.model.names import local_name
from sojourn.model.node_errors import MissingContent

if TYPE_CHECKING:
    from collections.abc import Callable

HASH = b"\x01" * 32
MODULE = b"\x00asm\x01\x00\x00\x00"


def node_row(name: str, peers: tuple[str, ...] = ()) -> wire.NodeRow:
    return wire.NodeRow(
        name=name,
        incarnation=1,
        version="0",
        addresses=("tcp/127.0.0.1:7447",),
        workers=2,
        atoms=1,
        running=1,
        resident_bytes=20 << 20,
        processor_ns=1_500_000_000,
        uptime_ns=90_000_000_000,
        peers=peers,
        metrics=(),
    )


def atom_row(atom: str, node: str = "node-1", **fields: Any) -> wire.AtomRow:  # noqa: ANN401 -- those of the row
    row = wire.AtomRow(
        atom=atom,
        name=atom.split("-", maxsplit=1)[0],
        node=node,
        epoch=1 << 32,
        state=wire.AtomState.RUNNING,
        engine="wasmtime",
        module=HASH,
        memory_bytes=1 << 20,
        processor_ns=5_000_000,
        started_at_ns=1_000,
        moves=0,
        stdout_bytes=0,
        stderr_bytes=0,
        connections=0,
    )
    return dataclasses.replace(row, **fields)


def event(source: str, data: bytes = b"", **fields: Any) -> wire.Event:  # noqa: ANN401 -- those of the record
    made = wire.Event(
        id=1,
        kind=wire.EventKind.MESSAGE,
        source=source,
        type="",
        subject="",
        content_type="",
        data=data,
        call=0,
        code=0,
    )
    return dataclasses.replace(made, **fields)


def image_row(number: int, atom: str, node: str = "node-1") -> wire.ImageRow:
    return wire.ImageRow(number, node, atom, 1 << 32, 1_000, "asked for", 4096, HASH)


def name_row(atom: str, node: str, *aliases: tuple[str, str]) -> wire.NameRow:
    return wire.NameRow(atom, node, tuple(wire.Alias(scope, alias) for scope, alias in aliases))


def move_row(atom: str, state: wire.MoveState, **fields: Any) -> wire.MoveRow:  # noqa: ANN401 -- those of the row
    row = wire.MoveRow(
        id=7,
        atom=atom,
        source="node-1",
        target="node-2",
        epoch=1 << 32,
        cause="asked for",
        state=state,
        code=None,
        text=None,
        rounds=3,
        bytes=2 << 20,
        pending_bytes=0,
        started_at_ns=5_000,
        total_ns=40_000_000,
        paused_ns=3_000_000,
        downtime_ns=4_000_000,
    )
    return dataclasses.replace(row, **fields)


class FakeBox:
    """A box at a node: what waits in it, and its last answer."""

    def __init__(self, aliases: tuple[wire.Alias, ...]) -> None:
        self.aliases = aliases
        self.waiting: list[wire.Event] = []
        self.number = 0
        self.given: tuple[wire.Event, ...] = ()
        self.changed = threading.Condition()

    def put(self, *events: wire.Event) -> None:
        with self.changed:
            self.waiting += events
            self.changed.notify_all()

    def receive(self, request: wire.ReceiveRequest) -> wire.Response:
        with self.changed:
            if request.most and request.after == self.number:
                self.changed.wait_for(lambda: self.waiting, request.wait_ms / 1000)
                self.given = tuple(self.waiting[: request.most])
                del self.waiting[: request.most]
                self.number += bool(self.given)
            return wire.EventsResponse(self.number, self.given if request.most else (), 0)


class FakeRealm:
    """What all nodes of a realm know, and answers that a test puts in place of theirs.

    `answers` maps a request's class to a function of the request and the node it is for.
    """

    def __init__(self) -> None:
        self.nodes = {name: node_row(name) for name in ("node-1", "node-2")}
        self.atoms: dict[str, wire.AtomRow] = {}
        self.names: list[wire.NameRow] = []
        self.images: list[wire.ImageRow] = []
        self.moves: list[wire.MoveRow] = []
        self.output = b""
        self.ended = True
        self.contents: dict[bytes, bytes] = {}
        self.asked: list[tuple[wire.Request, str | None]] = []
        self.opened: list[dict[str, Any]] = []
        self.closed = threading.Event()
        self.boxes: dict[str, FakeBox] = {}
        self.answers: dict[type[Any], Callable[[Any, str | None], wire.Response | bytes]] = {}

    def node_open(self, config: str) -> FakeNode:
        self.opened.append(json.loads(config))
        return FakeNode(self)

    def answer(self, request: wire.Request, to: str | None) -> wire.Response | bytes:
        self.asked.append((request, to))
        if own := self.answers.get(type(request)):
            return own(request, to)
        return BY_REQUEST[type(request)](self, request, to)

    def on_nodes(self, _request: wire.NodesRequest, _to: str | None) -> wire.Response:
        return wire.NodeRowsResponse(tuple(self.nodes.values()))

    def on_node(self, _request: wire.NodeRequest, to: str | None) -> wire.Response:
        return wire.NodeRowsResponse((self.nodes[to or "node-1"],))

    def on_find(self, request: wire.FindRequest, _to: str | None) -> wire.Response:
        def called(row: wire.NameRow) -> tuple[str, ...]:
            if request.scope:
                return tuple(alias.alias for alias in row.aliases if alias.scope == request.scope)
            return row.atom, local_name(row.atom)

        pattern = request.pattern or ".*"
        rows = [row for row in self.names if any(re.fullmatch(pattern, name) for name in called(row))]
        return wire.NamesResponse(tuple(rows[:1] if request.any else rows))

    def on_atoms(self, _request: wire.AtomsRequest, _to: str | None) -> wire.Response:
        return wire.AtomRowsResponse(tuple(self.atoms.values()))

    def on_atoms_here(self, _request: wire.AtomsHereRequest, to: str | None) -> wire.Response:
        return wire.AtomRowsResponse(tuple(row for row in self.atoms.values() if row.node == to))

    def on_start(self, request: wire.StartRequest, to: str | None) -> wire.Response:
        atom = request.atom or f"{request.name}-abc123"
        self.atoms[atom] = atom_row(atom, to or "node-1")
        return wire.PlacedResponse(atom, to or "node-1", 1 << 32, request.listen)

    def on_read(self, request: wire.ReadRequest, _to: str | None) -> wire.Response:
        data = self.output[request.from_ : request.from_ + request.most]
        return wire.OutputResponse(request.from_, data, self.ended and request.from_ + len(data) == len(self.output))

    def on_move(self, request: wire.MoveRequest, _to: str | None) -> wire.Response:
        row = self.atoms[request.atom]
        self.atoms[request.atom] = dataclasses.replace(row, node=request.target)
        move = move_row(request.atom, wire.MoveState.DONE, source=row.node, target=request.target, cause=request.cause)
        self.moves.append(move)
        return wire.MovingResponse(row.node, move.id)

    def on_move_state(self, _request: wire.MoveStateRequest, _to: str | None) -> wire.Response:
        return wire.MoveRowsResponse((self.moves[-1],))

    def on_moves(self, request: wire.MovesRequest, to: str | None) -> wire.Response:
        rows = [row for row in self.moves if row.source == to and request.atom in (None, row.atom)]
        return wire.MoveRowsResponse(tuple(rows))

    def on_stop(self, request: wire.StopRequest, _to: str | None) -> wire.Response:
        self.atoms[request.atom] = dataclasses.replace(self.atoms[request.atom], state=wire.AtomState.STOPPED)
        self.images += [image_row(1, request.atom)] if request.keep else []
        return wire.StoppedResponse(None, tuple(self.images))

    def on_checkpoint(self, request: wire.CheckpointRequest, _to: str | None) -> wire.Response:
        self.images += [image_row(1, request.atom), image_row(1, request.atom, "node-2")]
        return wire.ImageRowsResponse(tuple(self.images))

    def on_images(self, request: wire.ImagesRequest, _to: str | None) -> wire.Response:
        return wire.ImageRowsResponse(tuple(row for row in self.images if request.atom in (None, row.atom)))

    def on_restore(self, request: wire.RestoreRequest, _to: str | None) -> wire.Response:
        node = request.target or "node-1"
        self.atoms[request.atom] = atom_row(request.atom, node, epoch=2 << 32)
        return wire.PlacedResponse(request.atom, node, 2 << 32, ())

    def on_forget(self, request: wire.ForgetRequest, _to: str | None) -> wire.Response:
        if self.atoms.pop(request.atom, None) is None:
            return wire.FailedResponse(1, f"there is no atom {request.atom!r} in the realm", None)
        return wire.DoneResponse()

    def receiver(self, name: str) -> str | None:
        """The global name of somebody who is there."""
        known = [*self.atoms, *self.boxes]
        return name if name in known else next((each for each in known if each.endswith(f"/{name}")), None)

    def on_post(self, request: wire.PostRequest, _to: str | None) -> wire.Response:
        if (receiver := self.receiver(request.to)) is None:
            return wire.FailedResponse(1, f"there is no atom {request.to!r} in the realm", None)
        event = dataclasses.replace(request.event, id=9, source=request.name or "node-1/.client")
        if receiver in self.boxes:
            self.boxes[receiver].put(event)
        return wire.SentResponse(receiver, 9)

    def on_call(self, request: wire.CallRequest, _to: str | None) -> wire.Response:
        if (receiver := self.receiver(request.to)) is None:
            return wire.FailedResponse(1, f"there is no atom {request.to!r} in the realm", None)
        event = dataclasses.replace(request.event, id=4, source=receiver, kind=wire.EventKind.REPLY)
        return wire.EventsResponse(0, (event,), 0)

    def on_open_box(self, request: wire.OpenBoxRequest, to: str | None) -> wire.Response:
        name = f"{to or 'node-1'}/{request.name or 'box-1'}"
        if name in self.boxes:
            return wire.FailedResponse(27, f"{name} is there already", None)
        self.boxes[name] = FakeBox(request.aliases)
        return wire.PlacedResponse(name, to or "node-1", 1 << 32, ())

    def on_receive(self, request: wire.ReceiveRequest, _to: str | None) -> wire.Response:
        if request.name not in self.boxes:
            return wire.FailedResponse(1, f"there is no box {request.name!r} here", None)
        return self.boxes[request.name].receive(request)

    def on_close_box(self, request: wire.CloseBoxRequest, _to: str | None) -> wire.Response:
        self.boxes.pop(request.name, None)
        return wire.DoneResponse()

    def on_watch(self, request: wire.WatchAtomRequest, _to: str | None) -> wire.Response:
        row = self.atoms.get(self.receiver(request.atom) or "")
        if row is None or row.state is wire.AtomState.ENDED:
            type_, code = ("ended", 1) if row is None else ("exited", row.status or 0)
            self.boxes[request.name].put(event(request.atom, kind=wire.EventKind.ENDED, type=type_, code=code))
        return wire.DoneResponse()


class FakeNode:
    """Stands for `_core.Node`."""

    def __init__(self, realm: FakeRealm) -> None:
        self.realm = realm
        self.name = "client"

    def addresses(self) -> list[str]:
        return []

    def request(self, request: bytes, to: str | None, timeout_ms: int) -> bytes:
        assert timeout_ms > 0
        response = self.realm.answer(wire.decode_request(request), to)
        return response if isinstance(response, bytes) else wire.encode_response(response)

    def put(self, content: bytes) -> bytes:
        key = hashlib.sha256(content).digest()
        self.realm.contents[key] = content
        return key

    def get(self, content: bytes, from_node: str, timeout_ms: int) -> bytes:
        assert from_node in self.realm.nodes
        assert timeout_ms > 0
        try:
            return self.realm.contents[content]
        except KeyError:
            raise MissingContent("nobody has it") from None

    def close(self) -> None:
        self.realm.closed.set()


BY_REQUEST: dict[type[Any], Callable[[FakeRealm, Any, str | None], wire.Response]] = {
    wire.NodesRequest: FakeRealm.on_nodes,
    wire.NodeRequest: FakeRealm.on_node,
    wire.FindRequest: FakeRealm.on_find,
    wire.AtomsRequest: FakeRealm.on_atoms,
    wire.AtomsHereRequest: FakeRealm.on_atoms_here,
    wire.StartRequest: FakeRealm.on_start,
    wire.ReadRequest: FakeRealm.on_read,
    wire.MoveRequest: FakeRealm.on_move,
    wire.MoveStateRequest: FakeRealm.on_move_state,
    wire.MovesRequest: FakeRealm.on_moves,
    wire.StopRequest: FakeRealm.on_stop,
    wire.CheckpointRequest: FakeRealm.on_checkpoint,
    wire.ImagesRequest: FakeRealm.on_images,
    wire.RestoreRequest: FakeRealm.on_restore,
    wire.ForgetRequest: FakeRealm.on_forget,
    wire.PostRequest: FakeRealm.on_post,
    wire.CallRequest: FakeRealm.on_call,
    wire.OpenBoxRequest: FakeRealm.on_open_box,
    wire.ReceiveRequest: FakeRealm.on_receive,
    wire.CloseBoxRequest: FakeRealm.on_close_box,
    wire.WatchAtomRequest: FakeRealm.on_watch,
}
