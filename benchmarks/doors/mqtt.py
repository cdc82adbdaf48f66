"""MQTT in, an atom, MQTT out, beside the broker alone: what it adds to a message's way, and how many go through.

    python mqtt.py [--json FILE] [--seconds 8]

A Mosquitto, a realm of one node and its gateway are started on this machine; the atom (tests/guests/relay.c) publishes
under `out` what comes under `in`. One client publishes and subscribes over bare sockets. Latency: one message under
way, by turns straight through the broker and by way of the atom, in the same run. Rate: so many under way that nobody
waits, each counted as it comes; what is missing or comes twice fails the run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sojourn.gateway.mqtt import packet as wire
from sojourn.gateway.mqtt.framing import Frames

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOST = "127.0.0.1"
RELAY = ROOT / "tests" / "guests" / "relay.c"
SETTINGS = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_queued_messages 0
"""
PAYLOAD = 64
ROUNDS = 2000
WINDOW = 1000
PATIENCE_S = 60.0


class Wire:
    """A client over a bare socket, MQTT 3.1.1."""

    def __init__(self, port: int, name: str) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._frames = Frames(1 << 20)
        hello = wire.connect(
            wire.V311, name, clean=True, keep_alive_s=600, user=None, password=None, will=None, properties={}
        )
        self._socket.sendall(hello)
        assert self._packets()[0][0] >> 4 == wire.Kind.CONNACK, "the broker refuses"

    def _packets(self) -> list[tuple[int, bytes]]:
        while True:
            data = self._socket.recv(1 << 18)
            assert data, "the broker closed the connection"
            came = [(first, body) for first, body, _ in self._frames.fed(data)]
            if came:
                return came

    def subscribe(self, pattern: str, qos: int) -> None:
        """Subscribes, and waits until that is so."""
        self._socket.sendall(wire.subscribe(wire.V311, 1, wire.Subscription(pattern, qos)))
        assert self._packets()[0][0] >> 4 == wire.Kind.SUBACK, "the broker refuses the filter"

    def publish(self, topic: str, payloads: list[bytes], qos: int, first: int = 1) -> None:
        """Publishes all of them at once."""
        self._socket.sendall(
            b"".join(
                wire.publish(wire.V311, topic, payload, qos, packet_id=(first + turn) % 60_000 + 1 if qos else 0)
                for turn, payload in enumerate(payloads)
            )
        )

    def messages(self) -> list[bytes]:
        """What comes next, at least one; acknowledged."""
        payloads: list[bytes] = []
        answers = b""
        while not payloads:
            for first, body in self._packets():
                if first >> 4 == wire.Kind.PUBLISH:
                    message = wire.read_publish(wire.V311, first, body)
                    payloads.append(message.payload)
                    if message.qos:
                        answers += wire.answer(wire.Kind.PUBACK, message.packet)
        if answers:
            self._socket.sendall(answers)
        return payloads

    def close(self) -> None:
        """Ends it."""
        self._socket.close()


def round_trip(client: Wire, topic: str) -> float:
    """Microseconds until what was published is back."""
    began = time.perf_counter()
    client.publish(topic, [bytes(PAYLOAD)], 0)
    client.messages()
    return (time.perf_counter() - began) * 1e6


def latency(port: int) -> dict[str, float]:
    """Straight through the broker and by way of the atom, by turns; medians in microseconds."""
    client = Wire(port, "latency")
    client.subscribe("out/0/x", 0)
    client.subscribe("direct/x", 0)
    straight, through = [], []
    for turn in range(ROUNDS):
        one, other = round_trip(client, "direct/x"), round_trip(client, "in/0/x")
        if turn >= ROUNDS // 10:
            straight.append(one)
            through.append(other)
    client.close()
    broker, whole = statistics.median(straight), statistics.median(through)
    return {
        "mqtt_extra_p50_us": round(whole - broker, 1),
        "mqtt_broker_p50_us": round(broker, 1),
        "mqtt_through_p50_us": round(whole, 1),
        "mqtt_through_p99_us": round(statistics.quantiles(through, n=100)[98], 1),
    }


def rate(port: int, qos: int, seconds: float) -> float:
    """Messages a second through the atom, each checked."""
    client = Wire(port, f"rate-{qos}")
    client.subscribe(f"out/{qos}/load", qos)
    sent = came = 0
    counted, at = 0, 0.0
    began = time.perf_counter()
    padding = bytes(PAYLOAD - 8)
    while True:
        now = time.perf_counter() - began
        if now < seconds and sent - came < WINDOW:
            batch = min(100, WINDOW - (sent - came))
            payloads = [number.to_bytes(8, "big") + padding for number in range(sent, sent + batch)]
            client.publish(f"in/{qos}/load", payloads, qos, sent)
            sent += batch
            if sent - came < WINDOW:
                continue
        elif now >= seconds and came == sent:
            break
        for payload in client.messages():
            number = int.from_bytes(payload[:8], "big")
            assert number == came, f"message {came} is missing, or out of its order: {number}"
            came += 1
        if not at and now > seconds / 5:
            counted, at = came, time.perf_counter()
        last = time.perf_counter()
    client.close()
    return (came - counted) / (last - at)


@contextmanager
def realm(folder: Path, port: int) -> Iterator[None]:
    """A node, a gateway and the atom."""
    command = [sys.executable, "-m", "sojourn"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "NO_COLOR": "1"}
    up = [*command, "up", "--nodes", "1", "--port", "0", "--no-controller", "--json", "--mqtt", f"{HOST}:{port}"]
    with subprocess.Popen(up, stdout=subprocess.PIPE, env=environment, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            build = [sys.executable, str(ROOT / "sdk" / "atoms.py"), str(RELAY), "--json"]
            built = json.loads(subprocess.run(build, check=True, capture_output=True).stdout)[str(RELAY)]
            start = [*command, "start", "--address", address, built]
            subprocess.run(start, check=True, capture_output=True, env=environment)
            yield
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def mosquitto(folder: Path) -> Iterator[int]:
    """A broker on a free port."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    assert program, "Mosquitto is needed: apt-get install mosquitto"
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    settings = folder / "mosquitto.conf"
    settings.write_text(SETTINGS.format(port=port))
    with subprocess.Popen([program, "-c", str(settings)], stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + PATIENCE_S
            while socket.socket().connect_ex((HOST, port)):
                assert time.monotonic() < deadline, "Mosquitto does not start"
                time.sleep(0.02)
            yield port
        finally:
            process.terminate()


def bound(port: int) -> None:
    """Waits until a message comes through."""
    client = Wire(port, "bound")
    client.subscribe("out/1/bound", 1)
    client._socket.settimeout(0.3)  # noqa: SLF001 -- asks again
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        client.publish("in/1/bound", [b"?"], 1)
        try:
            client.messages()
        except TimeoutError:
            continue
        client.close()
        return
    raise AssertionError("nothing comes through")


def measure(seconds: float = 8.0) -> dict[str, float]:
    """All figures, by their keys."""
    with tempfile.TemporaryDirectory() as place, mosquitto(Path(place)) as port, realm(Path(place), port):
        bound(port)
        figures = latency(port)
        figures["mqtt_msg_s"] = round(rate(port, 0, seconds))
        figures["mqtt_qos1_msg_s"] = round(rate(port, 1, seconds))
    return figures


def main() -> None:
    """Measures, prints, and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    figures = measure(options.seconds)
    for key, value in figures.items():
        print(f"{key:24} {value:>12,}")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
