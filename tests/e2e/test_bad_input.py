"""What a person sees when something is wrong: one line, status 1, nothing lost."""

import json
import resource
from pathlib import Path

import pytest

from tests.e2e.process import GuestPath, Ran, Runner


def check_message(ran: Ran, *parts: str) -> None:
    """One error line with these parts, perhaps a hint, status 1."""
    lines = ran.stderr.decode().splitlines()
    assert ran.returncode == 1, lines
    assert lines[0].startswith("error: ")
    assert all(part in lines[0] for part in parts), lines[0]
    assert all(line.startswith("hint: ") for line in lines[1:]), lines


@pytest.fixture
def image(sojourn: Runner, guest_path: GuestPath, folder: Path) -> Path:
    """An image of the guest `ticks`."""
    sojourn("run", "--engine", "wasmi", "--stop-after", "1ms", guest_path("ticks"))
    return folder / "ticks.image"


@pytest.mark.parametrize("data", [b"", b"text", b"\x7fELF", b"\0asm", b"\0asm\1\0\0\0\1\xff", b"(module (fun))"])
def test_what_is_not_a_module(sojourn: Runner, folder: Path, data: bytes) -> None:
    (folder / "bad.wasm").write_bytes(data)
    check_message(sojourn("run", "bad.wasm"))
    check_message(sojourn("instrument", "bad.wasm", "out.wasm"))
    assert not (folder / "out.wasm").exists()


def test_what_asks_for_more_than_there_is(sojourn: Runner, folder: Path) -> None:
    (folder / "m.wat").write_text('(module (import "moon" "phase" (func)) (func (export "_start")))')
    check_message(sojourn("run", "m.wat"), "moon", "phase")


def test_what_has_nothing_to_run(sojourn: Runner, folder: Path) -> None:
    (folder / "m.wat").write_text("(module)")
    check_message(sojourn("run", "m.wat"), "_start")


@pytest.mark.parametrize("command", ["resume", "inspect"])
def test_what_is_not_an_image(sojourn: Runner, image: Path, command: str) -> None:
    data = image.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 1
    version = bytearray(data)
    version[8] += 1
    for bad in (b"", b"text", data[:-1], data + b"\0", bytes(flipped), bytes(version)):
        image.write_bytes(bad)
        check_message(sojourn(command, image))
        assert image.read_bytes() == bad


def test_an_image_of_another_module(sojourn: Runner, image: Path, guest_path: GuestPath) -> None:
    check_message(sojourn("resume", "--module", guest_path("spin"), image), "module")


def test_an_image_whose_module_is_not_at_hand(sojourn: Runner, image: Path, guest_path: GuestPath) -> None:
    elsewhere = {"SOJOURN_CACHE": str(image.parent / "other"), "HOME": "/nonexistent", "PATH": "/usr/bin"}
    check_message(sojourn("resume", image, env=elsewhere), "module")
    ran = sojourn("resume", "--module", guest_path("ticks"), image, env=elsewhere)
    assert ran.returncode == 7


def test_a_folder_that_is_gone(sojourn: Runner, guest_path: GuestPath, folder: Path) -> None:
    (folder / "data").mkdir()
    stop = ["--stop-after", "1ms"]
    assert sojourn("run", "--dir", "data", *stop, guest_path("spin")).returncode == 0
    image = folder / "spin.image"
    before = image.read_bytes()
    (folder / "data").rename(folder / "elsewhere")
    check_message(sojourn("resume", *stop, image), "data")
    assert image.read_bytes() == before
    check_message(sojourn("resume", "--dir", "none", *stop, image), "none")
    assert sojourn("resume", "--dir", "elsewhere::data", *stop, image).returncode == 0


def test_a_disk_that_fills_up_keeps_the_older_image(sojourn: Runner, guest_path: GuestPath, folder: Path) -> None:
    older = b"x" * 10_000
    (folder / "ticks.image").write_bytes(older)
    limit = (64, 64)  # bytes a file may have from here on
    ran = sojourn(
        "run", "--engine", "wasmi", "--stop-after", "1ms", guest_path("ticks"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )  # fmt: skip
    check_message(ran, "cannot write ticks.image")
    assert (folder / "ticks.image").read_bytes() == older
    assert [path.name for path in folder.iterdir()] == ["ticks.image"]


def test_a_full_disk_keeps_the_older_image(sojourn: Runner, image: Path) -> None:
    older = image.read_bytes()
    ran = sojourn("resume", "--engine", "wasmi", "--stop-after", "1ms", "--image", "/dev/full", image)
    check_message(ran, "No space left on device")
    assert image.read_bytes() == older
    assert [path.name for path in image.parent.iterdir()] == [image.name]


def test_the_computation_is_rescued_from_a_full_disk(sojourn: Runner, image: Path, folder: Path) -> None:
    ran = sojourn(
        "resume", "--engine", "wasmi", "--stop-after", "1ms", "--image", "/dev/full", image,
        env={"TMPDIR": str(folder), "SOJOURN_CACHE": str(folder.parent / "cache"), "PATH": "/usr/bin"},
    )  # fmt: skip
    kept = [path for path in folder.iterdir() if path != image]
    assert len(kept) == 1
    assert str(kept[0]) in ran.stderr.decode()
    assert sojourn("resume", kept[0]).returncode == 7


@pytest.mark.parametrize("command", [["run", "none.wasm"], ["resume", "none"]])
def test_a_file_that_is_not_there(sojourn: Runner, command: list[str]) -> None:
    check_message(sojourn(*command), "none", "No such file")


def test_neither_a_file_nor_an_atom_to_inspect(sojourn: Runner) -> None:
    # A realm of another test, or of whoever runs the tests, is not asked.
    check_message(sojourn("inspect", "--address", "127.0.0.1:1", "none"), "there is no file none", "no node answers")


def test_an_image_that_could_not_be_written_is_told_before_the_run(sojourn: Runner, guest_path: GuestPath) -> None:
    check_message(sojourn("run", "--image", "none/x.image", guest_path("spin")), "no folder")


def test_usage_errors_have_a_status_of_their_own(sojourn: Runner, guest_path: GuestPath) -> None:
    for options in (["--engine", "none"], ["--stop-after", "soon"], ["--none"]):
        ran = sojourn("run", *options, guest_path("spin"))
        assert ran.returncode == 2
        assert b"Usage" in ran.stderr


def test_inspection_names_functions_and_values(sojourn: Runner, image: Path) -> None:
    shown = sojourn("inspect", image).stdout.decode()
    for part in ("main", "work", "i32", "memory 0", "stdout", "frames", "chunks"):
        assert part in shown
    data = json.loads(sojourn("inspect", "--json", image).stdout)
    assert data["frames"][0]["function"] == "main"
    assert data["memories"][0]["size_bytes"] == 65536
