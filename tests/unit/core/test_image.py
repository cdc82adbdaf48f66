"""Images through the public face."""

from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn
from sojourn import Image, InvalidImage, InvalidModule, Module, Refused, Value, WrongModule, WrongVersion


@pytest.fixture(scope="module")
def image(guest: Callable[[str], Module]) -> Image:
    """A stopped guest with a value of each kind."""
    return sojourn.start(guest("values")).stop_at(5)


def test_frames_have_names_sites_and_typed_values(image: Image) -> None:
    assert [frame.function for frame in image.frames] == ["main", "outer", "inner"]
    outer, inner = image.frames[1:]
    assert outer.point == "in-progress"
    assert {index: value.value for index, value in outer.locals.items()} == {1: -9_000_000_000, 2: 1.5, 3: -0.25, 4: -1}
    assert inner.point == "poll"
    assert inner.values == (Value("local", 0, "i32", 4),)


def test_sites_of_frames_are_sites_of_the_module(image: Image, guest: Callable[[str], Module]) -> None:
    module = guest("values")
    assert {frame.site for frame in image.frames} <= set(module.sites)
    assert image.module_hash == module.hash


def test_bytes_and_files_are_the_same_image(image: Image, tmp_path: Path) -> None:
    image.save(tmp_path / "image")
    loaded = Image.load(tmp_path / "image")
    assert loaded == image == Image.from_bytes(image.to_bytes())
    assert loaded.frames == image.frames


def test_every_flipped_byte_is_noticed(image: Image) -> None:
    data = image.to_bytes()
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 0x40
        with pytest.raises((InvalidImage, WrongVersion)):
            Image.from_bytes(bytes(damaged))


def test_every_cut_is_noticed(image: Image) -> None:
    data = image.to_bytes()
    for length in range(len(data)):
        with pytest.raises(InvalidImage):
            Image.from_bytes(data[:length])


def test_another_version_is_told_apart(image: Image) -> None:
    data = bytearray(image.to_bytes())
    data[8] += 1
    with pytest.raises(WrongVersion):
        Image.from_bytes(bytes(data))


def test_another_module_is_told_apart(image: Image, guest: Callable[[str], Module]) -> None:
    with pytest.raises(WrongModule):
        sojourn.resume(image, module=guest("spin"))


def test_a_description_tells_what_is_inside(image: Image) -> None:
    described = image.describe()
    assert described.module_hash == image.module_hash
    assert described.size_bytes == len(image.to_bytes())
    assert [file.kind for file in described.files] == ["stdin", "stdout", "stderr"]
    assert sum(length for _, length in described.sections) <= described.size_bytes
    assert [value.value for value in described.globals] == [103]


def test_what_is_not_a_module_is_told() -> None:
    for data in (b"", b"nonsense", b"\0asm\1\0\0\0\1\200", b"(module (func (result i32)))"):
        with pytest.raises(InvalidModule):
            Module(data)


def test_what_cannot_move_is_refused_with_the_reason() -> None:
    with pytest.raises(Refused, match="shared"):
        Module(b"(module (memory 1 1 shared))")


def test_the_pass_alone_gives_a_module() -> None:
    wasm = b'(module (func (export "f") (loop (br 0))))'
    for flavour in ("atomic", "counter"):
        assert sojourn.instrument(wasm, flavour=flavour).startswith(b"\0asm")
    with pytest.raises(ValueError, match="flavour"):
        sojourn.instrument(wasm, flavour="none")  # type: ignore[arg-type]
