"""Where tokens are kept: one file that only its owner may read, written whole or not at all."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

import msgspec

from sojourn.gateway.auth.token import Token, fits, parts_of
from sojourn.gateway.whole_file import alone_with, write_whole
from sojourn.model.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sojourn.gateway.auth.scope import Scope

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MAX_BYTES = 4 << 20


class Tokens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's contents."""

    tokens: tuple[Token, ...] = ()


class TokenFile:
    """Tokens of a realm. What another process changes is seen at the next look.

    Args:
        path: The file; there need not be one yet.
        clock: Seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._seen: tuple[int, int, int] | None = None
        self._by_id: dict[str, Token] = {}

    def scopes_of(self, text: str) -> tuple[str, frozenset[Scope]] | None:
        """Identity and rights of a token's text; None: it is none, or not any more.

        Raises:
            StorageError: The file cannot be read, or others may read it.
        """
        self._look()
        name, secret = parts_of(text)
        token = self._by_id.get(name)
        if token is None or not fits(token, secret) or not token.valid(self._clock()):
            return None
        return token.id, frozenset(token.scopes)

    def all(self) -> tuple[Token, ...]:
        """All tokens, the oldest first.

        Raises:
            StorageError: The file cannot be read, or others may read it.
        """
        return tuple(sorted(self._read().tokens, key=lambda token: (token.made_at, token.id)))

    def add(self, token: Token) -> None:
        """Keeps a token; those that have expired go.

        Raises:
            StorageError: It could not be kept.
        """
        with alone_with(self.path):
            now = self._clock()
            self._write([each for each in self._read().tokens if each.valid(now)] + [token])

    def revoke(self, name: str) -> Token:
        """Lets a token go, by its identity.

        Raises:
            ConfigError: There is none.
            StorageError: The file could not be written.
        """
        with alone_with(self.path):
            tokens = self._read().tokens
            gone = next((token for token in tokens if token.id == name), None)
            if gone is None:
                raise ConfigError(f"there is no token {name!r} in {self.path}", "`sojourn token list` shows them")
            self._write([token for token in tokens if token is not gone])
        return gone

    def _look(self) -> None:
        """Reads the file anew where it has changed."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._seen, self._by_id = None, {}
            return
        except OSError as error:
            raise StorageError(f"cannot read {self.path}: {error.strerror or error}") from error
        seen = (found.st_mtime_ns, found.st_ino, found.st_size)
        if seen != self._seen:
            self._by_id = {token.id: token for token in self._read().tokens}
            self._seen = seen

    def _read(self) -> Tokens:
        try:
            with self.path.open("rb") as file:
                check_private(self.path, os.fstat(file.fileno()))
                return msgspec.json.decode(file.read(MAX_BYTES), type=Tokens)
        except FileNotFoundError:
            return Tokens()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StorageError(f"{self.path} is not a file of tokens: {error}", "move it away, and make new") from error
        except StorageError:
            raise
        except OSError as error:
            raise StorageError(f"cannot read {self.path}: {error.strerror or error}") from error

    def _write(self, tokens: list[Token]) -> None:
        write_whole(self.path, msgspec.json.format(msgspec.json.encode(Tokens(tokens=tuple(tokens)))) + b"\n")


def check_private(path: Path, found: os.stat_result) -> None:
    """Whether only its owner can read it.

    Raises:
        StorageError: Others can.
    """
    if found.st_mode & OTHERS:
        raise StorageError(f"others may read {path}, which holds rights", f"chmod 600 {path}")
