"""Quantities as people read them."""

from __future__ import annotations

NANOSECONDS = 1_000_000_000
KIB = 1024
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
MINUTE, HOUR, DAY = 60, 3600, 86400
MILLISECOND, TEN = 0.001, 10.0


def size(count: float) -> str:
    """Bytes in the unit that suits."""
    unit = 0
    while count >= KIB and unit < len(UNITS) - 1:
        count /= KIB
        unit += 1
    return f"{count:.0f} {UNITS[unit]}" if unit == 0 else f"{count:.1f} {UNITS[unit]}"


def time(nanoseconds: int) -> str:
    """A time in the unit that suits, from milliseconds to days."""
    seconds = nanoseconds / NANOSECONDS
    if seconds < TEN:
        return f"{seconds / MILLISECOND:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    whole = int(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE}m {whole % MINUTE:02}s"
    if whole < DAY:
        return f"{whole // HOUR}h {whole % HOUR // MINUTE:02}m"
    return f"{whole // DAY}d {whole % DAY // HOUR:02}h"
