"""Network coordinates: latencies of links that nobody measured, from those that somebody did.

Vivaldi with height vectors: F. Dabek, R. Cox, F. Kaashoek, R. Morris, "Vivaldi: A Decentralized Network Coordinate
System", SIGCOMM 2004, sections 3.3 (adaptive time step, constants c_c = c_e = 0.25) and 5.4 (heights). Each measured
round trip is a spring between two nodes. Where the paper takes a random direction for nodes at one point, this takes
one that follows from their names, so that the same reports give the same coordinates.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSIONS = 3
STEP = 0.25
SMOOTHING = 0.25
LEAST_HEIGHT_MS = 0.01
# What a node says it measured is taken within these.
LEAST_RTT_MS, MOST_RTT_MS = 0.001, 60_000.0


class Coordinates:
    """Coordinates of rows 0 to N-1, in milliseconds of round trip.

    Attributes:
        points: Shape (N, 3).
        heights: Shape (N,); the way from a node to the net.
        errors: Shape (N,); relative, 1.0: nothing known.
        known: Shape (N,); whether any link of it was measured.
    """

    def __init__(self, size: int) -> None:
        self.points: NDArray[np.float64] = np.zeros((size, DIMENSIONS))
        self.heights: NDArray[np.float64] = np.full(size, LEAST_HEIGHT_MS)
        self.errors: NDArray[np.float64] = np.ones(size)
        self.known: NDArray[np.bool_] = np.zeros(size, dtype=bool)

    def grow(self, size: int) -> None:
        """Makes room for more rows."""
        more = Coordinates(size)
        for mine, theirs in zip(self.columns(), more.columns(), strict=True):
            theirs[: len(mine)] = mine
        self.points, self.heights, self.errors, self.known = more.points, more.heights, more.errors, more.known

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """All of them."""
        return self.points, self.heights, self.errors, self.known

    def forget(self, row: int) -> None:
        """A row is somebody else's from now on."""
        self.points[row], self.heights[row], self.errors[row], self.known[row] = 0.0, LEAST_HEIGHT_MS, 1.0, False

    def measured(self, row: int, peer: int, rtt_ms: float, names: tuple[str, str]) -> None:
        """A round trip between two rows was measured: the first moves. O(1)."""
        if not math.isfinite(rtt_ms) or row == peer:
            return
        rtt = min(max(rtt_ms, LEAST_RTT_MS), MOST_RTT_MS)
        mine, theirs = self.points[row].tolist(), self.points[peer].tolist()
        height, other = float(self.heights[row]), float(self.heights[peer])
        away = [a - b for a, b in zip(mine, theirs, strict=True)]
        length = math.sqrt(sum(each * each for each in away))
        estimate = length + height + other
        weight = self.weight(row, peer)
        off = abs(estimate - rtt) / rtt
        step = SMOOTHING * weight
        self.errors[row] = min(off * step + float(self.errors[row]) * (1 - step), 1.0)
        direction = [each / length for each in away] if length > 0 else towards(names)
        force = STEP * weight * (rtt - estimate)
        self.points[row] = [a + force * each for a, each in zip(mine, direction, strict=True)]
        if length > 0:
            self.heights[row] = max(height + force * (height + other) / estimate, LEAST_HEIGHT_MS)
        self.known[row] = self.known[peer] = True

    def weight(self, row: int, peer: int) -> float:
        """How much a sample counts: less, the surer this one is beside the other."""
        mine, theirs = float(self.errors[row]), float(self.errors[peer])
        return mine / (mine + theirs) if mine + theirs > 0 else 0.5

    def rtt_ms(self, row: int) -> NDArray[np.float64]:
        """Estimated round trips from a row to all. Shape (N,); NaN where nothing is known."""
        if not self.known[row]:
            return np.full(len(self.heights), np.nan)
        away = self.points - self.points[row]
        estimate = np.sqrt(np.einsum("ij,ij->i", away, away)) + self.heights + self.heights[row]
        return np.where(self.known, estimate, np.nan)

    def between(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Estimated round trips between pairs of rows, of the shape that they broadcast to."""
        away = self.points[rows] - self.points[others]
        estimate = np.sqrt(np.einsum("...i,...i->...", away, away)) + self.heights[rows] + self.heights[others]
        return np.where(self.known[rows] & self.known[others], estimate, np.nan)

    def table(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float32]:
        """The same of each of G rows with each of N others, in single precision. Shape (G, N).

        Axis by axis, in place: a product of matrices has fewer steps, but its threads wait for each other.
        """
        found = np.zeros((len(rows), len(others)), dtype=np.float32)
        away = np.empty_like(found)
        for axis in range(DIMENSIONS):
            one, other = (self.points[of, axis].astype(np.float32) for of in (rows, others))
            np.subtract(one[:, None], other, out=away)
            np.multiply(away, away, out=away)
            np.add(found, away, out=found)
        np.sqrt(found, out=found)
        found += self.heights[rows].astype(np.float32)[:, None]
        found += np.where(self.known[others], self.heights[others], np.nan).astype(np.float32)
        found[~self.known[rows]] = np.nan
        return found


def towards(names: tuple[str, str]) -> list[float]:
    """A direction that follows from two names."""
    raw = [crc32(f"{names[0]}\n{names[1]}\n{axis}".encode()) / 2**31 - 1 for axis in range(DIMENSIONS)]
    length = math.sqrt(sum(each * each for each in raw)) or 1.0
    return [each / length for each in raw]
