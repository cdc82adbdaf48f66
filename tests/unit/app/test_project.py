"""Folders of atoms."""

import asyncio
import os
from pathlib import Path

import pytest

from sojourn.app import project
from sojourn.app.project import BuildFailed, Language, build, make, missing, sources
from sojourn.model.errors import SojournError, StorageError

LANGUAGES: list[Language] = ["c", "rust", "zig", "as"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_has_all_that_it_needs(language: Language, tmp_path: Path) -> None:
    folder = make(language, "my-atom", tmp_path)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"build.sh", "README.md", ".gitignore"} <= {path.name for path in files}
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    assert not any(project.PLACEHOLDER in path.read_bytes() for path in files)
    assert os.access(folder / "build.sh", os.X_OK)
    assert "# my-atom" in (folder / "README.md").read_text()
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("language", ["c", "rust", "zig"])
def test_an_atom_that_serves_http_has_its_own_source(language: Language, tmp_path: Path) -> None:
    plain, serving = make(language, "plain", tmp_path), make(language, "serving", tmp_path, http=True)
    names = [{path.relative_to(folder) for path in folder.rglob("*")} for folder in (plain, serving)]
    assert names[0] == names[1]
    assert not (serving / "http").exists()
    assert "/a/serving/" in (serving / "README.md").read_text()


def test_a_language_without_http_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SojournError, match="does not serve HTTP"):
        make("as", "serving", tmp_path, http=True)
    assert not any(tmp_path.iterdir())


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("mine")
    for name in ("taken", "file"):
        with pytest.raises(StorageError, match="there already"):
            make("c", name, tmp_path)
    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "/a", "-a", "1a", "a b", "é", "a" * 65, 'a"'])
def test_names_are_checked(name: str, tmp_path: Path) -> None:
    with pytest.raises(SojournError, match="cannot be the name"):
        make("c", name, tmp_path)
    assert not any(tmp_path.iterdir())


def test_what_is_missing_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr(project, "find_spec", lambda _name: None)
    assert all("hint: " in str(missing(language)) for language in LANGUAGES)


def write(folder: Path, script: str) -> Path:
    (folder / "build.sh").write_text(script)
    return folder


def test_a_build_gives_the_module_that_its_last_line_names(tmp_path: Path) -> None:
    write(tmp_path, 'echo building; printf made > out.wasm; echo "$PWD/out.wasm"')
    assert asyncio.run(build(tmp_path)) == b"made"


def test_a_build_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="line 3: no such thing"):
        asyncio.run(build(write(tmp_path, "echo line 3: no such thing >&2; exit 1")))
    with pytest.raises(BuildFailed, match="ended with 7"):
        asyncio.run(build(write(tmp_path, "exit 7")))
    with pytest.raises(StorageError):
        asyncio.run(build(write(tmp_path, "echo nowhere.wasm")))


def test_a_folder_without_a_build_file_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no build\.sh") as caught:
        asyncio.run(build(tmp_path))
    assert "sojourn new" in str(caught.value.hint)


def test_a_build_that_is_given_up_ends_with_all_it_started(tmp_path: Path) -> None:
    write(tmp_path, "sleep 1000 & echo $! > child; mkfifo never; cat never")

    def alive(process: int) -> bool:
        state = Path(f"/proc/{process}/stat")
        # Killed, it may wait to be collected by whoever inherited it.
        return state.exists() and ") Z " not in state.read_text()

    async def cut_off() -> None:
        task = asyncio.create_task(build(tmp_path))
        child = tmp_path / "child"
        while not (child.exists() and child.read_text().endswith("\n")):  # noqa: ASYNC110 -- a file has no event
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while alive(int(child.read_text())):  # noqa: ASYNC110 -- it is no child of this process
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(cut_off(), 60))


def test_sources_are_what_somebody_writes(tmp_path: Path) -> None:
    for name in ("atom.c", "lib/a.h", "atom.wasm", "target/x.o", ".git/HEAD", "node_modules/a/b.ts", ".hidden"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    before = sources(tmp_path)
    assert set(before) == {str(tmp_path / "atom.c"), str(tmp_path / "lib" / "a.h")}
    (tmp_path / "atom.c").write_text("longer")
    assert sources(tmp_path) != before
