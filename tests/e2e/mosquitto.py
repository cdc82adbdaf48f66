"""A Mosquitto of the tests' own, on a free port; ended by the number of its process."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.debian import need

HOST = "127.0.0.1"
BOUND_S = 60
POLL_S = 0.02
SETTINGS = """listener {port} 127.0.0.1
{access}
persistence {persistence}
persistence_location {folder}/
autosave_interval 1
autosave_on_changes true
user root
max_queued_messages 0
max_packet_size 67108864
"""


class Mosquitto:
    """A broker: `kill` and `start` for tests of failure."""

    def __init__(self, folder: Path, user: str = "", password: str = "", *, persistent: bool = False) -> None:
        self._program = program()
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        access = "allow_anonymous true"
        if user:
            passwords = folder / "passwords"
            tool = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"
            subprocess.run([tool, "-b", "-c", str(passwords), user, password], check=True, capture_output=True)
            passwords.chmod(0o644)
            access = f"allow_anonymous false\npassword_file {passwords}"
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            SETTINGS.format(port=self.port, access=access, folder=folder, persistence=str(persistent).lower())
        )
        self._log = folder / "mosquitto.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([self._program, "-c", str(self._settings)], stdout=log, stderr=log)
        ends = time.monotonic() + BOUND_S
        while True:
            try:
                socket.create_connection((HOST, self.port), 1.0).close()
            except OSError:
                if self.process.poll() is not None or time.monotonic() > ends:
                    pytest.fail(f"Mosquitto does not start: {self._log.read_text()[-2000:]}")
                time.sleep(POLL_S)
            else:
                return

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends it: at once, or with SIGTERM in order."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(BOUND_S)
            self.process = None


def program() -> str:
    """Where it is; skips the test where it cannot be had."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    need("mosquitto", Path(found) if found else None)
    found = found or shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if found is None:
        pytest.skip("needs mosquitto")
    return found


@contextmanager
def mosquitto(folder: Path, *, persistent: bool = False) -> Iterator[Mosquitto]:
    """One that ends with the context."""
    broker = Mosquitto(folder, persistent=persistent)
    try:
        yield broker
    finally:
        broker.kill(signal.SIGTERM)
