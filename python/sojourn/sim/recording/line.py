"""Lines of a recording: what each of them says, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.control.picture.atoms import row_of
from sojourn.model.picture import ATOM_COLUMNS, Underway

if TYPE_CHECKING:
    from sojourn.model.record import AtomRecord, MoveRecord

VERSION = 1
MODULE = ATOM_COLUMNS.index("module")


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


def atom_row(atom: AtomRecord) -> list[Any]:
    """An atom by `ATOM_COLUMNS`; its module is none that anybody has."""
    row = list(row_of(atom, ()))
    row[MODULE] = ""
    return row


def underway(move: MoveRecord) -> Underway:
    """A move that has begun. How far it is follows from when it ends, which whoever reads the recording knows."""
    return Underway(
        number=move.number,
        atom=move.atom,
        source=move.source,
        target=move.target,
        cause=move.cause,
        decided_at=round(move.decided_at, 3),
        phase="copying",
    )
