"""Where the files of modules come from: a folder or a server, and nowhere else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sojourn.app.doors.arts import modules
from sojourn.app.doors.arts.modules import Source, candidates
from sojourn.gateway.mqtt.arts.record import Module
from sojourn.model.errors import ConfigError, UnknownModule


def module(filename: str, name: str = "user/prog") -> Module:
    return Module(uuid="m", name=name, filename=filename)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "files" / "user" / "prog").mkdir(parents=True)
    (tmp_path / "files" / "x.wasm").write_bytes(b"plain")
    (tmp_path / "files" / "user" / "prog" / "y.wasm").write_bytes(b"below")
    (tmp_path / "secret.wasm").write_bytes(b"secret")
    (tmp_path / "files" / "link.wasm").symlink_to(tmp_path / "secret.wasm")
    return tmp_path / "files"


def test_a_file_is_found_as_it_is_or_below_the_modules_name(folder: Path) -> None:
    source = Source(str(folder))
    assert source.fetch(module("x.wasm")) == b"plain"
    assert source.fetch(module("y.wasm")) == b"below"
    # As the browser's runtime writes it.
    assert source.fetch(module("/user/prog/y.wasm")) == b"below"


@pytest.mark.parametrize(
    "name", ["../secret.wasm", "link.wasm", "/../secret.wasm", "a/../../secret.wasm", "a\0b", "a\\b"]
)
def test_nothing_outside_the_folder_is_found(folder: Path, name: str) -> None:
    with pytest.raises(UnknownModule):
        Source(str(folder)).fetch(module(name, name="../.."))


def test_what_is_not_there_is_told_with_the_place(folder: Path) -> None:
    with pytest.raises(UnknownModule, match=r"there is no file z\.wasm or user/prog/z\.wasm at .*files"):
        Source(str(folder)).fetch(module("z.wasm"))
    with pytest.raises(UnknownModule, match=r"no place where x\.wasm could come from"):
        Source("").fetch(module("x.wasm"))
    with pytest.raises(ConfigError, match="there is no folder"):
        Source(str(folder / "none"))


def test_a_large_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "MODULE_BYTES", 4)
    with pytest.raises(UnknownModule, match="longer than"):
        Source(str(folder)).fetch(module("x.wasm"))


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/store/user/prog/x%20y.wasm"
            status = 200 if found else 500 if "broken" in self.path else 404
            self.send_response(status)
            self.end_headers()
            if found:
                self.wfile.write(b"fetched")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
            del format, args

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/store/"
    made.shutdown()
    thread.join()
    made.server_close()


def test_a_server(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(server)
    assert source.fetch(module("x y.wasm")) == b"fetched"
    with pytest.raises(UnknownModule, match=r"there is no file z\.wasm or user/prog/z\.wasm at http"):
        source.fetch(module("z.wasm"))
    with pytest.raises(UnknownModule, match="answers 500"):
        source.fetch(module("broken.wasm"))
    monkeypatch.setattr(modules, "MODULE_BYTES", 4)
    with pytest.raises(UnknownModule, match="longer than"):
        source.fetch(module("x y.wasm"))


def test_a_server_that_is_not_there(unused_port: int) -> None:
    with pytest.raises(UnknownModule, match="cannot be fetched"):
        Source(f"http://127.0.0.1:{unused_port}").fetch(module("x.wasm"))


def test_names_that_are_tried() -> None:
    assert candidates(module("/store/x.wasm", "a")) == ["store/x.wasm", "a/store/x.wasm"]
    assert candidates(module("..")) == []
