"""A server of PostgreSQL of the tests' own, in a temporary folder; ended by the number of its process."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.debian import need

USER = "sojourn"
PASSWORD = "a pass/word: 50%"  # noqa: S105 -- of a server that lives as long as the tests
OLDEST = 15
BOUND_S = 60
# Between two questions whether it answers; asking costs it time, too.
POLL_S = 0.05
HOST = "127.0.0.1"


class Server:
    """A server: `address` for a schema of its own, `kill` and `start` for tests of failure."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._schemas = 0
        # Short, as a socket's path has to be, and where its user may go.
        self.folder = Path(tempfile.mkdtemp(prefix="sojourn-pg-"))
        self._as: dict[str, Any] = unprivileged(self.folder)
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self._initialise()
        self.start()

    def start(self) -> None:
        """Starts the server, and waits until it answers."""
        options = [
            "-D",
            str(self._data),
            "-p",
            str(self.port),
            "-k",
            str(self.folder),
            "-c",
            f"listen_addresses={HOST}",
        ]
        with (self.folder / "log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(self._programs / "postgres"), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._as,
            )
        self.process = process
        ends = time.monotonic() + BOUND_S
        while not self._answers():
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL_S)
            if process.poll() is not None or time.monotonic() > ends:
                pytest.fail(f"PostgreSQL does not start: {(self.folder / 'log').read_text()[-2000:]}")

    def kill(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends the server: SIGQUIT at once and without tidying, SIGINT in order."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(BOUND_S)
            self.process = None

    def schema(self) -> str:
        """Address of a schema that nobody has used."""
        self._schemas += 1
        name = f"test_{os.getpid()}_{self._schemas}"
        self.run(f"CREATE SCHEMA {name}")
        return self.address(options=f"-csearch_path={name}")

    def address(self, password: str = PASSWORD, user: str = USER, database: str = "postgres", **more: str) -> str:
        """Address of a database over TCP."""
        options = "&".join(f"{name}={quote(value, safe='')}" for name, value in more.items())
        login = f"{user}:{quote(password, safe='')}"
        return f"postgresql://{login}@{HOST}:{self.port}/{database}" + (f"?{options}" if options else "")

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Carries a statement out, as the server's owner."""
        with psycopg.connect(self._local, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        """Ends the server, and removes its folder."""
        self.kill()
        shutil.rmtree(self.folder)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _local(self) -> str:
        return f"host={self.folder} port={self.port} user={USER} dbname=postgres connect_timeout=10"

    def _initialise(self) -> None:
        """Makes the cluster: the socket trusts, the network wants a password."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        command: list[str | Path] = [self._programs / "initdb", "-D", self._data, "-U", USER, "--pwfile", secret]
        command += ["-E", "UTF8", "--locale=C", "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256"]
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            command, check=False, capture_output=True, cwd=self.folder, **self._as
        )
        assert done.returncode == 0, done.stderr

    def _answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def unprivileged(folder: Path) -> dict[str, Any]:
    """How to start what refuses to run as root; the folder is given to that user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def programs() -> Path | None:
    """Where the server's programs are; None: nowhere, or too old."""
    found = {int(path.parents[1].name): path.parent for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")}
    fitting = [version for version in found if version >= OLDEST]
    if fitting:
        return found[max(fitting)]
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


def serve() -> Iterator[Server]:
    """A server, for as long as it is wanted."""
    need("postgresql", programs())
    place = programs()
    if place is None:
        pytest.skip("needs PostgreSQL 15 or later")
    server = Server(place)
    try:
        yield server
    finally:
        server.end()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests, which use schemas of their own and do not end it."""
    yield from serve()
