"""An image as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sojourn.cli.measure import size

if TYPE_CHECKING:
    from sojourn.core.image import Image
    from sojourn.model.description import Description, MemoryMap
    from sojourn.model.frame import Frame

# A terminal shows so many extents of one memory; --json has them all.
EXTENTS = 16


def show(name: str, image: Image, console: Console | None = None) -> None:
    """Prints an image."""
    out = console or Console(highlight=False, soft_wrap=True)
    described = image.describe()
    show_header(out, name, described)
    show_stack(out, image.frames)
    show_memories(out, described)
    show_files(out, described)
    show_sections(out, described)


def show_header(out: Console, name: str, described: Description) -> None:
    """What it is an image of."""
    out.print(f"[bold]{escape(name)}[/]  {size(described.size_bytes)}")
    out.print(f"module    {described.module_hash}")
    out.print(f"entry     {escape(described.entry)}")
    out.print(f"arguments {escape(' '.join(described.arguments)) or '-'}")
    if described.features:
        out.print(f"needs     {', '.join(described.features)}")


def show_stack(out: Console, frames: tuple[Frame, ...]) -> None:
    """The stack, innermost frame first, as debuggers have it."""
    heading(out, f"Stack ({len(frames)} frames, innermost first)")
    for number, frame in enumerate(reversed(frames)):
        where = f"at 0x{frame.site.offset:x}" if frame.site.offset else ""
        out.print(f"[cyan]#{number:<3}[/][bold]{escape(frame.function)}[/] {where} [dim]{frame.point}[/]")
        for value in frame.values:
            label = f"{value.kind} {value.index}"
            out.print(f"      {label:<10} {value.type:<9} {value}")


def show_memories(out: Console, described: Description) -> None:
    """Where memories are not zero; globals and tables."""
    heading(out, "Memory")
    for memory in described.memories:
        nonzero, stored = size(memory.nonzero_bytes), size(memory.stored_bytes)
        out.print(f"memory {memory.index}: {size(memory.size_bytes)}, {nonzero} not zero, {stored} in the image")
        show_extents(out, memory)
    for value in described.globals:
        out.print(f"global {value.index}: {value.type} {value}")
    for index, elements in described.tables:
        out.print(f"table {index}: {elements} elements")


def show_extents(out: Console, memory: MemoryMap) -> None:
    """The map of one memory."""
    for extent in memory.extents[:EXTENTS]:
        place = f"0x{extent.start:08x}-0x{extent.end:08x}"
        out.print(f"    {place} {size(extent.end - extent.start):>10} [dim]{size(extent.stored_bytes)} stored[/]")
    more = len(memory.extents) - EXTENTS
    if more > 0:
        out.print(f"    and {more} more")


def show_files(out: Console, described: Description) -> None:
    """Mounts and open files."""
    heading(out, "Files")
    for guest, host in described.mounts:
        out.print(f"mount {escape(guest)} = {'in memory' if host is None else escape(host)}")
    table = Table("fd", "kind", "path", "offset", "flags", box=None, pad_edge=False)
    for file in described.files:
        offset = "-" if file.offset is None else str(file.offset)
        table.add_row(str(file.descriptor), file.kind, escape(file.path), offset, " ".join(file.flags))
    out.print(table)


def show_sections(out: Console, described: Description) -> None:
    """What takes the room."""
    heading(out, "Sizes")
    for name, length in described.sections:
        out.print(f"{name:<10} {size(length):>10}")


def heading(out: Console, text: str) -> None:
    """A heading after an empty line."""
    out.print(f"\n[bold]{text}[/]")
