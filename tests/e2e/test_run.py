"""`sojourn run` and `sojourn resume` with real processes, pipes and signals."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.process import SOJOURN, GuestPath, Runner, Starter


def test_streams_and_exit_status_pass_through(sojourn: Runner, guest_path: GuestPath, ticks: bytes) -> None:
    ran = sojourn("run", guest_path("ticks"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (7, ticks, b"")


def test_all_after_the_file_is_the_guests(sojourn: Runner, guest_path: GuestPath) -> None:
    words = ["--help", "--", "-x", "--engine", "none", "a b", ""]
    ran = sojourn("run", "--env", "A=1", "--env", "HERE", guest_path("words"), *words, env={"HERE": "yes"})
    expected = ["words.wat", *words, "A=1", "HERE=yes", ""]
    assert ran.stdout.decode().split("\0") == expected
    assert ran.returncode == 0


def test_input_passes_through_byte_for_byte(sojourn: Runner, guest_path: GuestPath) -> None:
    text = bytes(range(256)) * 300
    assert sojourn("run", guest_path("echo"), input=text).stdout == text


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1])
@pytest.mark.parametrize("engines", [("wasmtime", "wasmi"), ("wasmi", "wasmtime")])
def test_a_signal_stops_into_an_image(  # noqa: PLR0913, PLR0917 -- fixtures
    begin: Starter,
    sojourn: Runner,
    guest_path: GuestPath,
    ticks: bytes,
    folder: Path,
    number: signal.Signals,
    engines: tuple[str, str],
) -> None:
    process = begin("run", "--engine", engines[0], guest_path("ticks"))
    assert process.stdout is not None
    beginning = process.stdout.readline()
    process.send_signal(number)
    rest, messages = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"stopped: ticks.image" in messages
    assert b"hint: sojourn resume ticks.image" in messages
    resumed = sojourn("resume", "--engine", engines[1], "ticks.image")
    assert beginning + rest + resumed.stdout == ticks
    assert (resumed.returncode, resumed.stderr) == (7, b"")
    assert [path.name for path in folder.iterdir()] == ["ticks.image"]


def test_a_time_stops_again_and_again(sojourn: Runner, guest_path: GuestPath, ticks: bytes) -> None:
    ran = sojourn("run", "--engine", "wasmi", "--stop-after", "60ms", "--image", "x", guest_path("ticks"))
    written, stops = ran.stdout, 0
    while ran.returncode == 0:
        ran = sojourn("resume", "--engine", "wasmi", "--stop-after", "60ms", "x")
        written, stops = written + ran.stdout, stops + 1
    assert stops > 1
    assert (ran.returncode, written) == (7, ticks)


def test_a_guest_that_waits_for_input_can_be_stopped(begin: Starter, sojourn: Runner, guest_path: GuestPath) -> None:
    process = begin("run", guest_path("echo"), stdin=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"before")
    assert process.stdout.read(6) == b"before"
    process.send_signal(signal.SIGUSR1)
    assert process.wait(60) == 0  # while its input is still open
    process.communicate(timeout=60)
    assert sojourn("resume", "echo.image", input=b"after").stdout == b"after"


def test_an_interrupt_ends_it_as_any_program(begin: Starter, guest_path: GuestPath, folder: Path) -> None:
    process = begin("run", guest_path("ticks"), "--engine", "wasmi")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert list(folder.iterdir()) == []


def test_a_trap_is_told_and_has_its_status(sojourn: Runner, guest_path: GuestPath) -> None:
    ran = sojourn("run", guest_path("trap"))
    assert ran.returncode == 134
    assert ran.stderr.startswith(b"error: the guest trapped: ")
    assert b"unreachable" in ran.stderr


def test_a_reader_that_leaves_does_not_hang_it(begin: Starter, guest_path: GuestPath) -> None:
    process = begin("run", guest_path("ticks"))
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 7
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_streams_may_be_closed(guest_path: GuestPath, folder: Path) -> None:
    for guest, closed in (("words", ">&-"), ("echo", "<&-"), ("words", "<&- >&- 2>&-")):
        command = f"{SOJOURN} run {guest_path(guest)} {closed}"
        ran = subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True, cwd=folder, timeout=60)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_a_process_that_is_killed_leaves_the_older_image(
    begin: Starter, sojourn: Runner, guest_path: GuestPath, folder: Path
) -> None:
    sojourn("run", "--stop-after", "50ms", guest_path("spin"))
    older = (folder / "spin.image").read_bytes()
    process = begin("run", guest_path("ticks"), "--image", "spin.image")
    process.kill()
    process.communicate(timeout=60)
    assert (folder / "spin.image").read_bytes() == older
