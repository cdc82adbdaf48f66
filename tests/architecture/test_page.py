"""The dashboard's page: types, lints and unit tests of its JavaScript, and what its files must be."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from sojourn.dashboard.files import Page
from tests.node import WEB, packages, run

PAGE = Path(__file__).parents[2] / "python" / "sojourn" / "dashboard" / "page"
VENDOR = PAGE / "vendor"
LIMIT_LINES = 700
LIMIT_BYTES = 300_000

# What a browser can be given; types and licences lie beside it.
SERVED = {".html", ".js", ".mjs", ".css", ".svg", ".json", ".png", ".ico"}
PERMISSIVE = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC"}

# Names of XML's vocabularies, which nobody asks for.
ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)


def files() -> list[Path]:
    """The files of the page."""
    return sorted(path for path in PAGE.rglob("*") if path.is_file())


def own() -> list[Path]:
    """Those that are not vendored and have text."""
    return [path for path in files() if VENDOR not in path.parents and path.suffix in SERVED - {".png", ".ico"}]


def libraries() -> list[dict[str, Any]]:
    """What is vendored."""
    return list(tomllib.loads((VENDOR / "VENDORED.toml").read_text())["library"])


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.timeout(600)
def test_types_of_javascript() -> None:
    run("tsc", "-p", ".")


@pytest.mark.timeout(600)
def test_lints_and_format_of_javascript() -> None:
    run("biome", "ci", "--reporter=github", "--max-diagnostics=100", "--error-on-warnings", ".", PAGE)


@pytest.mark.timeout(600)
def test_units_of_javascript() -> None:
    units = sorted((WEB / "unit").glob("*.test.js"))
    assert units
    # Tells at its end what failed.
    said = run("node", "--test", "--test-reporter=spec", *units)
    assert re.search(r"\bpass [1-9]", said)


def test_vendored_files_are_those_that_the_table_names() -> None:
    named = {entry["path"]: entry["sha256"] for library in libraries() for entry in library["file"]}
    there = [path for path in VENDOR.rglob("*") if path.is_file() and path.suffixes != [".d", ".mts"]]
    there.remove(VENDOR / "VENDORED.toml")
    assert {str(path.relative_to(VENDOR)): digest(path.read_bytes()) for path in there} == named


def test_vendored_libraries_have_their_licence() -> None:
    for library in libraries():
        licences = [entry["path"] for entry in library["file"] if Path(entry["path"]).name == "LICENSE"]
        assert library["licence"] in PERMISSIVE
        assert licences, library["name"]
        assert all("opyright" in (VENDOR / path).read_text() for path in licences)


@pytest.mark.timeout(600)
def test_vendored_files_are_those_of_the_packages() -> None:
    for library in libraries():
        package = packages() / library["name"]
        assert f'"version": "{library["version"]}"' in (package / "package.json").read_text()
        for entry in library["file"]:
            original = (package / entry["from"]).read_bytes()
            assert digest(original) == entry.get("package_sha256", entry["sha256"]), entry["path"]
            made = original.replace(entry["was"].encode(), entry["is"].encode()) if "was" in entry else original
            assert made == (VENDOR / entry["path"]).read_bytes(), entry["path"]


def test_no_file_names_another_host() -> None:
    # A comment may say where a library or a format is from.
    code = {path: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in files() if served(path)}
    found = [f"{path.relative_to(PAGE)}: {match[0]}" for path, text in code.items() for match in ADDRESS.finditer(text)]
    assert found == []


def served(path: Path) -> bool:
    """Whether a browser gets it as text."""
    return path.suffix in SERVED - {".png", ".ico"}


def test_the_page_is_small() -> None:
    # As a browser gets it, compressed, where every view is opened. Nobody reads two languages; samples are started at
    # nodes, by their hash.
    page, aside = Page(), (PAGE / "text" / "de", PAGE / "samples")
    loaded = [path for path in files() if not any(folder in path.parents for folder in aside)]
    kept = [page.find(str(path.relative_to(PAGE))) for path in loaded]
    assert sum(len(file.packed or file.plain) for file in kept if file is not None) < LIMIT_BYTES


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(PAGE)): path.read_text().count("\n") for path in own()}
    lengths |= {path.name: path.read_text().count("\n") for path in WEB.rglob("*.js") if path.parent.parent == WEB}
    assert {name: length for name, length in lengths.items() if length > LIMIT_LINES} == {}


UNSAFE = {
    "markup from a text": re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML)\b"),
    "markup from a text, otherwise": re.compile(r"\bdocument\.write|createContextualFragment|DOMParser|\bsrcdoc\b"),
    "code from a text": re.compile(r"\beval\s*\(|\bnew Function\b|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=[\"'][^\"'$]"),
    "an inline style": re.compile(r"\sstyle=[\"'][^\"'$]|<style\b"),
}


@pytest.mark.parametrize("what", UNSAFE)
def test_no_file_has(what: str) -> None:
    found = [
        f"{path.relative_to(PAGE)}: {match[0]}" for path in own() for match in UNSAFE[what].finditer(path.read_text())
    ]
    assert found == []
