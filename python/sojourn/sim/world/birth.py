"""Where atoms begin: as users start them, before anybody has measured anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.model.errors import ConfigError
from sojourn.sim.scenario.build import nearest

if TYPE_CHECKING:
    from sojourn.sim.world.world import World


def populate(world: World) -> None:
    """Every atom starts: at its first user's node, or where its group says, else dealt over all nodes that suit.

    Raises:
        ConfigError: There is no room, or no node of that name.
    """
    for group, table in world.scenario.atoms.items():
        suiting = suits(world, group)
        if not suiting:
            raise ConfigError(
                f"atoms.{group}: no node suits" + (f" {table.on!r}" if table.on else ""),
                "check on, tags, functions and engine",
            )
        at, suits_too = 0, set(suiting)
        for atom in world.atoms.rows[group].tolist():
            row = beside_user(world, atom, suits_too) if not table.on else None
            if row is None:
                row, at = dealt(world, atom, suiting, at, group)
            begin(world, atom, row)
    world.environment(0.0)


def begin(world: World, atom: int, row: int) -> None:
    """An atom is born at a node."""
    name = f"{world.nodes.names[row]}/{world.atoms.own[atom]}"
    world.atoms.names[atom] = name
    world.atoms.number[name] = atom
    world.reserve(row, atom)
    world.put(atom, row, 0.0, 1)


def suits(world: World, group: str) -> list[int]:
    """Nodes where atoms of a group may begin."""
    table, n = world.scenario.atoms[group], world.nodes
    if table.on and table.on not in {*n.zones, *n.group_names, *n.names}:
        known = {*n.zones, *n.group_names, *n.names} - {""}
        raise ConfigError(f"atoms.{group}.on: there is no zone, group or node {table.on!r}{nearest(table.on, known)}")
    return [row for row in range(n.count) if fits(world, group, row)]


def fits(world: World, group: str, row: int) -> bool:
    """Whether a node has what a group of atoms asks for."""
    table, n = world.scenario.atoms[group], world.nodes
    here = {n.zones[row], n.group_names[row], n.names[row]}
    return (
        (not table.on or table.on in here)
        and set(table.tags) <= set(n.tags[row])
        and set(table.functions) <= set(n.groups[row].functions)
        and (not table.engine or table.engine in n.groups[row].engines)
    )


def beside_user(world: World, atom: int, suiting: set[int]) -> int | None:
    """The node of its first user, if it has one and that suits."""
    users = world.users.of_atom.get(atom)
    row = int(world.users.node[users[0]]) if users else -1
    return row if row in suiting and world.room(row, atom) else None


def dealt(world: World, atom: int, suiting: list[int], at: int, group: str) -> tuple[int, int]:
    """The next of the nodes with room, and where to go on from."""
    for step in range(len(suiting)):
        row = suiting[(at + step) % len(suiting)]
        if world.room(row, atom):
            return row, at + step + 1
    raise ConfigError(
        f"atoms.{group}: there is no room for all {world.scenario.atoms[group].count:,}",
        "give nodes more memory, or take fewer atoms",
    )
