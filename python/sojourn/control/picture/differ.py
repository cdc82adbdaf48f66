"""What has changed in a realm since the last look: one look for all who follow.

Records are never written to, so that most of what is the same is known by being the same object: a look at a large
realm in which little happens costs a walk over it, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.control.picture.atoms import Aliases, Atoms
from sojourn.control.picture.nodes import Nodes
from sojourn.control.picture.wires import Wires
from sojourn.model.picture import AtomTable, Change, Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.state import State
    from sojourn.model.picture import LinkRow, TrafficRow, Underway

# Links and traffic are measured slowly, and looked at so often, in seconds.
LINKS_S = 5.0
TRAFFIC_S = 2.0
NOBODY: Mapping[str, Aliases] = {}
NONE: Mapping[int, Underway] = {}


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at.

    Attributes:
        at: When, by the controller's clock.
        role: What the controller is in its realm.
        number: Number of the newest event.
        state: What the controller knows.
        aliases: Aliases by atom; another object where any of them has changed.
        others: Moves that somebody makes past the controller, by numbers below 0.
    """

    at: float
    role: str
    number: int
    state: State
    aliases: Mapping[str, Aliases] = field(default_factory=lambda: NOBODY)
    others: Mapping[int, Underway] = field(default_factory=lambda: NONE)


class Differ:
    """A realm as it was at the last look.

    Args:
        realm: Its name.
    """

    def __init__(self, realm: str) -> None:
        self._realm = realm
        self._at = 0.0
        self._role = ""
        self._number = -1
        self._nodes = Nodes()
        self._atoms = Atoms()
        self._wires = Wires()
        self._moves: dict[int, Underway] = {}
        self._links_at = self._traffic_at = float("-inf")

    def look(self, view: View) -> Change | None:
        """What has changed since the last look; None: nothing. The first look sees all as new."""
        registry = view.state.registry
        nodes, loads, gone_nodes = self._nodes.look(registry.nodes)
        atoms, gone_atoms = self._atoms.look(registry.atoms, view.aliases)
        moves, moves_over = self._look_at_moves({**registry.underway, **view.others})
        links = self._look_at_links(view, gone_nodes, known=not nodes)
        traffic = self._look_at_traffic(view)
        role = "" if view.role == self._role else view.role
        said = (nodes, loads, gone_nodes, atoms, gone_atoms, links, moves, moves_over, role)
        if not any(said) and traffic is None and view.number == self._number:
            return None
        self._at, self._role, self._number = view.at, view.role, view.number
        return Change(
            at=view.at,
            number=view.number,
            role=role,
            nodes=tuple(nodes),
            loads=tuple(loads),
            gone_nodes=tuple(gone_nodes),
            atoms=tuple(atoms),
            gone_atoms=tuple(gone_atoms),
            links=tuple(links),
            traffic=traffic,
            moves=tuple(moves),
            moves_over=tuple(moves_over),
        )

    def picture(self) -> Picture:
        """All as it was at the last look."""
        rows, links = self._atoms.rows, self._wires.links
        return Picture(
            at=self._at,
            realm=self._realm,
            role=self._role,
            number=self._number,
            nodes=self._nodes.all(),
            atoms=AtomTable(rows=tuple(rows[name] for name in sorted(rows))),
            links=tuple(links[pair] for pair in sorted(links)),
            traffic=self._wires.traffic,
            moves=tuple(self._moves[number] for number in sorted(self._moves)),
        )

    def _look_at_moves(self, moves: dict[int, Underway]) -> tuple[list[Underway], list[int]]:
        changed = [move for number, move in moves.items() if self._moves.get(number) is not move]
        over = sorted(self._moves.keys() - moves.keys())
        self._moves = moves
        return changed, over

    def _look_at_links(self, view: View, gone: list[str], *, known: bool) -> list[LinkRow]:
        """Links, sooner where a node has come."""
        if known and view.at - self._links_at < LINKS_S:
            return [row for name in gone for row in self._wires.drop_node(name)]
        self._links_at = view.at
        return self._wires.look_at_links(view.state.fleet)

    def _look_at_traffic(self, view: View) -> tuple[TrafficRow, ...] | None:
        if view.at - self._traffic_at < TRAFFIC_S:
            return None
        self._traffic_at = view.at
        return self._wires.look_at_traffic(view.state.fleet.talk)
