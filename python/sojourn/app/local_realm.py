"""A realm on this machine: its nodes as processes, which end with this one, however it ends."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from sojourn.app.member import CONTROLLER, GATEWAY, NODE
from sojourn.model.errors import NodeError, SojournError, StorageError
from sojourn.model.node_errors import Address, Internal, node_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from sojourn.model.config import Value

HOST = "127.0.0.1"
# How long a node may take to join, and to leave.
JOIN_S = 30.0
LEAVE_S = 10.0
# Most bytes of the line by which a node tells that it has joined.
LINE = 64 * 1024


class Member:
    """A node's process, or that of a controller."""

    def __init__(self, name: str, settings: Mapping[str, Value], *, temporary: bool, module: str = NODE) -> None:
        self.name = name
        # A session of its own: Ctrl-C in the terminal is for this process, which then ends the nodes in order.
        self.process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", module, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        order = json.dumps({"settings": settings, "temporary": temporary, "json": True}) + "\n"
        with suppress(BrokenPipeError):
            stream(self.process.stdin).write(order.encode())

    @property
    def output(self) -> int:
        """Descriptor of what it tells; at its end when it has ended."""
        return stream(self.process.stdout).fileno()

    def told(self) -> Any:  # noqa: ANN401 -- JSON of our own
        """Waits until it has joined; what it tells then.

        Raises:
            NodeError: It could not, and why.
        """
        line = self._line(time.monotonic() + JOIN_S)
        try:
            told = json.loads(line)
        except ValueError:
            status = self.end()
            raise Internal(f"{self.name} did not start: exit status {status}", "what it wrote is above") from None
        if "error" in told:
            text = f"{self.name}: {told['error']}"
            raise node_error(told["code"], text, told["hint"]) if told["code"] else NodeError(text, told["hint"])
        return told

    def addresses(self) -> tuple[str, ...]:
        """Waits until a node has joined; where others can join it. See `told`."""
        return tuple(self.told()["addresses"])

    def _line(self, deadline: float) -> bytes:
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.output, selectors.EVENT_READ)
            while not line.endswith(b"\n") and len(line) < LINE:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    break
                part = os.read(self.output, LINE)
                if not part:
                    break
                line += part
        return line

    def leave(self) -> None:
        """Asks it to leave."""
        with suppress(OSError):
            stream(self.process.stdin).close()

    def end(self, patience_s: float = LEAVE_S) -> int:
        """Waits until it has left, and ends it if that takes too long; its exit status."""
        self.leave()
        try:
            status = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        stream(self.process.stdout).close()
        return status


class LocalRealm:
    """Nodes `node-1`, `node-2` and so on, of which the first listens at a known port and the others join it.

    As a context manager it ends them all.

    Args:
        settings: The configuration that they have in common.
        nodes: How many.
        port: Port of the first; 0: any free one.
        folder: Folder for what they keep; None: a temporary one, removed at the end.

    Raises:
        Address: The port is in use.
    """

    def __init__(self, settings: Mapping[str, Value], nodes: int, port: int, folder: Path | None) -> None:
        check_port(port)
        self._temporary = folder is None
        self.folder = folder_for(folder)
        self._settings = settings
        self.members: list[Member] = []
        self._woken = -1
        self.names = [f"node-{number}" for number in range(1, nodes + 1)]
        try:
            self.address = self._begin(self.names[0], port, ())[0]
            for name in self.names[1:]:
                self.members.append(self._member(name, 0, (self.address,)))
            for member in self.members[1:]:
                member.addresses()
        except BaseException:
            self.end()
            raise

    def _begin(self, name: str, port: int, join: tuple[str, ...]) -> tuple[str, ...]:
        member = self._member(name, port, join)
        self.members.append(member)
        try:
            return member.addresses()
        except NodeError as error:
            raise in_use(port) if isinstance(error, Address) else error from error

    def _member(self, name: str, port: int, join: tuple[str, ...]) -> Member:
        own: dict[str, Value] = {
            "node.name": name,
            "node.listen": (f"tcp/{HOST}:{port}",),
            "node.join": join,
            "node.folder": str(self.folder / name),
        }
        return Member(name, {**self._settings, **own}, temporary=self._temporary)

    def control(self, settings: Mapping[str, Value]) -> str:
        """Starts the controller; where it is reached over HTTP.

        Args:
            settings: The configuration, with its own keys.

        Raises:
            NodeError: It could not start, and why.
        """
        own: dict[str, Value] = {"client.address": self.address, "controller.folder": str(self.folder)}
        member = Member("controller", {**settings, **own}, temporary=False, module=CONTROLLER)
        self.members.append(member)
        return str(member.told()["controller"])

    def gateway(self, settings: Mapping[str, Value]) -> dict[str, str]:
        """Starts a gateway; where each of its doors is, by the door's name.

        Args:
            settings: The configuration, with its own keys.

        Raises:
            NodeError: It could not start, and why.
        """
        own: dict[str, Value] = {"client.address": self.address}
        if not settings["controller.token_file"]:
            own["controller.token_file"] = str(self.folder / "tokens.json")
        member = Member("gateway", {**settings, **own}, temporary=False, module=GATEWAY)
        self.members.append(member)
        return {str(door): str(where) for door, where in member.told().items() if door != "name"}

    def heed(self) -> None:
        """From now on SIGINT and SIGTERM end no more than `watch`."""
        self._woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _signal, _frame: None)

    def watch(self, ended: Callable[[Member, int], None]) -> bool:
        """Waits until SIGINT or SIGTERM comes, also since `heed`, or no node is left; whether it was a signal.

        Args:
            ended: Told of a node that ended by itself, and with what exit status.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for member in self.members:
                selector.register(member.output, selectors.EVENT_READ, member)
            while len(selector.get_map()) > 1:
                for key, _ in selector.select():
                    if key.data is None:
                        return True
                    if not os.read(key.fd, LINE):
                        selector.unregister(key.fd)
                        ended(key.data, key.data.process.wait())
        return False

    def end(self) -> None:
        """Ends all nodes, and removes what was only for the time of this realm."""
        for member in self.members:
            member.leave()
        deadline = time.monotonic() + LEAVE_S
        for member in self.members:
            member.end(max(0.1, deadline - time.monotonic()))
        self.members = []
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def stream(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe that was asked for."""
    if pipe is None:
        raise SojournError("a process has no pipe")
    return pipe


def folder_for(folder: Path | None) -> Path:
    """The realm's folder, which is there."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="sojourn-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    return folder.absolute()


def check_port(port: int) -> None:
    """Says before any process is started that the port is in use."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise in_use(port) from error


def in_use(port: int) -> Address:
    """The port is in use."""
    return Address(
        f"port {port} of {HOST} is in use",
        f"`sojourn nodes --address {HOST}:{port}` shows whether a realm is up there; --port chooses another",
    )
