"""All checkers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.sim.check.rules import Budget, Capacity, Energy, Filters, Oscillation, Places

if TYPE_CHECKING:
    from sojourn.control.decision import Command, Settled
    from sojourn.sim.check.checker import Checker
    from sojourn.sim.check.outlook import Outlook

# A look at all of the world costs as much as a step of it: it is taken so often at most.
LOOKS = 600


class Suite:
    """Tells each checker what happens, and counts what they find."""

    def __init__(self, outlook: Outlook, *, moves_per_minute: float, steps: int) -> None:
        self.checkers: list[Checker] = [
            Capacity(outlook),
            Filters(outlook),
            Places(outlook),
            Budget(outlook, moves_per_minute),
            Oscillation(outlook),
            Energy(outlook),
        ]
        self.every = max(1, steps // LOOKS)
        self.step = 0

    def commanded(self, command: Command, now: float) -> None:
        """The controller decided this."""
        for each in self.checkers:
            each.commanded(command, now)

    def settled(self, command: Command, outcome: Settled, now: float) -> None:
        """And this came of it."""
        for each in self.checkers:
            each.settled(command, outcome, now)

    def changed(self, now: float) -> None:
        """Something happened to the world."""
        for each in self.checkers:
            each.changed(now)

    def stepped(self, now: float) -> None:
        """The world has come to a time."""
        self.step += 1
        if self.step % self.every == 0:
            for each in self.checkers:
                each.stepped(now)

    def violations(self) -> dict[str, int]:
        """How often each was broken."""
        return {each.NAME: each.count for each in self.checkers}

    def told(self) -> list[str]:
        """What was broken, in words."""
        return [f"{each.NAME}: {text}" for each in self.checkers for text in each.told]
