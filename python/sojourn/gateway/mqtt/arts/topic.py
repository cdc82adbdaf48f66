"""Topics of the dialect. The realm's word stands before all of them."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from sojourn.model.errors import ConfigError

WORD = re.compile(r"[^/+#\x00-\x1f\x7f]{1,64}")
# Where the browser's runtime sends what is meant for another: its own topics without the realm's word.
STRAY = "proc/control/"


class Kind(Enum):
    """What a topic is for."""

    REGISTER = auto()
    CONTROL = auto()
    RUNTIME = auto()
    INPUT = auto()
    OUTPUT = auto()
    STRAY = auto()
    OTHER = auto()


class Place(NamedTuple):
    """What a topic is for, and for whom."""

    kind: Kind
    name: str = ""


class Topics:
    """Topics of one realm.

    Args:
        word: The realm's word.

    Raises:
        ConfigError: It cannot be one.
    """

    def __init__(self, word: str = "realm") -> None:
        if not WORD.fullmatch(word):
            raise ConfigError(f"{word!r} cannot be ARTS's realm", "it is a word without /, + and #, as `realm`")
        self.word = word
        self.register = f"{word}/proc/reg"
        self.control = f"{word}/proc/control"
        self.debug = f"{word}/proc/debug"

    @property
    def filters(self) -> tuple[str, ...]:
        """What the door listens to always; runtimes answer below `control`. No two of these fit one topic."""
        return self.register, self.control, f"{self.control}/+", f"{self.debug}/stdin/+", f"{STRAY}+"

    def runtime(self, uuid: str) -> str:
        """Where a runtime listens."""
        return f"{self.control}/{uuid}"

    def output(self, module: str) -> str:
        """Where a module's standard output goes."""
        return f"{self.debug}/stdout/{module}"

    def place(self, topic: str) -> Place:
        """What a topic is for."""
        if topic == self.register:
            return Place(Kind.REGISTER)
        if topic == self.control:
            return Place(Kind.CONTROL)
        for kind, prefix in (
            (Kind.RUNTIME, f"{self.control}/"),
            (Kind.INPUT, f"{self.debug}/stdin/"),
            (Kind.OUTPUT, f"{self.debug}/stdout/"),
            (Kind.STRAY, STRAY),
        ):
            if topic.startswith(prefix):
                return Place(kind, topic[len(prefix) :])
        return Place(Kind.OTHER)
