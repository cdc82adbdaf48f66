"""The checkers: capacity, filters, one place, budgets, no oscillation, energy."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sojourn.control.decision import Move, Restore
from sojourn.sim.check.checker import Checker

if TYPE_CHECKING:
    from sojourn.control.decision import Command, Settled
    from sojourn.sim.check.outlook import Outlook

MINUTE_S = 60.0
# An atom that comes back to where it was within so long, though nothing happened, goes to and fro.
RETURN_S = 600.0
# Rounding of sums over a long run, as a share of all energy.
ROUNDING = 1e-9


class Capacity(Checker):
    """No node is given more atoms than it has memory for, by what the controller itself decided."""

    NAME: ClassVar[str] = "capacity"

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(outlook)
        self.given: dict[str, float] = dict.fromkeys(outlook.node_names, 0.0)
        self.count_of: dict[str, int] = dict.fromkeys(outlook.node_names, 0)
        self.at = dict(outlook.places())
        for atom, node in self.at.items():
            self.book(atom, node, 1)

    def book(self, atom: str, node: str, sign: int) -> None:
        """An atom's room at a node is taken, or given back."""
        if node in self.given:
            self.given[node] += sign * self.outlook.spec(atom).memory_bytes
            self.count_of[node] += sign

    def commanded(self, command: Command, now: float) -> None:
        """Room is taken when a command is given."""
        if not isinstance(command, Move | Restore) or command.atom not in self.at:
            return
        self.book(command.atom, command.target, 1)
        node = command.target
        if self.given.get(node, 0.0) > self.outlook.memory.get(node, 0.0):
            self.broken(now, f"{node} is given {self.given.get(node, 0.0):,.0f} bytes of atoms by {command.atom}")
        elif self.count_of.get(node, 0) > self.outlook.most_atoms.get(node, 0):
            self.broken(now, f"{node} is given {self.count_of[node]} atoms")

    def settled(self, command: Command, outcome: Settled, now: float) -> None:
        """Room is given back at the source, or at the target if it failed."""
        del now
        if not isinstance(command, Move | Restore) or command.atom not in self.at:
            return
        if outcome.error:
            self.book(command.atom, command.target, -1)
        else:
            self.book(command.atom, self.at[command.atom], -1)
            self.at[command.atom] = command.target

    def stepped(self, now: float) -> None:
        """And the world's own sums stay within what there is."""
        used, there = self.outlook.used_memory()
        for row in np.flatnonzero(used > there + 0.5):
            self.broken(now, f"{self.outlook.node_names[row]} has {used[row]:,.0f} bytes of atoms")


class Filters(Checker):
    """No atom is sent to a node that lacks what it asks for."""

    NAME: ClassVar[str] = "filters"

    def commanded(self, command: Command, now: float) -> None:
        """Tags, host functions, engine, and where it is pinned."""
        if not isinstance(command, Move | Restore):
            return
        spec, node = self.outlook.spec(command.atom), command.target
        if node not in self.outlook.tags:
            self.broken(now, f"{command.atom} is sent to {node!r}, which there is not")
            return
        lacks = {*spec.tags} - self.outlook.tags[node] | {*spec.functions} - self.outlook.functions[node]
        if spec.engine and spec.engine not in self.outlook.engines[node]:
            lacks |= {spec.engine}
        if lacks:
            self.broken(now, f"{command.atom} is sent to {node}, which lacks {', '.join(sorted(lacks))}")
        if spec.pinned and spec.pinned != node:
            self.broken(now, f"{command.atom} is sent to {node}, and is pinned to {spec.pinned}")


class Places(Checker):
    """An atom stands at one node, and its ownership number only grows."""

    NAME: ClassVar[str] = "places"

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(outlook)
        self.epochs: dict[str, int] = {}
        self.open: dict[str, int] = {}

    def commanded(self, command: Command, now: float) -> None:
        """One command at a time sends an atom somewhere."""
        if isinstance(command, Move | Restore):
            if command.atom in self.open:
                self.broken(
                    now, f"{command.atom} is sent to {command.target} while command {self.open[command.atom]} is open"
                )
            self.open[command.atom] = command.number

    def settled(self, command: Command, outcome: Settled, now: float) -> None:
        """A new place has a newer number."""
        if not isinstance(command, Move | Restore):
            return
        if self.open.get(command.atom) == command.number:
            del self.open[command.atom]
        if not outcome.error:
            if outcome.epoch <= self.epochs.get(command.atom, 0):
                self.broken(now, f"{command.atom} came to {outcome.node} with the old number {outcome.epoch}")
            self.epochs[command.atom] = outcome.epoch

    def stepped(self, now: float) -> None:
        """Nobody stands at two nodes, and nobody is lost."""
        counts, should = self.outlook.place_counts()
        for row in np.flatnonzero((counts > 1) | (should & (counts != 1))):
            self.broken(now, f"{self.outlook.atom_names[row]} stands at {counts[row]} nodes")


class Budget(Checker):
    """No more moves begin within a minute than allowed; those that leave a node without energy do not count."""

    NAME: ClassVar[str] = "budget"

    def __init__(self, outlook: Outlook, per_minute: float) -> None:
        super().__init__(outlook)
        self.per_minute = per_minute
        self.begun: deque[float] = deque()

    def commanded(self, command: Command, now: float) -> None:
        """Counts those of the last minute."""
        if not isinstance(command, Move) or self.outlook.is_low(command.source):
            return
        self.begun.append(now)
        while self.begun[0] <= now - MINUTE_S:
            self.begun.popleft()
        if len(self.begun) > self.per_minute:
            self.broken(now, f"{len(self.begun)} moves began within a minute; {self.per_minute:g} are allowed")


class Oscillation(Checker):
    """No atom comes back to where it was while facts are constant.

    They are while nothing happens to the world, and no other atom comes to either of both nodes or leaves it.
    """

    NAME: ClassVar[str] = "oscillation"

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(outlook)
        self.changed_at = 0.0
        self.left: dict[tuple[str, str], float] = {}
        self.touched: dict[str, dict[str, float]] = {}

    def changed(self, now: float) -> None:
        """From now on, moves may have a new reason."""
        self.changed_at = now

    def commanded(self, command: Command, now: float) -> None:
        """Whither, and where from."""
        if isinstance(command, Move):
            left_at = self.left.get((command.atom, command.target), -RETURN_S)
            if now - left_at < RETURN_S and not self.has_reason(command, left_at):
                self.broken(
                    now, f"{command.atom} goes back to {command.target}, which it left {now - left_at:.0f} s ago"
                )
            self.left[command.atom, command.source] = now
            self.touched.setdefault(command.source, {})[command.atom] = now
        if isinstance(command, Move | Restore):
            self.touched.setdefault(command.target, {})[command.atom] = now

    def has_reason(self, move: Move, since: float) -> bool:
        """Whether anything has changed for an atom since it left."""
        others = (
            at
            for node in (move.source, move.target)
            for atom, at in self.touched.get(node, {}).items()
            if atom != move.atom
        )
        return self.changed_at >= since or any(at >= since for at in others)


class Energy(Checker):
    """What came in was taken, spilled, or is still there."""

    NAME: ClassVar[str] = "energy"

    def stepped(self, now: float) -> None:
        """Sums over every node."""
        came, went = self.outlook.energy()
        for row in np.flatnonzero(np.abs(came - went) > ROUNDING * np.maximum(came, 1.0)):
            self.broken(
                now, f"{self.outlook.node_names[row]} had {came[row]:.6f} J, of which {went[row]:.6f} J are known"
            )
