"""Texts of nodes as columns: one text each (`arch`), or a set of them (`tags`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class TextColumn:
    """One text a row, kept as a number."""

    def __init__(self, size: int) -> None:
        self.codes: NDArray[np.int64] = np.zeros(size, dtype=np.int64)
        self.numbers: dict[str, int] = {"": 0}
        self.texts: list[str] = [""]

    def grow(self, size: int) -> None:
        """Makes room for more rows."""
        self.codes = np.concatenate([self.codes, np.zeros(size - len(self.codes), dtype=np.int64)])

    def set(self, row: int, text: str) -> None:
        """What a row has."""
        number = self.numbers.get(text)
        if number is None:
            number = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        self.codes[row] = number

    def get(self, row: int) -> str:
        """The same."""
        return self.texts[int(self.codes[row])]

    def same(self, rows: NDArray[np.int64], texts: Iterable[str]) -> NDArray[np.bool_]:
        """Which of these rows have one of these texts."""
        wanted = [self.numbers[text] for text in texts if text in self.numbers]
        if len(wanted) == 1:
            return np.asarray(self.codes[rows] == wanted[0])
        return np.isin(self.codes[rows], wanted)


class SetColumn:
    """A set of texts a row, kept as who has each text."""

    def __init__(self) -> None:
        self.sets: dict[int, frozenset[str]] = {}
        self.rows: dict[str, set[int]] = {}
        self.masks: dict[str, NDArray[np.bool_]] = {}

    def set(self, row: int, texts: Iterable[str]) -> None:
        """What a row has: O(1) where nothing changes."""
        new, old = frozenset(texts), self.sets.get(row, frozenset())
        if new == old:
            return
        self.sets[row] = new
        for text in old - new:
            self.rows[text].discard(row)
            if not self.rows[text]:
                del self.rows[text]
        for text in new - old:
            self.rows.setdefault(text, set()).add(row)
        for text in new ^ old:
            self.masks.pop(text, None)

    def get(self, row: int) -> frozenset[str]:
        """The same."""
        return self.sets.get(row, frozenset())

    def member(self, rows: NDArray[np.int64], text: str, size: int) -> NDArray[np.bool_]:
        """Which of these rows have a text."""
        if text not in self.rows:
            return np.zeros(np.shape(rows), dtype=bool)
        mask = self.masks.get(text)
        if mask is None or len(mask) != size:
            mask = np.zeros(size, dtype=bool)
            mask[list(self.rows[text])] = True
            self.masks[text] = mask
        return np.asarray(mask[rows])
