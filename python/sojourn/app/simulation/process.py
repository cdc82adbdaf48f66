"""The process that runs a simulation: an order in, a recording out.

Its order is a line of JSON on standard input, which stays open: when it closes, whoever asked is gone, and it ends at
once. A recording goes to standard output; where it cannot begin, an object with `error` and `hint` does.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from typing import TYPE_CHECKING

from sojourn.app.simulation.limit import ADDRESSES, NICENESS, PROCESSOR_S
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from typing import BinaryIO

BROKEN = 1


def bound() -> None:
    """Takes its bounds: memory, processor time, and that others come first."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Numbers are few: threads of their libraries would only take memory.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def until_alone(orders: BinaryIO) -> None:
    """Ends this process when whoever asked is gone."""
    while orders.read(1):
        pass
    os._exit(BROKEN)


def main() -> int:
    """Carries an order out; the exit status."""
    bound()
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=until_alone, args=(sys.stdin.buffer,), daemon=True).start()
    # After the bounds: what is loaded here looks for them.
    from sojourn.sim.entry import simulate  # noqa: PLC0415

    out = sys.stdout.buffer

    def write(lines: bytes) -> None:
        out.write(lines)
        out.flush()

    try:
        simulate(order.pop("scenario"), **order, record=write)
    except SojournError as error:
        write(json.dumps({"error": str(error), "hint": error.hint}).encode() + b"\n")
        return BROKEN
    except BrokenPipeError:
        os._exit(BROKEN)
    return 0


if __name__ == "__main__":
    sys.exit(main())
