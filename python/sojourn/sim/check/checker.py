"""What a checker hears, and how it tells what is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sojourn.sim import limit

if TYPE_CHECKING:
    from sojourn.control.decision import Command, Settled
    from sojourn.sim.check.outlook import Outlook


class Checker:
    """Hears commands and how they went, and looks at the world after each step. By itself it finds nothing.

    Attributes:
        NAME: What it holds to, in a word.
        count: How often that was broken.
        told: The first of these, in words.
    """

    NAME: ClassVar[str] = ""

    def __init__(self, outlook: Outlook) -> None:
        self.outlook = outlook
        self.count = 0
        self.told: list[str] = []

    def broken(self, now: float, text: str) -> None:
        """Something is wrong."""
        self.count += 1
        if len(self.told) < limit.MOST_TOLD:
            self.told.append(f"{now:.3f} s: {text}")

    def commanded(self, command: Command, now: float) -> None:
        """The controller decided this."""

    def settled(self, command: Command, outcome: Settled, now: float) -> None:
        """And this came of it."""

    def changed(self, now: float) -> None:
        """Something happened to the world, whatever control did."""

    def stepped(self, now: float) -> None:
        """The world has come to a time."""
