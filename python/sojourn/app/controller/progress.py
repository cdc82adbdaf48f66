"""How far a move is, from what its source tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.decision import Progressed
from sojourn.model.wire import MoveState

if TYPE_CHECKING:
    from sojourn.model.wire import MoveRow

# What is done when a move has come to a state. Copying takes most of the time, and bytes tell how far that is.
REACHED = {
    MoveState.OFFERED: 0.02,
    MoveState.COPYING: 0.05,
    MoveState.STOPPING: 0.85,
    MoveState.SEALED: 0.92,
    MoveState.RELEASED: 0.97,
}
COPYING = REACHED[MoveState.STOPPING] - REACHED[MoveState.COPYING]


def progress_of(number: int, row: MoveRow) -> Progressed:
    """How far a move is; one that is over is done."""
    progress = REACHED.get(row.state, 1.0)
    if row.state is MoveState.COPYING and row.bytes > 0:
        progress += COPYING * row.bytes / (row.bytes + row.pending_bytes)
    return Progressed(
        number=number, phase=row.state.name.lower(), progress=progress, rounds=row.rounds, bytes=row.bytes
    )
