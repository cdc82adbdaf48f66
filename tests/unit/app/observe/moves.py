"""Moves as the controller and a source tell of them."""

from sojourn.model import wire
from sojourn.model.record import MoveRecord, MoveState

MS = 1_000_000
S = 1_000_000_000
TRACE = "00000000000000070123456789abcdef"


def record(state: MoveState = MoveState.DONE, error: str = "", trace: str = TRACE) -> MoveRecord:
    """Decided at 1000 s."""
    return MoveRecord(
        number=7,
        atom="node-1/a",
        source="node-1",
        target="node-2",
        cause="node-1 is full",
        state=state,
        decided_at=1000.0,
        total_ms=40.0,
        downtime_ms=6.0,
        bytes=4096,
        error=error,
        trace=trace,
    )


def row(started_ns: int = 1000 * S + 5 * MS, state: wire.MoveState = wire.MoveState.DONE) -> wire.MoveRow:
    """Begun 5 ms later; 40 ms in all, of which the last 6 without a step, and 4 of these until it ran at the target."""
    return wire.MoveRow(
        id=1,
        atom="node-1/a",
        source="node-1",
        target="node-2",
        epoch=3,
        cause="node-1 is full",
        state=state,
        code=None,
        text=None,
        rounds=3,
        bytes=4096,
        pending_bytes=0,
        started_at_ns=started_ns,
        total_ns=40 * MS,
        paused_ns=4 * MS,
        downtime_ns=6 * MS,
    )
