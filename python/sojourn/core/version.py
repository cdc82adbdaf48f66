"""Version of this release."""

from sojourn import _core

VERSION = _core.version()
