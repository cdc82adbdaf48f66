"""What bounds each request, connection and queue of the REST interface."""

from __future__ import annotations

# Bodies, in bytes: JSON, and a module.
BODY_BYTES = 1 << 20
MODULE_BYTES = 64 << 20
# Names of records, and texts such as objectives, in characters.
NAME_CHARACTERS = 256
TEXT_CHARACTERS = 4096
# Items of one answer: where nothing is said, and at most.
PAGE = 100
MAX_PAGE = 1000
# Line and headers of a request, in bytes.
HEADER_BYTES = 16 << 10

# A body has to be there after so long, and an answer taken; a connection without a request is closed.
BODY_S = 20.0
MODULE_S = 120.0
HANDLER_S = 120.0
SEND_S = 20.0
IDLE_S = 5.0
# What runs when the server ends has so long to end, too.
GRACE_S = 5.0
# A peer that takes nothing of what was sent to it is cut off by the system.
STALLED_MS = 30_000

# At once: connections, requests that are being worked on, streams of events (each is a request, too).
CONNECTIONS = 512
REQUESTS = 256
STREAMS = 128
# Modules that are being sent here at once: each may take as much memory as its limit says.
UPLOADS = 4
# Streams of one token's bearer.
STREAMS_EACH = 32

# Streams of events: a comment after so long without one, events read at once, and how long one batch may take to go.
HEARTBEAT_S = 15.0
EVENTS_AT_ONCE = 256
SLOW_S = 10.0
# A call of an atom is waited for so long at most: less than `HANDLER_S`.
CALL_S = 100.0
# At once: output of atoms that is followed, messages and calls on their way, images that are looked into.
FOLLOWED = 32
TALKS = 24
# An image of more bytes is not looked into here; neither is a stack that takes more of it.
INSPECTED_BYTES = 256 << 20
STACK_BYTES = 16 << 20
# What is told of an image: values of a frame, and the like; characters of a name; extents of a memory.
INSPECTED_ITEMS = 256
INSPECTED_CHARACTERS = 512
EXTENTS = 4096

# What a client waits before it comes again, in milliseconds.
RETRY_MS = 2000

# Answers that are kept for a repetition of their request: how many, and for how long.
KEPT_ANSWERS = 1000
KEPT_S = 3600.0
KEY_CHARACTERS = 128

# A client that was told `busy` is asked to wait so long.
RETRY_AFTER_S = 1
