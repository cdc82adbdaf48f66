"""What bounds a simulation that is run for somebody else."""

from __future__ import annotations

# Memory that its process may have, in bytes of addresses: libraries of numbers take much of that and use little.
ADDRESSES = 6 << 30
# Processor time that it may take, and how long it may last, in seconds.
PROCESSOR_S = 900
LASTS_S = 1800.0
# Bytes of it that wait for their reader; bytes of its answer.
PENDING_BYTES = 1 << 20
ANSWER_BYTES = 72 << 20
# It gives way to everything else.
NICENESS = 10
