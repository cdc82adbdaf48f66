"""What modules say of themselves, in a realm of real nodes: atoms begin so, and only where there is what they need."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

import sojourn
from sojourn.core.annotation import annotated
from sojourn.core.realm import Realm
from sojourn.model import node_errors
from sojourn.model.errors import NodeError
from tests.e2e.nodes import Process, met

# It waits for ever, in a call that may be stopped.
DAEMON = """(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 16)
  (data (i32.const 16) "\\01") (data (i32.const 24) "\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\7f")
  (func (export "_start") (loop $again
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))) (br $again))))"""
Nodes = Callable[..., list[Process]]


def module(*lines: str) -> bytes:
    """One that says this."""
    return annotated(DAEMON.encode(), [(key, value) for key, _, value in (line.partition("=") for line in lines)])


def lying(*lines: str) -> bytes:
    """One that says this whether it can or not: a section that nobody has looked at."""
    text = "".join(f"{line}\n" for line in lines).encode()
    name = b"\x07sojourn"
    assert len(text) < 0x70
    return annotated(DAEMON.encode()) + bytes([0, len(name) + len(text)]) + name + text


async def refused(realm: Realm, wasm: bytes, node: str | None = None) -> NodeError:
    """Why a module is not started; nothing is left of it."""
    with pytest.raises(NodeError) as caught:
        await realm.start(wasm, node=node)
    assert await realm.atoms() == ()
    assert caught.value.definite
    return caught.value


def test_an_atom_begins_as_its_module_says(nodes: Nodes) -> None:
    (first,) = nodes("a")

    async def run() -> None:
        async with sojourn.connect(first.address, realm=first.realm) as realm:
            said = module("name=clock", "alias=topic:time", "alias=topic:days", "limit.memory=64KiB", "checkpoint=30ms")
            atom = await realm.start(said)
            assert atom.name == "a/clock"
            rows = await realm.find("time|days", scope="topic")
            assert [row.atom for row in rows] == ["a/clock"]
            # Images come by themselves.
            async with asyncio.timeout(60):
                while not await atom.images():  # noqa: ASYNC110 -- a node has no event for it
                    await asyncio.sleep(0.02)
            # Who starts it wins.
            other = await realm.start(said, atom="mine", aliases=[("topic", "hours")])
            assert other.name == "a/mine"
            assert [row.atom for row in await realm.find("time", scope="topic")] == ["a/clock"]
            with pytest.raises(node_errors.AtomNameTaken):
                await realm.start(said)

    asyncio.run(run())


def test_an_annotation_that_cannot_be_is_refused_with_its_line(nodes: Nodes) -> None:
    (first,) = nodes("a")

    async def run() -> None:
        async with sojourn.connect(first.address, realm=first.realm) as realm:
            for lines, says in [
                (["name=a", "nmae=b"], "line 2 of the annotation: there is no key"),
                (["kind=reactive"], "exports no function handle"),
                (["needs.memory=2MiB"], "own maximum"),
                (["limit.memory=1"], "begins with"),
                (["name=a b"], "letters, digits"),
            ]:
                error = await refused(realm, lying(*lines))
                assert isinstance(error, node_errors.NodeInvalidAnnotation)
                assert isinstance(error, sojourn.InvalidAnnotation)
                assert says in str(error)
                assert "sojourn annotate" in str(error.hint)

    asyncio.run(run())


def test_an_atom_is_only_where_there_is_what_it_needs(nodes: Nodes) -> None:
    nodes("a", options=["--tags", "gpu,eu", "--memory-bytes", "640KiB"])
    first, _ = nodes("b", options=["--tags", "eu"])

    async def run() -> None:
        async with sojourn.connect(first.address, realm=first.realm) as realm:
            await met(realm, {"a", "b"})
            error = await refused(realm, module("needs.tag=eu", "needs.tag=gpu"), "b")
            assert isinstance(error, node_errors.MissingFeature)
            assert "tag gpu, which b has not" in str(error)
            error = await refused(realm, module("needs.function=sojourn_v9.fly"), "a")
            assert isinstance(error, node_errors.MissingFunction)
            assert "sojourn_v9.fly" in str(error)
            error = await refused(realm, module("needs.memory=704KiB"), "a")
            assert isinstance(error, node_errors.NoRoom)
            # Where it is there, it runs; and it does not go where it is not.
            functions = ["needs.function=sojourn_v1.send", "needs.function=wasi_snapshot_preview1.fd_read"]
            atom = await realm.start(module("needs.tag=gpu", "needs.memory=512KiB", *functions), node="a")
            with pytest.raises(node_errors.MissingFeature, match="tag gpu, which b has not"):
                await atom.migrate("b")
            assert (await atom.row()).node == "a"
            with suppress(sojourn.Finished):
                await atom.stop(keep=False)
            both = await realm.start(module("needs.tag=eu"), node="a")
            await both.migrate("b")
            assert (await both.row()).node == "b"

    asyncio.run(run())
