"""Small worlds, and those who decide badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.controller import Controller
from sojourn.control.decision import Command, Decision, Event, Move, Tick
from sojourn.sim.entry import simulate
from sojourn.sim.run import Decides, Outcome, Simulation
from sojourn.sim.scenario.read import parse
from sojourn.sim.world.script import script

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.sim.scenario.schema import Scenario
    from sojourn.sim.study import Study

PLAIN = """
hours = 0.05
[nodes.server]
count = 4
cores = 2
memory = "1 GiB"
[atoms.job]
count = 8
memory = "100 MiB"
"""
SUNNY = """
hours = 24
clock = "6 h"
[nodes.field]
count = 5
zones = ["a", "b"]
[nodes.field.energy]
capacity = "20 Wh"
peak = "15 W"
spread = 0.5
[atoms.job]
count = 6
[control]
step = "60 s"
report = "60 s"
"""
# Each scenario that comes along, at a size that takes a moment: nodes, atoms, hours.
SMALL: dict[str, tuple[int, int, float]] = {
    "energy-day": (6, 6, 6.0),
    "moving-user": (9, 6, 0.1),
    "failing-site": (9, 20, 0.2),
    "flash-crowd": (6, 30, 0.2),
}


def small(name: str, seed: int = 1) -> Study:
    """One of these."""
    nodes, atoms, hours = SMALL[name]
    return simulate(name, seed=seed, nodes=nodes, atoms=atoms, hours=hours)


def scenario(text: str) -> Scenario:
    """A scenario of the test's own."""
    return parse(text, "test")


def simulation(text: str, decides: Decides | None, *, seed: int = 1, moves_per_minute: float = 60.0) -> Simulation:
    """A world and who decides."""
    made = scenario(text)
    return Simulation(made, script(made, seed), seed, decides, moves_per_minute=moves_per_minute)


def controlled(text: str, seed: int = 1) -> Outcome:
    """What comes of a world under the controller."""
    return simulation(text, Controller(), seed=seed).run()


class Insists:
    """Decides the same at every tick, whatever it hears."""

    def __init__(self, commands: Callable[[int], tuple[Command, ...]]) -> None:
        self.commands = commands
        self.ticks = 0

    def handle(self, event: Event, now: float) -> Decision:
        """Commands by the number of the tick."""
        del now
        if not isinstance(event, Tick):
            return Decision()
        self.ticks += 1
        return Decision(commands=self.commands(self.ticks))


def move(number: int, atom: str, source: str, target: str) -> Move:
    """A move without a reason."""
    return Move(number=number, atom=atom, source=source, target=target, cause="because")
