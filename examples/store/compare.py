"""One small key-value service three times: as actors, as objects, as publish and subscribe. All atoms move meanwhile.

python examples/store/compare.py
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
import zlib
from pathlib import Path
from typing import Protocol

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from stage import PATIENCE_S, Hopping, built, play, say  # noqa: E402 -- it lies beside the stories

import sojourn  # noqa: E402 -- beside the path above
from sojourn.model.node_errors import UnknownAtom  # noqa: E402 -- the same

KEYS = [f"key-{number}" for number in range(12)]
STEPS = 240


class Store(Protocol):
    """What all three can do."""

    async def put(self, key: str, value: bytes) -> None:
        """Sets a key."""

    async def get(self, key: str) -> bytes | None:
        """The value of a key; None: there is none."""

    async def delete(self, key: str) -> None:
        """Removes a key, if there is one."""


def value_of(answer: sojourn.Event) -> bytes | None:
    """What an atom answered."""
    if answer.type not in {"done", "none"}:
        raise RuntimeError(f"{answer.source} answered {answer.type}")
    return answer.data if answer.type == "done" else None


class Actors:
    """A key's hash says which of a few atoms has it."""

    def __init__(self, realm: sojourn.Realm, shards: list[sojourn.Atom]) -> None:
        self._realm, self._shards = realm, shards

    def _shard(self, key: str) -> sojourn.Atom:
        return self._shards[zlib.crc32(key.encode()) % len(self._shards)]

    async def put(self, key: str, value: bytes) -> None:
        """Asks the shard that has it."""
        value_of(await self._shard(key).call(value, type="put", subject=key))

    async def get(self, key: str) -> bytes | None:
        """The same."""
        return value_of(await self._shard(key).call(type="get", subject=key))

    async def delete(self, key: str) -> None:
        """The same."""
        value_of(await self._shard(key).call(type="delete", subject=key))


class Objects:
    """A key is an atom, and whoever knows its name has it; the first one makes others."""

    def __init__(self, realm: sojourn.Realm, first: sojourn.Atom) -> None:
        self._realm, self._first = realm, first
        self.names: dict[str, str] = {}

    async def put(self, key: str, value: bytes) -> None:
        """Tells the object, which is made when it is told something for the first time."""
        if key not in self.names:
            self.names[key] = (await self._first.call(type="make", subject=f"cell-{key}")).data.decode()
        await self._realm.call(self.names[key], value, type="put")

    async def get(self, key: str) -> bytes | None:
        """Asks the object."""
        try:
            return value_of(await self._realm.call(self.names.get(key, f"cell-{key}"), type="get"))
        except UnknownAtom:
            return None

    async def delete(self, key: str) -> None:
        """The object forgets."""
        if key in self.names:
            await self._realm.call(self.names[key], type="delete")


class Replicas:
    """Each has everything: one of them is told of a change, and each answers."""

    def __init__(self, realm: sojourn.Realm, replicas: list[sojourn.Atom]) -> None:
        self._realm, self._replicas = realm, replicas
        self._random = random.Random(2)  # noqa: S311 -- no secret

    async def put(self, key: str, value: bytes) -> None:
        """Always the same one publishes, so that all replicas hear changes in the same order."""
        value_of(await self._replicas[0].call(value, type="put", subject=key))
        await self._settled(key, value)

    async def get(self, key: str) -> bytes | None:
        """Any replica."""
        return value_of(await self._random.choice(self._replicas).call(type="get", subject=key))

    async def delete(self, key: str) -> None:
        """As `put`."""
        value_of(await self._replicas[0].call(type="delete", subject=key))
        await self._settled(key, None)

    async def _settled(self, key: str, value: bytes | None) -> None:
        """Replicas follow: whoever wants to read what was just written waits until all have it."""
        async with asyncio.timeout(PATIENCE_S):
            for replica in self._replicas:
                while value_of(await replica.call(type="get", subject=key)) != value:  # noqa: ASYNC110 -- it is asked each time
                    await asyncio.sleep(0)


async def story(realm: sojourn.Realm, nodes: list[str]) -> bool:
    """The same steps on all three, and on a dict."""
    shard, cell, replica = built(HERE, "shard.c", "cell.c", "replica.c")
    shards = [await realm.start(shard, atom=f"shard-{node}", node=node) for node in nodes]
    first = await realm.start(cell, atom="cells", node=nodes[0])
    replicas = [await realm.start(replica, atom=f"replica-{node}", node=node) for node in nodes]
    async with asyncio.timeout(PATIENCE_S):
        # Names spread, and that takes a moment.
        while len(await realm.find("changes", scope="topic")) < len(replicas):  # noqa: ASYNC110 -- it is asked each time
            await asyncio.sleep(0.01)
    stores: dict[str, tuple[Store, list[sojourn.Atom]]] = {
        "actors": (Actors(realm, shards), shards),
        "objects": (Objects(realm, first), [first]),
        "publish and subscribe": (Replicas(realm, replicas), replicas),
    }
    results = [await compared(nodes, name, store, atoms) for name, (store, atoms) in stores.items()]
    return all(results)


async def compared(nodes: list[str], name: str, store: Store, atoms: list[sojourn.Atom]) -> bool:
    """Puts, gets and deletes at random, with a dict beside it that has to agree."""
    choose = random.Random(1)  # noqa: S311 -- no secret
    known: dict[str, bytes] = {}
    wrong = 0
    moving = Hopping(atoms, nodes, cause="the store goes on")
    began = time.monotonic()
    for step in range(STEPS):
        key = choose.choice(KEYS)
        match choose.choice(("put", "get", "get", "delete")):
            case "put":
                known[key] = f"value {step}".encode()
                await store.put(key, known[key])
            case "delete":
                known.pop(key, None)
                await store.delete(key)
            case _:
                wrong += await store.get(key) != known.get(key)
    for key in KEYS:
        wrong += await store.get(key) != known.get(key)
    took = time.monotonic() - began
    hops = await moving.end()
    say(f"  {name:<22} {STEPS / took:>6.0f} steps/s while its atoms moved {hops:>3} times; wrong answers: {wrong}")
    return wrong == 0 and hops > 0


if __name__ == "__main__":
    play("store", story)
