"""What tracked files must not hold, and how long they may be."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT_LINES = 700

# Longer than the limit, and why; an entry goes when its file shrinks, none comes.
LONGER: dict[str, int] = {}

GENERATED = {
    "Cargo.lock",
    "LICENSE",
    "package-lock.json",
    "develop.lock",
    "wire.rs",
    "wire.py",
    "raw.rs",
    "config_keys.py",
    "cli.md",
    "realm.md",
    "rest.md",
}

FORBIDDEN = {
    "a folder of one machine": re.compile(r"(?<![\w.$}])/(?:root|home|Users)/[a-z]\w*"),
    "the address of a registry or mirror": re.compile(
        r"https?://[^\s\"')>]*(?:/simple\b|pypi\.|registry\.npmjs|index\.crates|mirror)", re.IGNORECASE
    ),
    "a secret": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY|\bghp_[A-Za-z0-9]{36}|\bAKIA[A-Z0-9]{16}|\bxox[bap]-[A-Za-z0-9-]{10,}"
    ),
}


def tracked() -> list[Path]:
    """Files under version control."""
    output = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / name for name in output.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str:
    """A file's text, empty for binary ones."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode(errors="replace")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    pattern = FORBIDDEN[what]
    checked = [path for path in tracked() if path != Path(__file__)]
    found = [f"{path.relative_to(ROOT)}: {match[0]}" for path in checked for match in pattern.finditer(text_of(path))]
    assert found == []


def test_files_are_short() -> None:
    sources = [path for path in tracked() if path.name not in GENERATED and path.suffix in {".rs", ".py", ".md", ".c"}]
    lengths = {str(path.relative_to(ROOT)): text_of(path).count("\n") for path in sources}
    longer = {name: length for name, length in lengths.items() if length > LONGER.get(name, LIMIT_LINES)}
    assert longer == {}


def test_the_list_of_longer_files_only_shrinks() -> None:
    slack = {name: limit for name, limit in LONGER.items() if text_of(ROOT / name).count("\n") <= LIMIT_LINES < limit}
    assert slack == {}
