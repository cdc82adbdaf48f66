"""Files that ARENA's programs are set up with: `mqtt.json`, `credentials.json`, `key.json`. Secrets are never told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from sojourn.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

FILE_BYTES = 64 << 10
HOST, PORT, USER = "localhost", 1883, "ARTS"


class MqttFile(Struct, frozen=True):
    """`mqtt.json`: where the broker is, and the realm's word."""

    realm: str = ""
    host: str = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = PORT


class CredentialsFile(Struct, frozen=True):
    """`credentials.json`: who we are to the broker."""

    username: str
    password: str


class KeyFile(Struct, frozen=True):
    """`key.json`: a key that the broker takes as a password."""

    key: str


def read(path: Path, kind: type[T], example: str) -> T:
    """What a file says; what it says besides is not heeded.

    Args:
        path: The file.
        kind: What it should be.
        example: How one looks.

    Raises:
        ConfigError: It is not there, or says something else. What it says is not told: it may be secret.
    """
    hint = f"as {example}"
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}", hint) from error
    if len(raw) > FILE_BYTES:
        raise ConfigError(f"{path} is longer than {FILE_BYTES} bytes", hint)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        # It names the field and its type, never what stands there.
        raise ConfigError(f"{path} is not what it should be: {error}", hint) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ConfigError(f"{path} is no JSON", hint) from None


def mqtt_file(path: Path) -> MqttFile:
    """See `read`."""
    return read(path, MqttFile, '{"realm":"realm","host":"localhost","port":1883}')


def credentials_file(path: Path) -> CredentialsFile:
    """See `read`."""
    return read(path, CredentialsFile, '{"username":"ARTS","password":"..."}')


def key_file(path: Path) -> KeyFile:
    """See `read`."""
    return read(path, KeyFile, '{"key":"..."}')
