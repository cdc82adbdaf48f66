"""The page's samples are what their sources in examples/first make."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "python" / "sojourn" / "dashboard" / "page" / "samples"
RECORD = tomllib.loads((SAMPLES / "SAMPLES.toml").read_text())
# What the page loads in a moment also where the way to it is slow.
MOST_BYTES = 20_000


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_all_samples_are_recorded() -> None:
    assert sorted(RECORD["sample"]) == sorted(path.stem for path in SAMPLES.glob("*.wasm"))


@pytest.mark.parametrize("name", RECORD["sample"])
def test_a_sample_is_of_its_sources(name: str) -> None:
    row = RECORD["sample"][name]
    wasm = SAMPLES / f"{name}.wasm"
    hint = "`python examples/first/copy.py` builds them anew"
    assert digest(wasm) == row["sha256"], hint
    assert wasm.stat().st_size <= MOST_BYTES
    assert {source: digest(ROOT / source) for source in row["sources"]} == row["sources"], hint


def test_sources_built_again_give_the_same_bytes(tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-m", "ziglang", "version"], capture_output=True, text=True, check=False)
    if found.returncode or found.stdout.strip() != RECORD["compiler"]:
        pytest.skip(f"the samples were made with zig {RECORD['compiler']}")
    subprocess.run([sys.executable, ROOT / "examples" / "first" / "copy.py", "--into", tmp_path], check=True)
    assert {path.name: digest(path) for path in tmp_path.glob("*.wasm")} == {
        path.name: digest(path) for path in SAMPLES.glob("*.wasm")
    }
