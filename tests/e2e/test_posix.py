"""A C program that uses much of POSIX: as a guest, moved or not, it prints what its native build prints."""

import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

import sojourn
from sojourn.model.mount import MountLike

SOURCE = Path(__file__).parent.parent / "guests" / "posix.c"
ARGUMENTS = ["one", "two words", ""]
ENVIRONMENT = {"GREETING": "hello, world"}
INPUT = b"first line\nsecond line\nno end"
FLAGS = ["-D_GNU_SOURCE", "-O1", "-Wno-unused-result", "-Wno-unknown-warning-option"]
ENGINES: list[Literal["wasmtime", "wasmi"]] = ["wasmtime", "wasmi"]
HOPS = 25


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as a guest; the native one is beside it."""
    folder = tmp_path_factory.mktemp("posix")
    guest = folder / "posix.wasm"
    zig = [sys.executable, "-m", "ziglang", "cc", "--target=wasm32-wasi"]
    subprocess.run([*zig, *FLAGS, "-o", guest, SOURCE], check=True)
    subprocess.run(["cc", *FLAGS, "-o", guest.with_suffix(""), SOURCE], check=True)
    return guest


@pytest.fixture(scope="module")
def native(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """What the native build prints."""
    command: list[str | Path] = [built.with_suffix(""), *ARGUMENTS]
    ran = subprocess.run(
        command, check=False, capture_output=True, input=INPUT, env=ENVIRONMENT, cwd=tmp_path_factory.mktemp("native")
    )
    assert ran.returncode == 7
    return ran.stdout, ran.stderr


@pytest.fixture(params=["folder", "memory"])
def mounts(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, MountLike]:
    """Where the guest has its files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return {"/": folder if request.param == "folder" else sojourn.Memory()}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_guest_prints_what_the_native_program_prints(
    built: Path,
    native: tuple[bytes, bytes],
    mounts: Mapping[str, MountLike],
    engine: Literal["wasmtime", "wasmi"],
) -> None:
    run = sojourn.start(built, args=ARGUMENTS, env=ENVIRONMENT, stdin=INPUT, mounts=mounts, engine=engine)
    assert (run.stdout.read(), run.stderr.read()) == native
    assert run.wait().code == 7


@pytest.mark.parametrize("seed", range(3))
def test_a_guest_that_moves_at_random_prints_the_same(
    built: Path, native: tuple[bytes, bytes], mounts: Mapping[str, MountLike], seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 -- the same hops each time
    printed, complained = b"", b""
    run = sojourn.start(
        built, args=ARGUMENTS, env=ENVIRONMENT, stdin=INPUT, mounts=mounts, stop_at=dice.randrange(1, 200)
    )
    for hop in range(HOPS):
        printed += run.stdout.read()
        complained += run.stderr.read()
        try:
            image = run.stop()
        except sojourn.Finished:
            break
        stop_at = dice.randrange(1, 400) if hop < HOPS - 1 else None
        run = sojourn.resume(image.to_bytes(), engine=dice.choice(ENGINES), stop_at=stop_at)
    printed += run.stdout.read()
    complained += run.stderr.read()
    assert (printed, complained) == native
    assert run.wait().code == 7
    assert hop > 5
