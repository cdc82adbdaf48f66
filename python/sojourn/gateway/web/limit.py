"""What bounds each request, connection, stream and queue of the HTTP door; see docs/format/http-door.md."""

from __future__ import annotations

# A body that is not larger is read whole before its atom hears of it: a slow client holds no atom.
WHOLE_BYTES = 256 << 10
# How far the sender of a body may be ahead of what was granted, and the least that is granted at once.
WINDOW_BYTES = 256 << 10
GRANT_BYTES = WINDOW_BYTES // 4
PIECE_BYTES = 64 << 10
# The same of the messages of a WebSocket, in each direction.
WINDOW_MESSAGES = 256
GRANT_MESSAGES = WINDOW_MESSAGES // 4
MESSAGE_BYTES = 1 << 20
# A whole answer, with its head.
ANSWER_BYTES = 1 << 20
# Numbers of the protocol have so many digits at most.
DIGITS = 18
CREDIT = 1 << 62

# Heads, in bytes and fields; the line of a request.
HEAD_BYTES = 64 << 10
FIELDS = 128
LINE_BYTES = 8 << 10
REQUEST_HEAD_BYTES = 32 << 10
NAME_CHARACTERS = 256
REASON_BYTES = 123

# What a WebSocket client has not taken yet: more, and it is closed with 1013.
BACKLOG_BYTES = 8 << 20
# Streams of one gateway, and requests that are being worked on.
STREAMS = 16_384
# Messages that wait for room at one atom, beside those that windows bound.
WAITING = 4096
# How long streams wait for an atom whose node is lost, in seconds.
AWAY_S = 120.0

# A call that may last as long as its body ends after so long in any case, in seconds.
LONGEST_S = 24 * 3600.0
# How often time-outs are looked at, and a WebSocket is asked for a sign of life.
TICK_S = 1.0
PING_S = 20.0
# A connection without a request is closed, and a head has to be there; TLS has to be agreed on.
KEEP_ALIVE_S = 20.0
HEAD_S = 10.0
# What runs when the gateway ends has so long to end, too.
GRACE_S = 5.0
# And a WebSocket client so long to close as well.
CLOSE_S = 2.0
# Who is told 503 is asked to wait so long.
RETRY_AFTER_S = 1

# Requests out: at once, of each atom; the largest answer that is asked for whole.
OUT_STREAMS, OUT_EACH = 256, 32
OUT_WHOLE_BYTES = 1_000_000
