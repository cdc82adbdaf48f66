"""A broker of MQTT 3.1.1 in a process of its own, for a first try: keeps nothing, takes everybody of this machine.

Standard output tells its port; when standard input closes, whoever started it is gone, and it ends, too.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys

HOST, PORT = "127.0.0.1", 1883


def free_port() -> int:
    """The port that brokers have, or any free one."""
    for port in (PORT, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return PORT


async def serve() -> None:
    """Runs until standard input closes."""
    from amqtt.broker import Broker  # type: ignore[import-untyped]  # noqa: PLC0415 -- not always there

    logging.basicConfig(level=logging.ERROR)
    port = free_port()
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.buffer.read)
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(serve())
