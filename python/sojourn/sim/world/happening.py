"""What happens to the world whatever control does: made up from a seed, or read from a trace."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What happens.

    CRASH, BACK: Power of node `subject` goes; it boots. CUT, HEAL: It cannot be reached; it can again. SKY: Light over
    zone `subject` is `x` of that of a clear sky. HARVEST: `x` watts come in at node `subject`, whatever the sky. LEG:
    User `subject` goes straight to `x`, `y` in `lasts` seconds. LOAD: Group `subject` has `x` of its usual load, the
    first `y` of its atoms.
    """

    CRASH = "crash"
    BACK = "back"
    CUT = "cut"
    HEAL = "heal"
    SKY = "sky"
    HARVEST = "harvest"
    LEG = "leg"
    LOAD = "load"


class Happening(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happens.

    Attributes:
        at: Seconds from the beginning.
        kind: What.
        subject: To whom.
        x: See `Kind`.
        y: See `Kind`.
        lasts: See `Kind`.
    """

    at: float
    kind: Kind
    subject: str
    x: float = 0.0
    y: float = 0.0
    lasts: float = 0.0
