"""Modules: what can be run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from sojourn import _core
from sojourn.core.storage import read_file
from sojourn.model.frame import Site

if TYPE_CHECKING:
    import os

Flavour: TypeAlias = Literal["atomic", "counter"]
ModuleLike: TypeAlias = "Module | bytes | str | os.PathLike[str]"


class Module:
    """A WebAssembly module, checked and ready to be run and stopped anywhere.

    Args:
        wasm: The module, binary or in the text format.
        name: What the guest gets as its program name (`argv[0]`).

    Raises:
        InvalidModule: It is not a valid module.
        Refused: It is valid, but cannot be moved; the text names the function, the offset and the reason.
    """

    def __init__(self, wasm: bytes, *, name: str = "main.wasm") -> None:
        self.name = name
        self._core = _core.Module(bytes(wasm))

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Module:
        """Reads a module; its file name becomes the program name.

        Raises:
            StorageError: The file could not be read.
            InvalidModule: It is not a valid module.
            Refused: It cannot be moved.
        """
        return cls(read_file(path), name=Path(path).name)

    @property
    def hash(self) -> str:
        """Hash of the original bytes, in hexadecimal: the name by which images know their module."""
        return self._core.hash

    @property
    def sites(self) -> tuple[Site, ...]:
        """Places where a frame can be saved; the same for every engine and flavour."""
        return tuple(Site(*row) for row in self._core.sites())

    def __repr__(self) -> str:
        return f"<sojourn.Module {self.name} {self.hash[:12]}>"


def as_module(module: ModuleLike) -> Module:
    """A module from itself, its bytes or its path."""
    if isinstance(module, Module):
        return module
    if isinstance(module, bytes | bytearray | memoryview):
        return Module(bytes(module))
    return Module.from_file(module)


def binary_of(wasm: bytes) -> bytes:
    """A module in the binary form; text is taken for what it says, and everything else is left as it is.

    Raises:
        InvalidModule: It is text, and no module.
    """
    return _core.to_binary(wasm) if wasm.lstrip()[:1] in {b"(", b";"} else wasm


def instrument(wasm: bytes, flavour: Flavour = "atomic") -> bytes:
    """The pass alone: a module with the same behaviour that can be stopped at its sites.

    Args:
        wasm: A module.
        flavour: `atomic` polls a word in shared memory, `counter` counts a global down.

    Raises:
        InvalidModule: It is not a valid module.
        Refused: It cannot be moved.
        ValueError: No such flavour.
    """
    return _core.instrument(bytes(wasm), flavour)
