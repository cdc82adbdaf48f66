"""Bulk through connections of a program that moves all the while."""

import asyncio
import hashlib
import random
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import sojourn
from tests.e2e.nodes import Process, met

Nodes = Callable[..., list[Process]]
LENGTH = 8 << 20


def exchange(address: tuple[str, int], seed: int, *, slow: bool) -> bool:
    """Sends and reads at once; whether what comes back is what was sent."""
    sent = random.Random(seed).randbytes(LENGTH)  # noqa: S311 -- the same each time, and nobody's secret
    with socket.create_connection(address, 10) as connection:
        connection.settimeout(60)

        def write() -> None:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)

        writing = threading.Thread(target=write)
        writing.start()
        came, count = hashlib.blake2b(), 0
        while part := connection.recv(1000 if slow else 1 << 16):
            came.update(part)
            count += len(part)
        writing.join()
    return count == LENGTH and came.digest() == hashlib.blake2b(sent).digest()


def test_streams_are_whole_while_their_program_moves(nodes: Nodes, guest_path: Callable[[str], Path]) -> None:
    processes = nodes("node-1", "node-2")

    async def run() -> None:
        async with await sojourn.connect(processes[0].address, realm=processes[0].realm) as realm:
            await met(realm, {"node-1", "node-2"})
            atom = await realm.start(guest_path("serve"), listen=["127.0.0.1:0"], node="node-1")
            host, port = atom.listening[0].rsplit(":", 1)
            talks = [asyncio.to_thread(exchange, (host, int(port)), seed, slow=seed == 0) for seed in range(3)]
            talking = asyncio.gather(*talks)
            place = 1
            while not talking.done():
                place = 3 - place
                await atom.migrate(f"node-{place}")
                await asyncio.sleep(0.05)
            assert await talking == [True, True, True]
            assert (await atom.row()).moves > 1
            await atom.stop(keep=False)

    asyncio.run(run())
