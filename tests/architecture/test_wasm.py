"""The pure rooms build for a machine without an operating system."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGET = "wasm32-unknown-unknown"
PURE = ("abi", "kernel", "image", "instrument", "engine", "host")


def target_installed() -> bool:
    """Whether the compiler at hand has the target's core library."""
    command = ["rustc", "--print", "target-libdir", "--target", TARGET]
    folder = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    return bool(folder) and any(Path(folder).glob("libcore-*.rlib"))


@pytest.mark.timeout(600)
def test_pure_rooms_build_without_an_operating_system() -> None:
    if not target_installed():
        pytest.skip(f"the target {TARGET} is not installed: rustup target add {TARGET}")
    packages = [argument for room in PURE for argument in ("-p", f"sojourn-{room}")]
    command = ["cargo", "build", "--locked", "--release", "--quiet", "--target", TARGET, *packages]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
