"""What bounds the door: everybody at the broker can send it anything."""

from __future__ import annotations

# Runtimes and modules that are known at once; requests that are being worked on; those of one runtime.
RUNTIMES = 1024
MODULES = 16_384
OPEN = 1024
# The most modules that a runtime may say it takes.
CAPACITY = 100_000

# A message that is longer is not looked at, unless it brings a module's memory to a runtime.
MESSAGE_BYTES = 256 << 10
MIGRATION_BYTES = 32 << 20
# Characters of identities, names and texts; items of lists.
IDENTITY = 48
NAME = 256
TEXT = 4096
ITEMS = 64

# Identities of messages that were sent here and come back as echoes.
ECHOES = 4096

# A runtime subscribes late: it is sent nothing so long after it registered. Nothing is sent twice: the browser's
# runtime would run a module twice.
LATE_S = 1.2

# A place is asked for so often, where it is taken by others meanwhile.
PLACES = 3

# What is told of errors, in characters.
TOLD = 1000
# Answers to what cannot be read, in a second.
UNREADABLE_S = 20
