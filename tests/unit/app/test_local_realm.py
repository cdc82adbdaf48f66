"""A realm on this machine: what is checked before a process is started, and what their words become."""

import socket
import subprocess
from pathlib import Path

import pytest

from sojourn.app import local_realm
from sojourn.model.errors import NodeError, StorageError
from sojourn.model.node_errors import Address, Internal, NameTaken

SETTINGS = {"realm.name": "test"}


class Script:
    """Stands for a member's process: a program that says a line and ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
        program = f"import sys; sys.stdin.readline(); print({line!r}); sys.stdout.flush(); sys.stdin.read()"
        popen = subprocess.Popen
        monkeypatch.setattr(
            subprocess,
            "Popen",
            lambda command, **options: popen([command[0], "-c", program], **options),
        )


def test_a_member_tells_where_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    Script(monkeypatch, '{"name": "node-1", "addresses": ["tcp/127.0.0.1:7"]}')
    member = local_realm.Member("node-1", {}, temporary=False)
    assert member.addresses() == ("tcp/127.0.0.1:7",)
    assert member.end() == 0


@pytest.mark.parametrize(
    ("line", "error", "text"),
    [
        ('{"error": "there is one", "code": 26, "hint": null}', NameTaken, "node-1: there is one"),
        ('{"error": "no key", "code": 0, "hint": "do that"}', NodeError, "node-1: no key"),
        ("Traceback", Internal, "node-1 did not start: exit status 0"),
    ],
)
def test_a_member_that_could_not_join_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, error: type[NodeError], text: str
) -> None:
    Script(monkeypatch, line)
    with pytest.raises(error, match=text) as raised:
        local_realm.LocalRealm(SETTINGS, 2, 0, tmp_path)
    assert type(raised.value) is error


def test_a_port_in_use_is_told_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Address, match="is in use") as raised:
            local_realm.LocalRealm(SETTINGS, 1, taken.getsockname()[1], tmp_path / "none")
    assert "--port" in (raised.value.hint or "")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot make the folder"):
        local_realm.folder_for(tmp_path / "file" / "folder")
