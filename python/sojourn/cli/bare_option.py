"""Options that may be given without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What such an option says without one.
BARE: Mapping[str, str] = {"--mqtt": "embedded"}


class WithBareOptions(TyperCommand):
    """A command where `--mqtt` alone is `--mqtt embedded`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 -- Typer's own context
        """As every command, with the values that were left out."""
        rest: list[str] = super().parse_args(ctx, with_values(args))
        return rest


def with_values(args: Sequence[str], bare: Mapping[str, str] = BARE) -> list[str]:
    """Arguments, with a value behind each option of the table that the end or another option follows."""
    full = []
    for place, each in enumerate(args):
        full.append(each)
        following = args[place + 1] if place + 1 < len(args) else "-"
        if each in bare and following.startswith("-"):
            full.append(bare[each])
    return full
