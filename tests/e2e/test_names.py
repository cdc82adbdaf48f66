"""Names and aliases, from any node, while atoms move and nodes are away: the eight rules, each shown."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

import sojourn
from sojourn.core.realm import Realm
from sojourn.model.node_errors import AtomNameTaken, InvalidName, InvalidPattern, TooLarge, UnknownAlias, node_error
from tests.e2e.nodes import Process, eventually, met
from tests.e2e.process import Runner

Nodes = Callable[..., list[Process]]
GUEST = Path(__file__).parents[1] / "guests" / "names.wat"
MOST_ALIASES = 64
EVERYBODY = [("node-1/oil", "node-1"), ("node-2/oil", "node-2"), ("node-2/tin", "node-2")]


@asynccontextmanager
async def at_each(processes: list[Process]) -> AsyncIterator[list[Realm]]:
    """A client at each node."""
    async with AsyncExitStack() as stack:
        entered = [
            await stack.enter_async_context(await sojourn.connect(process.address, realm=process.realm))
            for process in processes
        ]
        for realm in entered:
            await met(realm, {process.name for process in processes})
        yield entered


async def alias(realm: Realm, atom: str, type_: str, scope: str, alias_: str) -> None:
    """The atom takes an alias (`set`), or gives it back (`clear`)."""
    answer = await realm.call(atom, alias_, type=type_, subject=scope)
    if status := int.from_bytes(answer.data, "little"):
        raise node_error(status, f"{scope}:{alias_}")


async def look(realm: Realm, pattern: str, scope: str | None) -> list[tuple[str, str]]:
    """Which atoms a node finds, and where."""
    return [(row.atom, row.node) for row in await realm.find(pattern, scope)]


async def found(realms: list[Realm], pattern: str, scope: str | None, expected: list[tuple[str, str]]) -> None:
    """Waits until every node finds just these atoms at these nodes."""
    for realm in realms:
        await eventually(partial(look, realm, pattern, scope), lambda rows: rows == expected)


def test_names_are_unique_at_their_node_and_with_it_everywhere(nodes: Nodes, sojourn: Runner, tmp_path: Path) -> None:
    """Rules 1 to 4."""
    processes = nodes("node-1", "node-2", "node-3")
    first = processes[0]
    # 1: one node of a name.
    options = ("--realm", first.realm, "--join", first.address, "--listen", "tcp/127.0.0.1:0")
    ran = sojourn("node", "--name", "node-2", "--folder", tmp_path / "other", *options)
    assert ran.returncode != 0
    assert b"a node named 'node-2' is already in realm" in ran.stderr

    async def run() -> None:
        async with at_each(processes) as realms:
            one, two, three = realms
            # 2: one atom of a name at its node. 3: the node's name before it makes it unique everywhere.
            assert (await one.start(GUEST, atom="oil", node="node-1")).name == "node-1/oil"
            with pytest.raises(AtomNameTaken, match="node-1/oil runs here"):
                await one.start(GUEST, atom="oil", node="node-1")
            with pytest.raises(InvalidName, match="a/b"):
                await one.start(GUEST, atom="a/b", node="node-1")
            assert (await one.start(GUEST, atom="oil", node="node-2")).name == "node-2/oil"
            assert (await one.start(GUEST, atom="tin", node="node-2")).name == "node-2/tin"
            await found(realms, "", None, EVERYBODY)
            # 4: a name without a node means any atom that has it; the nearest.
            for realm, name in [(one, "node-1/oil"), (two, "node-2/oil"), (three, "node-1/oil")]:
                assert (await realm.atom("oil")).name == name
                assert (await realm.find_any("oil")).atom == name
                assert (await realm.call("oil", "nothing", type="clear", subject="x")).source == name
            assert (await three.atom("oil")).namesakes == ("node-2/oil",)
            assert (await one.atom("tin")).name == "node-2/tin"
            # A name goes with its atom, and may be given again once nobody can restore that.
            tin = await one.atom("tin")
            # Its end, and images of it, are elsewhere.
            await tin.migrate("node-3")
            await tin.checkpoint()
            await tin.stop()
            await found(realms, "tin", None, [])
            assert {row.node for row in await tin.images()} > {"node-3"}
            await tin.forget()
            assert await tin.images() == ()
            tin = await one.start(GUEST, atom="tin", node="node-2")
            await tin.stop()
            with pytest.raises(AtomNameTaken, match="images of node-2/tin are kept"):
                await one.start(GUEST, atom="tin", node="node-2")
            await tin.forget()
            for _ in range(2):
                tin = await one.start(GUEST, atom="tin", node="node-2")
                assert tin.name == "node-2/tin"
                await found(realms, "tin", None, EVERYBODY[2:])
                await tin.stop(keep=False)
                await found(realms, "tin", None, [])

    asyncio.run(run())


def test_aliases_are_many_and_patterns_find_them_as_they_find_names(nodes: Nodes, sojourn: Runner) -> None:
    """Rules 5 to 8."""
    processes = nodes("node-1", "node-2", "node-3")

    async def run() -> None:
        async with at_each(processes) as realms:
            one, two, _ = realms
            await one.start(GUEST, atom="oil", aliases=[("topic", "prices")], node="node-1")
            await one.start(GUEST, atom="oil", node="node-2")
            await one.start(GUEST, atom="tin", node="node-2")
            # 5: many aliases. 6: each a scope and an alias; two atoms may have the same.
            await alias(one, "node-1/oil", "set", "topic", "news")
            await alias(one, "node-1/oil", "set", "zone", "prices")
            await alias(one, "node-2/tin", "set", "topic", "prices")
            await found(realms, "prices", "topic", [EVERYBODY[0], EVERYBODY[2]])
            # 7: any one and all that fit a pattern.
            await found(realms, "node-2/.*", None, EVERYBODY[1:])
            await found(realms, "o.l|nobody", None, EVERYBODY[:2])
            for pattern in ("(", r"(a)\1", "a{99999}", "x" * 257):
                with pytest.raises(InvalidPattern):
                    await two.find(pattern)
            # 8: on aliases as on names.
            await found(realms, "ne.*", "topic", EVERYBODY[:1])
            await found(realms, "pri.*", "zone", EVERYBODY[:1])
            assert (await two.find_any("pri.*", "topic")).atom == "node-2/tin"
            assert (await one.find_any("pri.*", "topic")).atom == "node-1/oil"
            await alias(one, "node-1/oil", "clear", "topic", "")
            await found(realms, "prices", "topic", EVERYBODY[2:])
            with pytest.raises(UnknownAlias):
                await one.find_any("news", "topic")

    asyncio.run(run())
    client = ("--realm", processes[0].realm, "--address", processes[0].address)
    ran = sojourn("names", "oil", "--json", *client)
    assert [row["atom"] for row in json.loads(ran.stdout)] == ["node-1/oil", "node-2/oil"]
    assert b"zone:prices" in sojourn("names", "pri.*", "--scope", "zone", *client).stdout
    nobody, unknown = sojourn("names", "gold", *client), sojourn("logs", "gold", *client)
    assert nobody.returncode == unknown.returncode != 0
    assert nobody.stderr.startswith(b"error: no atom has a name that fits 'gold'\nhint: ")


def test_an_atom_has_only_so_many_aliases_and_none_that_cannot_be_one(nodes: Nodes) -> None:
    processes = nodes("node-1")

    async def run() -> None:
        async with at_each(processes) as [realm]:
            for wrong in (("topic", "a\nb"), ("to:pic", "x"), ("topic", "x" * 257), ("", "x")):
                with pytest.raises(InvalidName):
                    await realm.start(GUEST, atom="tin", aliases=[wrong])
            await realm.start(GUEST, atom="oil")
            with pytest.raises(InvalidName):
                await alias(realm, "oil", "set", "to:pic", "x")
            for number in range(MOST_ALIASES):
                await alias(realm, "oil", "set", "many", f"{number}")
            with pytest.raises(TooLarge):
                await alias(realm, "oil", "set", "many", "more")
            await found([realm], "more", "many", [])
            await found([realm], "63", "many", EVERYBODY[:1])

    asyncio.run(run())


def test_a_name_never_changes_and_look_ups_follow_moves(nodes: Nodes) -> None:
    processes = nodes("node-1", "node-2", "node-3")

    async def run() -> None:
        async with at_each(processes) as realms:
            atom = await realms[0].start(GUEST, atom="oil", aliases=[("topic", "born")], node="node-1")
            for turn in range(9):
                target = processes[(turn + 1) % 3].name
                await atom.migrate(target)
                await found(realms, "oil", None, [("node-1/oil", target)])
                await found(realms, "born", "topic", [("node-1/oil", target)])
                # What it is called from now on is said by where it is now.
                await alias(realms[turn % 3], "oil", "set", "turn", str(turn))
                await found(realms, str(turn), "turn", [("node-1/oil", target)])
                await alias(realms[(turn + 2) % 3], "oil", "clear", "turn", "")
                await found(realms, ".*", "turn", [])

    asyncio.run(run())


def test_names_are_looked_up_while_any_node_is_away(nodes: Nodes, tmp_path: Path) -> None:
    processes = nodes("node-1", "node-2", "node-3")
    expected = [(f"{name}/oil", name) for name in ("node-1", "node-2", "node-3")]

    async def away(lost: Process, left: list[Process]) -> None:
        async with at_each(left) as realms:
            for realm in realms:
                names = [(row.atom, row.node) for row in await realm.find("oil")]
                assert names == expected, f"{lost.name} is away, and its atoms are known"
                assert len(await realm.find("prices", "topic")) == len(expected)
                # Of several that are called so one is meant that answers.
                await eventually(partial(realm.find_any, "oil"), lambda row: row.node != lost.name)
            name = f"{left[0].name}/oil"
            await alias(realms[0], name, "set", "without", lost.name)
            await found(realms, lost.name, "without", [(name, left[0].name)])

    async def run() -> None:
        async with at_each(processes) as realms:
            for process in processes:
                await realms[0].start(GUEST, atom="oil", aliases=[("topic", "prices")], node=process.name)
            await found(realms, "oil", None, expected)
        lost = processes[0]
        lost.kill()
        await away(lost, processes[1:])
        # One that comes now hears of all, and one that comes again has nothing of what it had.
        joined = Process(lost.realm, tmp_path, "node-4")
        processes.append(joined)
        joined.begin(join=processes[1].address)
        left = processes[1:]
        await away(lost, left)
        lost.begin(join=processes[1].address)
        async with at_each([lost, *left]) as realms:
            await found(realms, "oil", None, expected[1:])
            again = await realms[0].start(GUEST, atom="oil", node="node-1")
            assert again.name == "node-1/oil"
            await found(realms, "oil", None, expected)

    asyncio.run(run())
