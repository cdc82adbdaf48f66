"""How large a modelled world may be. Beyond these a scenario is refused before anything is built."""

from __future__ import annotations

MOST_NODES = 10_000
MOST_ATOMS = 100_000
MOST_USERS = 10_000
MOST_HOURS = 24 * 366
# Steps of a run: a day in steps of a tenth of a second.
MOST_STEPS = 864_000
# Happenings that a script or a trace may have.
MOST_HAPPENINGS = 5_000_000
# Links that a node measures: to all where the fleet is small, else to so many of those that are nearest, and others.
MOST_PEERS = 16
# Points of a plotted line.
MOST_POINTS = 360
# Decisions that are kept to be exported.
MOST_DECISIONS = 1_000_000
# Violations that are told one by one; the rest is counted.
MOST_TOLD = 20
# Bytes of a scenario or one line of a trace.
MOST_BYTES = 1 << 20
# Bytes of a recording, of what measurements take of it, and of its last line. Rows of traffic in one look.
RECORDING_BYTES = 64 << 20
MEASURED_BYTES = 24 << 20
END_BYTES = 1 << 20
MOST_TRAFFIC = 500
