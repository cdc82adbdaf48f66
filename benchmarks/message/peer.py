"""One peer of the message benchmark, in the peers' own environment: `peer.py ray|dask|nats BYTES`.

Prints a JSON list: half of the round trip between two actors, p50 in us; messages a second.
"""

# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202, PLC0415, ASYNC220 -- it runs where the peers are, and our types are not
from __future__ import annotations

import asyncio
import json
import socket
import statistics
import subprocess
import sys
import time

PINGS = 2000
ITEMS = 20_000
# Those that are answered one by one take long.
CALLS = 4_000
# How long a server may take to listen.
PATIENCE_S = 20


class Echo:
    """Answers with what came."""

    def echo(self, data):
        """The same."""
        return data


def with_ray(size):
    """An actor that calls another one."""
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    answers = ray.remote(Echo).remote()

    @ray.remote
    class Asks:
        def measure(self, other):
            data = bytes(size)
            for _ in range(100):
                ray.get(other.echo.remote(data))
            halves = []
            for _ in range(PINGS):
                began = time.perf_counter()
                ray.get(other.echo.remote(data))
                halves.append((time.perf_counter() - began) / 2 * 1e6)
            began = time.perf_counter()
            ray.get([other.echo.remote(data) for _ in range(CALLS)])
            return statistics.median(halves), CALLS / (time.perf_counter() - began)

    return ray.get(Asks.remote().measure.remote(answers))


def with_dask(size):
    """A client that calls an actor in another process."""
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        other = client.submit(Echo, actor=True).result()
        data = bytes(size)
        halves = []
        for _ in range(PINGS):
            began = time.perf_counter()
            other.echo(data).result()
            halves.append((time.perf_counter() - began) / 2 * 1e6)
        began = time.perf_counter()
        for future in [other.echo(data) for _ in range(CALLS)]:
            future.result()
        return statistics.median(halves), CALLS / (time.perf_counter() - began)


async def listening(port):
    """Waits until a server does."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def with_nats(size):
    """Two clients of a server, in one process each on its own connection."""
    import nats

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(["nats-server", "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)
    try:
        await listening(port)
        servers = f"nats://127.0.0.1:{port}"
        one, other = await nats.connect(servers), await nats.connect(servers)
        data, came, all_came = bytes(size), 0, asyncio.Event()

        async def answer(message):
            await message.respond(message.data)

        async def count(_):
            nonlocal came
            came += 1
            if came == ITEMS:
                all_came.set()

        await other.subscribe("echo", cb=answer)
        await other.subscribe("item", cb=count)
        await other.flush()
        halves = []
        for _ in range(PINGS):
            began = time.perf_counter()
            await one.request("echo", data, timeout=5)
            halves.append((time.perf_counter() - began) / 2 * 1e6)
        began = time.perf_counter()
        for _ in range(ITEMS):
            await one.publish("item", data)
        await all_came.wait()
        return statistics.median(halves), ITEMS / (time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait()


def main():
    """Measures one peer."""
    peer, size = sys.argv[1], int(sys.argv[2])
    measures = {"ray": with_ray, "dask": with_dask, "nats": lambda size: asyncio.run(with_nats(size))}
    print(json.dumps(measures[peer](size)))


if __name__ == "__main__":
    main()
