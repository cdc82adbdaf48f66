"""Lines of a recording: what each of them says, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from sojourn.model.record import AtomRecord, MoveRecord, NodeRecord

VERSION = 1
# Columns of an atom's row, as `GET /v1/picture` has them.
COLUMNS = (
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
# What a modelled atom does not have, or has as it is where nothing is said: null.
DEFAULTS = {"policy": "objective", "wish": "run"}


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line.

    Attributes:
        sojourn_recording: Version of the format.
        name: Name of the scenario, or its file.
        title: What it shows.
        seed: Of all chance in it.
        begins: Time at which it begins, in seconds of the modelled controller's clock (Unix time).
        ends: Time at which it ends.
        step_s: Seconds of a step of the model.
        nodes: How many nodes.
        atoms: How many atoms.
    """

    sojourn_recording: int
    name: str
    title: str
    seed: int
    begins: float
    ends: float
    step_s: float
    nodes: int
    atoms: int


def line(at: float, what: str, value: object) -> bytes:
    """One line after the first."""
    return msgspec.json.encode((round(at, 3), what, value)) + b"\n"


def load_row(node: NodeRecord) -> list[Any]:
    """What changes all the time of a node: name, busy cores, free memory, atoms, joules or null."""
    facts = node.facts
    joules = None if facts.energy is None else round(facts.energy.joules, 1)
    return [facts.name, round(facts.load, 3), facts.memory_free_bytes, facts.atoms, joules]


def atom_row(atom: AtomRecord) -> list[Any]:
    """An atom by `COLUMNS`; its module is none that anybody has, and nobody gave it a second name."""
    return [
        atom.name,
        atom.node,
        atom.state,
        None,
        round(atom.cores, 3),
        atom.memory_bytes,
        0,
        round(atom.since, 3),
        atom.spec.group or None,
        atom.kind or None,
        said("wish", atom.wish),
        atom.reason or None,
        said("policy", atom.spec.policy),
        None,
    ]


def said(column: str, value: str) -> str | None:
    """A value; None: it is as where nothing is said."""
    return None if value == DEFAULTS[column] else value


def move_row(move: MoveRecord) -> dict[str, Any]:
    """A move that has begun. How far it is follows from when it ends, which whoever reads the recording knows."""
    return {
        "number": move.number,
        "atom": move.atom,
        "source": move.source,
        "target": move.target,
        "cause": move.cause,
        "decided_at": round(move.decided_at, 3),
        "phase": "moving",
        "progress": 0.0,
        "rounds": 0,
        "bytes": 0,
    }


def rounded(node: NodeRecord) -> NodeRecord:
    """A node with numbers as short as they need to be."""
    facts = node.facts
    energy = facts.energy
    if energy is not None:
        energy = msgspec.structs.replace(
            energy, joules=round(energy.joules, 1), harvest_watts=round(energy.harvest_watts, 2)
        )
    shorter = msgspec.structs.replace(facts, load=round(facts.load, 3), uptime_s=round(facts.uptime_s), energy=energy)
    return msgspec.structs.replace(node, facts=shorter, seen_at=round(node.seen_at, 3))
