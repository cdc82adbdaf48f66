"""The picture of a realm: all that is there at one time, and what changes of it.

`applied(picture, change)` is the picture after a change. Whoever has a picture and all changes since then has the
newest.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from sojourn.model.record import NodeRecord  # noqa: TC001 -- msgspec reads annotations when it runs

# An atom, as a row: a realm has many, and names of columns would be most of what is sent.
AtomRow: TypeAlias = tuple[
    str, str, str, str, float, int, int, float, str, str, str, str, str, tuple[tuple[str, str], ...]
]
ATOM_COLUMNS = (
    "name",
    "node",
    "state",
    "module",
    "cores",
    "memory_bytes",
    "queue",
    "since",
    "group",
    "kind",
    "wish",
    "reason",
    "policy",
    "aliases",
)
# Name, cores that are busy, free memory in bytes, atoms, joules that are left (0 where no energy is known).
LoadRow: TypeAlias = tuple[str, float, int, int, float]
# Two nodes, the round trip between them in milliseconds, and what transfers reached in bytes a second; 0: none yet.
# A round trip below 0: this link is not shown any more.
LinkRow: TypeAlias = tuple[str, str, float, float]
# Who sends, who receives, messages and bytes a second.
TrafficRow: TypeAlias = tuple[str, str, float, float]


class AtomTable(msgspec.Struct, frozen=True, kw_only=True):
    """Atoms, a row each.

    Attributes:
        columns: What the values of a row are.
        rows: Atoms. Aliases are pairs of scope and alias.
    """

    columns: tuple[str, ...] = ATOM_COLUMNS
    rows: tuple[AtomRow, ...] = ()


class Underway(msgspec.Struct, frozen=True, kw_only=True):
    """A move that is under way.

    Attributes:
        number: Its number; below 0: somebody moves the atom past the controller.
        atom: Who, by its global name.
        source: From which node; empty: from an image.
        target: To which.
        cause: Why, in words.
        decided_at: When it was decided.
        phase: Where it stands: `decided`, then `offered`, `copying`, `stopping`, `sealed`, `released`.
        progress: How much of it is done, from 0 to 1; an estimate that never goes back.
        rounds: Rounds of pages that were sent while the atom ran.
        bytes: Bytes that were sent.
    """

    number: int
    atom: str
    source: str
    target: str
    cause: str
    decided_at: float
    phase: str = "decided"
    progress: float = 0.0
    rounds: int = 0
    bytes: int = 0


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A realm at one time.

    Attributes:
        at: When, by the controller's clock.
        realm: Its name.
        role: What this controller is in it.
        number: Number of the newest event that it shows.
        nodes: Nodes, by name. Of one that is up, `seen_at` and `uptime_s` are left out: it is seen now.
        atoms: Atoms, by name.
        links: Links between nodes: the two, round trip in milliseconds, bytes a second. Of many, the nearest of each.
        traffic: Who sends to whom: the two, messages and bytes a second. The strongest, and they first.
        moves: Moves that are under way, by number.
    """

    at: float
    realm: str
    role: str
    number: int
    nodes: tuple[NodeRecord, ...] = ()
    atoms: AtomTable = AtomTable()
    links: tuple[LinkRow, ...] = ()
    traffic: tuple[TrafficRow, ...] = ()
    moves: tuple[Underway, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is other than before; what is left out is as it was.

    Attributes:
        at: When, by the controller's clock.
        number: Number of the newest event that it shows.
        role: What this controller is in the realm; empty: as before.
        nodes: Nodes that are new, or have changed in more than their load.
        loads: Measured of nodes: name, cores that are busy, free memory, atoms, joules.
        gone_nodes: Names of nodes that are there no longer.
        atoms: Atoms that are new or have changed, as rows of the picture.
        gone_atoms: Names of atoms that are there no longer.
        links: Links that are new or have changed; with a round trip below 0, those that are not shown any more.
        traffic: Traffic, all of it; null or left out: as before.
        moves: Moves that have begun, or have come further.
        moves_over: Numbers of moves that are over.
    """

    at: float
    number: int
    role: str = ""
    nodes: tuple[NodeRecord, ...] = ()
    loads: tuple[LoadRow, ...] = ()
    gone_nodes: tuple[str, ...] = ()
    atoms: tuple[AtomRow, ...] = ()
    gone_atoms: tuple[str, ...] = ()
    links: tuple[LinkRow, ...] = ()
    traffic: tuple[TrafficRow, ...] | None = None
    moves: tuple[Underway, ...] = ()
    moves_over: tuple[int, ...] = ()


def applied(picture: Picture, change: Change) -> Picture:
    """The picture after a change."""
    nodes = {node.key: node for node in picture.nodes}
    nodes.update((node.key, node) for node in change.nodes)
    for row in change.loads:
        nodes[row[0]] = loaded(nodes[row[0]], row)
    atoms = {row[0]: row for row in picture.atoms.rows}
    atoms.update((row[0], row) for row in change.atoms)
    links = {row[:2]: row for row in (*picture.links, *change.links)}
    moves = {move.number: move for move in (*picture.moves, *change.moves)}
    gone_nodes, gone_atoms, over = set(change.gone_nodes), set(change.gone_atoms), set(change.moves_over)
    return Picture(
        at=change.at,
        realm=picture.realm,
        role=change.role or picture.role,
        number=change.number,
        nodes=tuple(nodes[name] for name in sorted(nodes) if name not in gone_nodes),
        atoms=AtomTable(rows=tuple(atoms[name] for name in sorted(atoms) if name not in gone_atoms)),
        links=tuple(links[pair] for pair in sorted(links) if links[pair][2] >= 0),
        traffic=picture.traffic if change.traffic is None else change.traffic,
        moves=tuple(moves[number] for number in sorted(moves) if number not in over),
    )


def loaded(node: NodeRecord, row: LoadRow) -> NodeRecord:
    """A node with what was measured of it."""
    _, load, free, atoms, joules = row
    energy = node.facts.energy
    if energy is not None:
        energy = msgspec.structs.replace(energy, joules=joules)
    facts = msgspec.structs.replace(node.facts, load=load, memory_free_bytes=free, atoms=atoms, energy=energy)
    return msgspec.structs.replace(node, facts=facts)
