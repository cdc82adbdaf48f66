"""Chance: a stream of its own for each purpose, so that what control does changes nobody's luck."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *purpose: str) -> np.random.Generator:
    """The random numbers of a purpose; the same for the same seed and words, whatever else is drawn."""
    return np.random.default_rng([seed, *(zlib.crc32(word.encode()) for word in purpose)])
