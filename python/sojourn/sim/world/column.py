"""Columns: one number for each node, atom or user."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
# Which rows: all of them, or those of some numbers.
Rows: TypeAlias = slice | Integers

ALL = slice(None)
