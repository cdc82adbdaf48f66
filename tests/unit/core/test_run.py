"""Runs through the public face."""

import io
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

import sojourn
from sojourn import Finished, Module, Stopped, TooLate
from sojourn.core.run import Engine

ENGINES: list[Engine] = ["wasmtime", "wasmi"]
Guest = Callable[[str], Module]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_writes_and_ends_with_its_status(guest: Guest, ticks: bytes, engine: Engine) -> None:
    run = sojourn.start(guest("ticks"), engine=engine)
    assert run.stdout.read() == ticks
    assert run.stderr.read() == b""
    status = run.wait()
    assert (status.code, status.trap, status.ok) == (7, None, False)


@pytest.mark.parametrize(("first", "second"), list(product(ENGINES, ENGINES)))
def test_a_run_goes_on_where_it_was_stopped(guest: Guest, ticks: bytes, first: Engine, second: Engine) -> None:
    run = sojourn.start(guest("ticks"), engine=first)
    beginning = run.stdout.readline()
    image = run.stop()
    beginning += run.stdout.read()
    resumed = sojourn.resume(sojourn.Image.from_bytes(image.to_bytes()), engine=second)
    rest = resumed.stdout.read()
    assert rest
    assert beginning + rest == ticks
    assert resumed.wait().code == 7


def test_an_image_can_be_resumed_more_than_once(guest: Guest) -> None:
    run = sojourn.start(guest("ticks"))
    run.stdout.readline()
    image = run.stop()
    first, second = (sojourn.resume(image).stdout.read() for _ in range(2))
    assert first == second


def test_a_run_that_has_ended_cannot_be_stopped(guest: Guest) -> None:
    run = sojourn.start(guest("words"))
    run.wait()
    with pytest.raises(Finished):
        run.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loop_without_calls_can_be_stopped(guest: Guest, engine: Engine) -> None:
    image = sojourn.start(guest("spin"), engine=engine).stop()
    again = sojourn.resume(image, engine=engine).stop()
    assert [frame.function for frame in again.frames] == ["spin"]


def test_a_run_that_was_stopped_has_no_status(guest: Guest) -> None:
    run = sojourn.start(guest("spin"))
    run.stop()
    with pytest.raises(Stopped):
        run.wait()


def test_a_wait_ends_when_another_thread_stops_the_run(guest: Guest) -> None:
    run = sojourn.start(guest("spin"))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(run.wait)
        image = run.stop()
        with pytest.raises(Stopped):
            waiting.result(20)
    assert [frame.function for frame in image.frames] == ["spin"]


def test_streams_are_at_their_end_after_a_stop(guest: Guest) -> None:
    run = sojourn.start(guest("spin"))
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(run.stdout.read)
        run.stop()
        assert reading.result(20) == b""
    assert run.stdout.read() == b""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trap_is_told(guest: Guest, engine: Engine) -> None:
    status = sojourn.start(guest("trap"), engine=engine).wait()
    assert status.code is None
    assert status.trap is not None
    assert "unreachable" in status.trap


def test_the_interpreter_lock_is_free_while_a_guest_runs(guest: Guest) -> None:
    run = sojourn.start(guest("spin"))
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(run.wait)
        began = time.monotonic()
        assert sum(1 for _ in range(100_000)) == 100_000
        assert time.monotonic() - began < 5
        run.stop()
        with pytest.raises(Stopped):
            waiting.result(20)


def test_words_of_the_guest(guest: Guest) -> None:
    run = sojourn.start(guest("words"), args=["a b", "--x", "é"], env={"NAME": "value=1"})
    assert run.stdout.read() == "words.wat\0a b\0--x\0é\0NAME=value=1\0".encode()


def test_input_that_was_not_read_moves_with_the_guest(guest: Guest) -> None:
    text = bytes(range(256)) * 40
    run = sojourn.start(guest("echo"), stdin=text)
    beginning = run.stdout.read(16)
    try:
        image = run.stop()
    except Finished:
        assert beginning + run.stdout.read() == text
    else:
        beginning += run.stdout.read()
        assert beginning + sojourn.resume(image, engine="wasmi").stdout.read() == text


def test_input_comes_from_a_file_where_it_stands(guest: Guest, tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"first\nsecond\n")
    with path.open("rb") as file:
        file.readline()
        assert sojourn.start(guest("echo"), stdin=file).stdout.read() == b"second\n"
    assert sojourn.start(guest("echo"), stdin=io.BytesIO(b"bytes")).stdout.read() == b"bytes"


def test_a_guest_that_waits_for_a_pipe_can_be_stopped(guest: Guest) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as sink:
        run = sojourn.start(guest("echo"), stdin=source)
        sink.write(b"before")
        assert run.stdout.read(6) == b"before"
        image = run.stop()
        sink.write(b"after")
        run = sojourn.resume(image, stdin=source, engine="wasmi")
        assert run.stdout.read(5) == b"after"
        run.close()


@pytest.mark.parametrize(("poll", "engine"), list(product([1, 2, 77, 200_001], ENGINES)))
def test_a_stop_at_a_poll_is_exact(guest: Guest, poll: int, engine: Engine) -> None:
    image = sojourn.start(guest("ticks"), engine=engine).stop_at(poll)
    other = sojourn.start(guest("ticks"), engine="wasmi").stop_at(poll)
    assert image.frames == other.frames
    assert image.frames[0].function == "main"


def test_a_stop_that_was_asked_for_at_the_start_is_never_late(guest: Guest) -> None:
    run = sojourn.start(guest("spin"), stop_at=123)
    with pytest.raises(Stopped):
        run.wait()
    image = run.stop_at(123)
    assert run.stop() == image
    resumed = sojourn.resume(image, stop_at=1000)
    before, after = (stopped.frames[0].values[0].bits for stopped in (image, resumed.stop_at(1000)))
    assert (before, after) == (122, 1122)


def test_an_exact_stop_comes_too_late_once_it_runs(guest: Guest) -> None:
    run = sojourn.start(guest("ticks"))
    run.stdout.readline()
    with pytest.raises(TooLate):
        run.stop_at(1)
    run.close()


def test_a_stop_at_a_poll_that_never_comes(guest: Guest) -> None:
    with pytest.raises(Finished):
        sojourn.start(guest("words")).stop_at(poll=1_000)
    with pytest.raises(ValueError, match="from 1"):
        sojourn.start(guest("words")).stop_at(poll=0)


def test_hops_add_up(guest: Guest, ticks: bytes) -> None:
    run, written, hops = sojourn.start(guest("ticks")), b"", 0
    while True:
        try:
            image = run.stop_at(poll=1_000_003)
        except Finished:
            break
        written += run.stdout.read()
        run, hops = sojourn.resume(image, engine=ENGINES[hops % 2]), hops + 1
    assert hops > 20
    assert written + run.stdout.read() == ticks


def test_a_run_ends_with_its_context(guest: Guest) -> None:
    with sojourn.start(guest("spin")) as run:
        assert run.stdout.readable()
    with pytest.raises(Stopped):
        run.wait()
