"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How a run ended.

    Attributes:
        code: Exit status; None when it trapped.
        trap: What the trap was, in the engine's words; None when it ended by itself.
    """

    code: int | None
    trap: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it ended with exit status 0."""
        return self.code == 0
