"""The Rust rooms: who may depend on whom, and on what from outside."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

# The ground plan: a room, and the rooms it may name.
ROOMS: dict[str, set[str]] = {
    "abi": set(),
    "kernel": {"abi"},
    "post": {"abi"},
    "names": {"abi"},
    "sim": {"abi", "kernel", "post"},
    "image": set(),
    "instrument": {"image"},
    "engine": {"image", "instrument"},
    "engine-wasmtime": {"engine"},
    "engine-wasmi": {"engine"},
    "host": {"abi", "post", "image", "engine"},
    "node": {
        "abi",
        "kernel",
        "post",
        "names",
        "image",
        "instrument",
        "engine",
        "engine-wasmtime",
        "engine-wasmi",
        "host",
    },
    "py": {"abi", "node", "instrument", "image"},
}

# What the pure rooms take from outside: they run anywhere, so that each entry is a promise.
OUTSIDE: dict[str, set[str]] = {
    "abi": {"minicbor"},
    "kernel": {"blake3"},
    "post": {"minicbor"},
    "names": {"regex-automata", "regex-syntax"},
    "image": {"minicbor", "lz4_flex", "blake3"},
    "instrument": {"wasmparser", "wasm-encoder"},
    "engine": set(),
    "host": {"blake3", "minicbor"},
}

# Only these name an engine, or Python.
ONLY: dict[str, set[str]] = {
    "wasmtime": {"engine-wasmtime"},
    "wasmi": {"engine-wasmi"},
    "pyo3": {"py"},
    "zenoh": {"node"},
}


@cache
def packages() -> dict[str, Any]:
    """The rooms of crates/ by name; packages of tests/ are free."""
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    rooms = [package for package in json.loads(output)["packages"] if "/crates/" in package["manifest_path"]]
    return {package["name"].removeprefix("sojourn-"): package for package in rooms}


def dependencies(room: str) -> set[str]:
    """What a room depends on, tests apart."""
    return {entry["name"] for entry in packages()[room]["dependencies"] if entry["kind"] != "dev"}


def test_every_room_is_on_the_ground_plan() -> None:
    assert set(packages()) == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_names_only_rooms_further_in(room: str) -> None:
    inside = {name.removeprefix("sojourn-") for name in dependencies(room) if name.startswith("sojourn-")}
    assert inside <= ROOMS[room]


@pytest.mark.parametrize("room", OUTSIDE)
def test_a_pure_room_takes_only_what_the_table_lists(room: str) -> None:
    outside = {name for name in dependencies(room) if not name.startswith("sojourn-")}
    assert outside <= OUTSIDE[room]


@pytest.mark.parametrize("room", OUTSIDE)
def test_a_pure_room_is_without_the_standard_library(room: str) -> None:
    assert "#![no_std]" in (ROOT / "crates" / room / "src" / "lib.rs").read_text()


@pytest.mark.parametrize("name", ONLY)
def test_one_room_names_each_engine_and_python(name: str) -> None:
    assert {room for room in packages() if name in dependencies(room)} <= ONLY[name]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_keeps_the_lints_of_the_house(room: str) -> None:
    manifest = (ROOT / "crates" / room / "Cargo.toml").read_text()
    assert "[lints]\nworkspace = true" in manifest
