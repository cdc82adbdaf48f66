"""Templates of atoms have the whole SDK of their language, as links to it: there is no second copy."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "python" / "sojourn" / "templates"
SDKS = {
    "c": ("c", "*.h"),
    "zig": ("zig", "*.zig"),
    "rust": ("rust", "src/**/*.rs"),
    "as": ("assemblyscript", "assembly/*"),
}
MORE = {"rust": ("Cargo.toml",), "as": ("annotate.mjs", "package.json", "package-lock.json")}


@pytest.mark.parametrize("language", SDKS)
def test_a_template_has_the_sdk_of_its_language(language: str) -> None:
    name, files = SDKS[language]
    sdk = ROOT / "sdk" / name
    wanted = {*(str(path.relative_to(sdk)) for path in sdk.glob(files)), *MORE.get(language, ())}
    links = [path for path in (TEMPLATES / language / "sojourn").rglob("*") if path.is_symlink()]
    assert {str(link.relative_to(TEMPLATES / language / "sojourn")) for link in links} == wanted
    assert all(link.resolve() == sdk / link.relative_to(TEMPLATES / language / "sojourn") for link in links)
    assert not any(Path(link.readlink()).is_absolute() for link in links)


def test_every_language_has_a_template() -> None:
    assert {path.name for path in TEMPLATES.iterdir()} == set(SDKS)


SOURCES = {"c": "atom.c", "rust": "src/lib.rs", "zig": "atom.zig"}
LINES = 20


@pytest.mark.parametrize("language", SOURCES)
def test_an_atom_that_serves_http_has_twenty_lines_and_the_guide_shows_them(language: str) -> None:
    source = (TEMPLATES / language / "http" / SOURCES[language]).read_text()
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith(("//!", "/*"))]
    assert len(lines) <= LINES
    shown = f"```{language}\n{source.replace('@NAME@', 'web')}```"
    assert shown in (ROOT / "docs/guide/http-atoms.md").read_text()
