"""Bindings by command: a file that commands write and gateways read, as soon as it has changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.mqtt.binding import Binding, Direction, binding_of, text_of
from sojourn.gateway.mqtt.error import InvalidTopic
from sojourn.gateway.mqtt.limit import BINDINGS
from sojourn.gateway.whole_file import alone_with, write_whole
from sojourn.model.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

MAX_BYTES = 16 << 20


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A binding, as the file has it."""

    direction: Direction
    binding: str
    atom: str


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file's contents."""

    bindings: tuple[Row, ...] = ()


class BindingFile:
    """Bindings by command. What another process changes is seen at the next look.

    Args:
        path: The file; there need not be one yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._known: tuple[Binding, ...] = ()

    def now(self) -> tuple[Binding, ...]:
        """The bindings as they are now; where the file cannot be read, as they were."""
        try:
            found = self.path.stat()
            seen = (found.st_mtime_ns, found.st_ino, found.st_size)
            if seen != self._seen:
                self._seen = seen
                self._known = self.all()
        except FileNotFoundError:
            self._seen, self._known = None, ()
        except (OSError, StorageError) as error:
            log.warning("bindings stay as they were: %s", error)
        return self._known

    def all(self) -> tuple[Binding, ...]:
        """All bindings, the oldest first.

        Raises:
            StorageError: The file cannot be read, or is none of bindings.
        """
        try:
            with self.path.open("rb") as file:
                rows = msgspec.json.decode(file.read(MAX_BYTES), type=Rows).bindings
            return tuple(binding_of(row.direction, row.binding, row.atom) for row in rows[:BINDINGS])
        except FileNotFoundError:
            return ()
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidTopic) as error:
            raise StorageError(
                f"{self.path} is not a file of bindings: {error}", "move it away, and bind anew"
            ) from error
        except OSError as error:
            raise StorageError(f"cannot read {self.path}: {error.strerror or error}") from error

    def add(self, binding: Binding) -> bool:
        """Keeps a binding, instead of one of the same filter, atom and direction; whether there was one.

        Raises:
            ConfigError: There are too many.
            StorageError: It could not be kept.
        """
        with alone_with(self.path):
            there = self.all()
            others = [each for each in there if key_of(each) != key_of(binding)]
            if len(others) >= BINDINGS:
                raise ConfigError(f"there are {len(others)} bindings already", "`sojourn mqtt unbind` takes one away")
            self._write([*others, binding])
        return len(others) < len(there)

    def remove(self, direction: Direction, pattern: str, atom: str) -> None:
        """Takes a binding away.

        Raises:
            ConfigError: There is none.
            StorageError: The file could not be written.
        """
        with alone_with(self.path):
            there = self.all()
            left = [each for each in there if key_of(each) != (direction, pattern, atom)]
            if len(left) == len(there):
                raise ConfigError(
                    f"{pattern!r} is not bound to {atom!r} by command",
                    "`sojourn mqtt list` shows bindings; those that an atom brings go with it",
                )
            self._write(left)

    def _write(self, bindings: list[Binding]) -> None:
        rows = Rows(tuple(Row(each.direction, text_of(each), each.atom) for each in bindings))
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(rows)) + b"\n")


def key_of(binding: Binding) -> tuple[str, str, str]:
    """What makes a binding another one."""
    return binding.direction, binding.pattern, binding.atom
