"""What an image holds, as REST tells it: bounded, whatever the image is."""

from __future__ import annotations

from sojourn.gateway.http.answer import Answer


class ValueFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A value of a stopped computation.

    Attributes:
        kind: `local`, `stack` (an operand) or `global`.
        index: Index of the local or global, or height of the operand.
        type: Its type in WebAssembly.
        bits: Its bits in hexadecimal, for JSON's numbers do not hold 64 of them; null: a null reference.
        text: It, as people read it.
    """

    kind: str
    index: int
    type: str
    bits: str | None
    text: str


class FrameFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A frame of a stack.

    Attributes:
        depth: How many frames are further in: 0 is where the atom stands.
        function: Name of its function, or `function N` where the module names none.
        index: Index of the function in the module.
        offset: Byte of the module where it stands; 0 in a host call.
        point: How it stands there: `poll`, `in-progress` (in a call), `returned` or `host-call`.
        values: Its live values, locals first; not more than 256.
        values_total: How many there are.
    """

    depth: int
    function: str
    index: int
    offset: int
    point: str
    values: tuple[ValueFacts, ...] = ()
    values_total: int = 0


class ExtentFacts(Answer, frozen=True, kw_only=True):
    """A stretch of memory that is not zero.

    Attributes:
        start: First byte.
        end: Byte after the last.
        used_bytes: Bytes of it in chunks that are not zero.
        stored_bytes: What these take in the image, compressed.
    """

    start: int
    end: int
    used_bytes: int
    stored_bytes: int


class MemoryFacts(Answer, frozen=True, kw_only=True):
    """A memory.

    Attributes:
        index: Its index in the module.
        size_bytes: Its size.
        used_bytes: Bytes of chunks that are not zero.
        stored_bytes: What it takes in the image.
        grain_bytes: What extents are told by: 64 KiB, or more where there would be too many.
        extents: Where it is not zero, by address; not more than 4,096.
    """

    index: int
    size_bytes: int
    used_bytes: int
    stored_bytes: int
    grain_bytes: int
    extents: tuple[ExtentFacts, ...]


class TableFacts(Answer, frozen=True, kw_only=True):
    """A table of the module's that can change.

    Attributes:
        index: Its index in the module.
        elements: How many elements it has.
    """

    index: int
    elements: int


class SectionFacts(Answer, frozen=True, kw_only=True):
    """A section of an image.

    Attributes:
        name: Its name.
        bytes: Its size.
    """

    name: str
    bytes: int


class MountFacts(Answer, frozen=True, kw_only=True):
    """A folder that an atom sees.

    Attributes:
        path: Where it sees it.
        host: The machine's folder behind it, which holds the atom there; null: it is in memory.
    """

    path: str
    host: str | None


class FileFacts(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A descriptor of an atom.

    Attributes:
        descriptor: Its number.
        kind: `stdin`, `stdout`, `stderr`, `file`, `directory`, `channel`, `listener` or `connection`.
        path: Path as the atom sees it.
        offset: Where the next read or write is; null: there is no such place.
        flags: How it was opened.
    """

    descriptor: int
    kind: str
    path: str = ""
    offset: int | None = None
    flags: tuple[str, ...] = ()


class Inspection(Answer, frozen=True, kw_only=True):
    """What an image holds, without its contents. Long names are cut.

    Attributes:
        atom: The atom's global name.
        taken_at: When it was taken.
        module: Hash of its module.
        entry: Export or start function that the outermost frame was called as.
        features: What the module needs of an engine.
        arguments: The atom's arguments, its program name first; not more than 256.
        size_bytes: Size of the image.
        sections: Its sections.
        memories: Memories.
        globals: Mutable globals; not more than 256.
        globals_total: How many there are.
        tables: Tables.
        mounts: Folders.
        files: Open files; not more than 256.
        files_total: How many there are.
        frames: Frames, the innermost first, from that on which was asked for.
        frames_total: How many there are.
    """

    atom: str
    taken_at: float
    module: str
    entry: str
    features: tuple[str, ...]
    arguments: tuple[str, ...]
    size_bytes: int
    sections: tuple[SectionFacts, ...]
    memories: tuple[MemoryFacts, ...]
    globals: tuple[ValueFacts, ...]
    globals_total: int
    tables: tuple[TableFacts, ...]
    mounts: tuple[MountFacts, ...]
    files: tuple[FileFacts, ...]
    files_total: int
    frames: tuple[FrameFacts, ...]
    frames_total: int
