"""Limits of the stores."""

from __future__ import annotations

# How long a writer of SQLite waits for another program that has the file, as one that makes a back-up.
BUSY_S = 5.0
# How long PostgreSQL has for a connection, for a statement, and for what it has to wait for before it begins.
CONNECT_S = 5
STATEMENT_S = 10
LOCK_S = 5
# A leader that stands still in the middle of a transaction loses it after this, so that the next one can write.
IDLE_S = 5
# A connection whose other end is gone without a word ends after these together.
KEEPALIVE_IDLE_S = 2
KEEPALIVE_INTERVAL_S = 1
KEEPALIVE_COUNT = 3
# A connection that was lost is made again with growing pauses, for so long.
RECONNECT_S = 10.0
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
# Largest integer of a database.
INTEGER = 2**63 - 1
# Numbers of a state that are beyond this were never counted up to.
COUNTED = 2**62
