"""Very many WebSocket clients in one process: each says so much a second, and expects it back, once and in order.

    python sockets.py HOST:PORT PATH CLIENTS RATE SECONDS

Prints one line of JSON. Frames are made by hand and clients wait in one epoll, so that a small part of a core is
enough. A message is its client's number, its own number and the time at which it was sent. What ends a client counts as
a disconnect; a message that is missing, comes twice or in another order counts as an error.
"""

import json
import os
import select
import socket
import struct
import sys
import time

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MESSAGE = struct.Struct("!IId")
# Header of a server's frame with such a payload, and of a client's, with a mask of zeros: then nothing is to be masked.
ANSWER = bytes((0x82, MESSAGE.size))
QUESTION = bytes((0x82, 0x80 | MESSAGE.size)) + bytes(4)
FRAME = len(ANSWER) + MESSAGE.size
# Sends are spread over so many instants a second.
INSTANTS = 200
CLOSE = 0x88
# What is still under way at the end is waited for so long.
REST_S = 10.0


class Client:
    """One of them."""

    __slots__ = ("buffer", "came", "number", "sent", "socket")

    def __init__(self, number: int, there: tuple[str, int], path: str) -> None:
        self.number = number
        self.sent = 0
        self.came = 0
        self.buffer = b""
        self.socket = socket.create_connection(there, timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host = f"{there[0]}:{there[1]}"
        request = (
            f"GET {path} HTTP/1.1\r\nhost: {host}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
            f"sec-websocket-key: {KEY}\r\nsec-websocket-version: 13\r\n\r\n"
        )
        self.socket.sendall(request.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            part = self.socket.recv(4096)
            assert part, f"refused: {head!r}"
            head += part
        assert head.startswith(b"HTTP/1.1 101"), head
        self.socket.setblocking(False)

    def send(self) -> bool:
        """Sends a message; whether it went."""
        try:
            self.socket.send(QUESTION + MESSAGE.pack(self.number, self.sent, time.monotonic()))
        except BlockingIOError:
            return False
        self.sent += 1
        return True


class Load:
    """All of them."""

    def __init__(self, there: tuple[str, int], path: str, clients: int) -> None:
        self.clients = {each.socket.fileno(): each for each in (Client(n, there, path) for n in range(clients))}
        self.turn = list(self.clients.values())
        self.epoll = select.epoll()
        for descriptor in self.clients:
            self.epoll.register(descriptor, select.EPOLLIN)
        self.disconnects = self.errors = self.messages = self.late = 0
        self.waits: list[float] = []
        self.at = 0

    def run(self, rate: float, seconds: float) -> dict[str, float]:
        """Sends and receives for so long."""
        begin = time.monotonic()
        wanted, total = 0.0, int(len(self.turn) * rate * seconds)
        while wanted < total and self.clients:
            wanted = min(float(total), (time.monotonic() - begin) * len(self.turn) * rate)
            while self.messages < int(wanted):
                client = self.turn[self.at % len(self.turn)]
                self.at += 1
                self.messages += 1
                try:
                    self.late += not client.send()
                except OSError:
                    self.gone(client)
            self.receive(1 / INSTANTS)
        deadline = time.monotonic() + REST_S
        while any(each.came < each.sent for each in self.clients.values()) and time.monotonic() < deadline:
            self.receive(0.05)
        missing = sum(each.sent - each.came for each in self.clients.values())
        if missing:
            print(
                "missing:",
                {each.number: (each.came, each.sent) for each in self.turn if each.came < each.sent},
                file=sys.stderr,
            )
        self.waits.sort()
        return {
            "messages": self.messages,
            "disconnects": self.disconnects,
            "errors": self.errors + missing,
            "unsent": self.late,
            "p50_ms": 1000 * self.waits[len(self.waits) // 2],
            "p99_ms": 1000 * self.waits[len(self.waits) * 99 // 100],
            "max_ms": 1000 * self.waits[-1],
            "seconds": time.monotonic() - begin,
            "cpu_seconds": time.process_time(),
        }

    def receive(self, timeout_s: float) -> None:
        """What has come."""
        for descriptor, _ in self.epoll.poll(timeout_s, 256):
            client = self.clients.get(descriptor)
            if client is None:
                continue
            try:
                data = client.socket.recv(1 << 16)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                self.gone(client)
                continue
            self.take(client, client.buffer + data if client.buffer else data)

    def take(self, client: Client, data: bytes) -> None:
        """Frames of a client."""
        now, start = time.monotonic(), 0
        while len(data) - start >= FRAME:
            if data[start : start + 2] != ANSWER:
                if data[start] == CLOSE:
                    print("closed:", data[start + 4 :], file=sys.stderr)
                    self.gone(client)
                    return
                start += 2
                continue
            number, count, sent_at = MESSAGE.unpack_from(data, start + 2)
            if number != client.number or count != client.came:
                self.errors += 1
            client.came = count + 1
            self.waits.append(now - sent_at)
            start += FRAME
        client.buffer = data[start:]
        if client.buffer and client.buffer[0] == CLOSE:
            self.gone(client)

    def gone(self, client: Client) -> None:
        """A client is disconnected."""
        if self.clients.pop(client.socket.fileno(), None) is not None:
            self.disconnects += 1
            self.epoll.unregister(client.socket.fileno())
            client.socket.close()


def main(address: str, path: str, clients: int, rate: float, seconds: float) -> None:
    """See above."""
    host, _, port = address.rpartition(":")
    load = Load((host, int(port)), path, clients)
    print("ready", flush=True)
    if not os.isatty(0):
        sys.stdin.readline()
    print(json.dumps(load.run(rate, seconds)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
