"""Bindings by command: kept, replaced, taken away, and read as soon as they change."""

from pathlib import Path

import pytest

from sojourn.gateway.mqtt.binding import Binding, binding_of
from sojourn.gateway.mqtt.binding_file import BindingFile
from sojourn.model.errors import ConfigError, StorageError


def test_a_binding_is_kept_replaced_and_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "realm" / "mqtt.json"
    file, reader = BindingFile(path), BindingFile(path)
    assert reader.now() == ()
    first = binding_of("in", "a/+;qos=1", "atom")
    assert not file.add(first)
    assert reader.now() == (first,)
    other = Binding("out", "a/+", "atom", 2, keep=3, reply=True)
    assert not file.add(other)
    better = binding_of("in", "a/+;qos=2;drop=newest", "atom")
    assert file.add(better)
    assert reader.now() == file.all() == (other, better)
    file.remove("out", "a/+", "atom")
    assert reader.now() == (better,)
    with pytest.raises(ConfigError, match="not bound"):
        file.remove("out", "a/+", "atom")
    path.unlink()
    assert reader.now() == ()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"bindings": [{"direction": "up", "binding": "a", "atom": "b"}]}',
        b'{"bindings": [{"direction": "in", "binding": "a#", "atom": "b"}]}',
    ],
)
def test_a_file_that_is_none_is_told_and_changes_nothing(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "mqtt.json"
    file = BindingFile(path)
    binding = binding_of("in", "a", "atom")
    file.add(binding)
    assert file.now() == (binding,)
    path.write_bytes(text)
    assert file.now() == (binding,)
    with pytest.raises(StorageError, match="not a file of bindings"):
        file.all()
    with pytest.raises(StorageError):
        file.add(binding)
    assert path.read_bytes() == text


def test_a_file_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "mqtt.json"
    BindingFile(path).add(binding_of("in", "a", "atom"))
    assert path.stat().st_mode & 0o077 == 0
