"""The extension module: a thin binding over the crate `sojourn-node`. Only `sojourn.core` imports it.

Bytes and flat rows cross. A site is (function, offset, kind); a frame is (function, name if known, offset, point,
values); a value is (kind, index, type, bits or None for null); a mount is (guest path, folder or None for memory).
Standard input is bytes or a descriptor. Whatever waits or computes lets the interpreter lock go.
"""

from typing import Literal, TypeAlias, final

from sojourn.model.frame import Point, SiteKind
from sojourn.model.value import ValueType

SiteRow: TypeAlias = tuple[int, int, SiteKind]
ValueRow: TypeAlias = tuple[Literal["local", "stack"], int, ValueType, int | None]
FrameRow: TypeAlias = tuple[int, str | None, int, Point, list[ValueRow]]
MountRow: TypeAlias = tuple[str, str | None]

def version() -> str: ...
def instrument(wasm: bytes, flavour: str) -> bytes: ...

@final
class Module:
    def __new__(cls, wasm: bytes) -> Module: ...
    @property
    def hash(self) -> str: ...
    def sites(self) -> list[SiteRow]: ...

@final
class Run:
    def stop(self) -> bytes: ...
    def stop_at(self, poll: int) -> bytes: ...
    def wait(self) -> tuple[int | None, str | None]: ...
    def read(self, stream: Literal[1, 2], size: int) -> bytes: ...
    def close(self) -> None: ...

def start(
    module: Module,
    args: list[str],
    env: list[tuple[str, str]],
    stdin: bytes | int,
    mounts: list[MountRow],
    engine: str,
) -> Run: ...
def resume(
    image: bytes,
    module: Module | None,
    stdin: bytes | int | None,
    mounts: list[MountRow],
    engine: str,
) -> Run: ...
def image_check(image: bytes) -> None: ...
def image_frames(image: bytes) -> list[FrameRow]: ...
