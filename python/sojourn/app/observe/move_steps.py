"""A move as steps in time, from its cause to its arrival.

    move      |-----------------------------------------------|
    decide    |-----|                                             from the decision until the source begins
    offer           |----------------------|                      the target is asked, and stands by
    rounds          |----------------------|                      pages go while the atom runs
    stop                                   |------------------|   the atom stands still
    transfer                               |------------|         what is left goes, until it runs at the target
    arrive                                              |-----|   until the target speaks for it

The controller knows when it decided, by its own clock; the source knows the rest, by its own. Clocks of two machines
differ: where the source says that it began before it was decided, its steps are laid where the decision was.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from sojourn.model.record import MoveState

if TYPE_CHECKING:
    from sojourn.model.record import MoveRecord
    from sojourn.model.wire import MoveRow

NS = 1_000_000_000
MS_NS = 1_000_000
# Times are 64 bits in a trace, and a node may say anything.
LATEST_NS = 2**62

Value = str | int | float | bool


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step.

    Attributes:
        name: What it is.
        begin_ns: When it began, since 1970.
        end_ns: When it ended.
        data: What is known of it, by name.
        steps: What it consists of, in order.
        error: Why it failed, in words; empty: it did not.
    """

    name: str
    begin_ns: int
    end_ns: int
    data: dict[str, Value] = {}
    steps: tuple[Step, ...] = ()
    error: str = ""


def steps_of(record: MoveRecord, row: MoveRow | None = None) -> Step:
    """A move that is over, as one step with those that are known.

    Args:
        record: What the controller keeps of it.
        row: What the source tells of it; None: nothing, as of a move that never began.
    """
    decided = bounded(record.decided_at * NS)
    begin = max(decided, bounded(row.started_at_ns)) if row else decided
    total = bounded(row.total_ns if row else record.total_ms * MS_NS)
    end = begin + total
    failed = record.error if record.state is MoveState.FAILED else ""
    parts = [Step(name="decide", begin_ns=decided, end_ns=begin, data={"cause": record.cause, "node": "controller"})]
    parts += carried(record, row, begin, end, failed) if row else []
    return Step(name="move", begin_ns=decided, end_ns=end, data=told(record), steps=tuple(parts), error=failed)


def carried(record: MoveRecord, row: MoveRow, begin: int, end: int, failed: str) -> list[Step]:
    """What the source did, between two times. One that failed did not stop the atom, or let it go on where it was."""
    downtime = 0 if failed else min(bounded(row.downtime_ns), end - begin)
    stopped = end - downtime
    runs = stopped + min(bounded(row.paused_ns), downtime)
    rounds = Step(
        name="rounds",
        begin_ns=begin,
        end_ns=stopped,
        data={"rounds": row.rounds, "bytes": row.bytes, "node": record.source},
    )
    offer = Step(
        name="offer", begin_ns=begin, end_ns=stopped, data={"node": record.target}, steps=(rounds,), error=failed
    )
    if failed:
        return [offer]
    transfer = Step(name="transfer", begin_ns=stopped, end_ns=runs, data={"node": record.source})
    arrive = Step(name="arrive", begin_ns=runs, end_ns=end, data={"node": record.target})
    return [
        offer,
        Step(name="stop", begin_ns=stopped, end_ns=end, data={"node": record.source}, steps=(transfer, arrive)),
    ]


def told(record: MoveRecord) -> dict[str, Value]:
    """What is known of a move as a whole."""
    return {
        "atom": record.atom,
        "source": record.source,
        "target": record.target,
        "cause": record.cause,
        "number": record.number,
        "state": record.state.value,
        "gain": record.gain,
        "cost": record.cost,
        "bytes": record.bytes,
        "downtime_ms": record.downtime_ms,
    }


def bounded(time_ns: float) -> int:
    """A time that a trace can hold."""
    return 0 if math.isnan(time_ns) else int(min(max(time_ns, 0), LATEST_NS))
