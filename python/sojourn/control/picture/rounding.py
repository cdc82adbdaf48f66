"""Numbers as they are shown: what changes less than can be seen has not changed."""

from __future__ import annotations


def two_digits(value: float) -> float:
    """A value to two digits."""
    return float(f"{value:.2g}")
