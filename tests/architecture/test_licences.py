"""Licences of what is linked into the extension."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def allowed(expression: str, licences: set[str]) -> bool:
    """Whether an SPDX expression can be met with these licences: every part of AND, one alternative of OR."""
    flat = expression.replace("(", "").replace(")", "")
    parts = [re.split(r"\s+OR\s+|\s*/\s*", part) for part in flat.split(" AND ")]
    return all(any(licence.strip() in licences for licence in part) for part in parts)


def test_every_rust_dependency_has_a_permissive_licence() -> None:
    table = tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]
    licences = set(table["allow"])
    exceptions = {entry["crate"]: licences | set(entry["allow"]) for entry in table["exceptions"]}
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    packages = {package["name"]: package["license"] or "none" for package in json.loads(output)["packages"]}
    refused = {name for name, text in packages.items() if not allowed(text, exceptions.get(name, licences))}
    assert refused == set()
    assert set(exceptions) <= set(packages), "an exception for a crate that is not taken any more"


def test_an_alternative_is_enough_and_every_part_counts() -> None:
    licences = {"MIT", "Unicode-3.0"}
    assert allowed("GPL-3.0-only OR MIT", licences)
    assert allowed("(MIT OR Apache-2.0) AND Unicode-3.0", licences)
    assert not allowed("MIT AND GPL-3.0-only", licences)
    assert not allowed("none", licences)
