"""What a run leaves behind in a process of Python's."""

import signal
import subprocess
import sys

import pytest

from tests.e2e.process import GuestPath


def python(code: str, guest: str) -> list[str]:
    """A command that runs this code with a guest's path as its argument."""
    return [sys.executable, "-c", f"import sojourn, sys, gc\n{code}", guest]


@pytest.mark.parametrize("engine", ["wasmtime", "wasmi"])
@pytest.mark.parametrize(
    "code",
    [
        "run = sojourn.start(sys.argv[1], engine={engine!r})",
        "run = sojourn.start(sys.argv[1], engine={engine!r}); del run; gc.collect()",
        """
import threading
run = sojourn.start(sys.argv[1], engine={engine!r})
threading.Thread(target=run.wait, daemon=True).start()
""",
    ],
)
def test_a_guest_that_still_runs_does_not_keep_the_process(guest_path: GuestPath, code: str, engine: str) -> None:
    command = python(code.format(engine=engine), str(guest_path("spin")))
    ran = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("code", ["run.wait()", "run.stdout.read()"])
def test_an_interrupt_ends_a_wait(guest_path: GuestPath, code: str) -> None:
    # Whoever runs this in the background has interrupts ignored, and so would the process.
    heeds = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{heeds}; run = sojourn.start(sys.argv[1]); print('on', flush=True); {code}"
    command = python(program, str(guest_path("spin")))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        try:
            _, messages = process.communicate(timeout=60)
        finally:
            process.kill()
    assert b"KeyboardInterrupt" in messages
    assert process.returncode == -signal.SIGINT
