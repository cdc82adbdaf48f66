"""What bounds each packet, queue and wait of the MQTT door."""

from __future__ import annotations

# A topic or filter, in bytes; the levels of one.
TOPIC_BYTES = 65_535
LEVELS = 128
# Packets that come: the largest that is taken whole, and what is kept of one that is larger, to acknowledge it.
PACKET_BYTES = 1 << 20
HEAD_BYTES = 80 << 10
# The most that MQTT itself allows.
MOST_PACKET_BYTES = 268_435_455
# Messages of a broker that are not acknowledged yet, and ours that it has not acknowledged.
RECEIVE_MAXIMUM = 1024
HELD_BYTES = 64 << 20
FLIGHT = 1024
# What waits in the client itself to be published, in messages and bytes.
OUTBOX = 10_000
OUTBOX_BYTES = 16 << 20
# Filters of one client.
FILTERS = 10_000
# A broker has so long to answer CONNECT.
CONNECT_S = 10.0
# Between attempts to connect: the first wait, and the longest.
BACK_OFF_S = 0.1
MOST_BACK_OFF_S = 30.0
# A session that lasted so long was a good one: the next wait is the first again.
GOOD_S = 5.0
# How long a broker keeps a session whose client is away.
SESSION_EXPIRY_S = 86_400
KEEP_ALIVE_S = 30
# Bytes that wait in the socket's buffer before nothing more is published.
WRITE_BYTES = 1 << 20

# Bindings: how many in all, and what a text of one may have.
BINDINGS = 10_000
KEEP = 10_000
MOST_KEEP = 1_000_000
# What waits for one atom, or to be published for one binding, in bytes.
KEEP_BYTES = 16 << 20
# An atom that takes nothing for so long is away: the broker is told all the same that its messages were taken.
PATIENCE_S = 10.0
# A binding that an atom brought stays so long after the atom is not seen any more, since it may be restored.
LINGER_S = 60.0
# Calls that wait for an answer: of one atom, and of all.
CALLS_OF_ONE = 256
CALLS = 4096
# How long an atom has to answer.
ANSWER_S = 30.0
# A call that failed is made again after this time.
AGAIN_S = 1.0
# Messages of atoms that are not known yet: they may have come since names were read.
LIMBO = 1000
LIMBO_BYTES = 4 << 20
LIMBO_S = 2.0
# How often names are read, and what waits is tried again.
LOOK_S = 0.5
TRY_S = 0.1

# What comes sooner than this after what came before is under load: from then on it is gathered for so long.
CLOSE_S = 0.000_3
GATHER_S = 0.001
