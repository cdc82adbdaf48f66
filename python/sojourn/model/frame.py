"""Where a computation stands: sites of a module, frames of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from sojourn.model.value import Value

SiteKind: TypeAlias = Literal["poll", "call", "host-call"]
Point: TypeAlias = Literal["poll", "in-progress", "returned", "host-call"]

KINDS: dict[Point, SiteKind] = {
    "poll": "poll",
    "in-progress": "call",
    "returned": "call",
    "host-call": "host-call",
}


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place in a function where a frame can be saved.

    Attributes:
        function: Index of the function in the original module.
        offset: Byte offset in the original module; 0 for a host call.
        kind: `poll` (a loop header, or the entry of a function in a cycle of tail calls), `call`, or `host-call`.
    """

    function: int
    offset: int
    kind: SiteKind

    def __str__(self) -> str:
        return f"{self.kind}@0x{self.offset:x}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a stopped computation.

    Attributes:
        function: Name of the function, or `function N` where the module names none.
        site: Where it stands.
        point: How: at a `poll`, in a call whose callee is the next inner frame (`in-progress`) or has just
            `returned`, or in a `host-call` that will be issued again.
        values: Its live values: locals by index, then operands from the bottom up. What is not live is not there.
    """

    function: str
    site: Site
    point: Point
    values: tuple[Value, ...]

    @property
    def locals(self) -> dict[int, Value]:
        """Live locals by index."""
        return {value.index: value for value in self.values if value.kind == "local"}

    @property
    def stack(self) -> tuple[Value, ...]:
        """Saved operands from the bottom up."""
        return tuple(value for value in self.values if value.kind == "stack")
