"""Filters as a tree of levels: which of many fit a topic, in time that does not depend on how many there are."""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")


class _Branch(Generic[Value]):
    __slots__ = ("branches", "values")

    def __init__(self) -> None:
        self.branches: dict[str, _Branch[Value]] = {}
        self.values: dict[Value, None] = {}


class Trie(Generic[Value]):
    """Filters (without `$share`), each with values."""

    def __init__(self) -> None:
        self._root: _Branch[Value] = _Branch()

    def add(self, pattern: str, value: Value) -> None:
        """Adds a filter's value."""
        branch = self._root
        for level in pattern.split("/"):
            found = branch.branches.get(level)
            if found is None:
                found = branch.branches[level] = _Branch()
            branch = found
        branch.values[value] = None

    def remove(self, pattern: str, value: Value) -> None:
        """Removes it; nothing when it is not there."""
        path: list[tuple[_Branch[Value], str]] = []
        branch = self._root
        for level in pattern.split("/"):
            found = branch.branches.get(level)
            if found is None:
                return
            path.append((branch, level))
            branch = found
        branch.values.pop(value, None)
        for parent, level in reversed(path):
            child = parent.branches[level]
            if child.values or child.branches:
                return
            del parent.branches[level]

    def match(self, topic: str) -> list[Value]:
        """The values of all filters that fit a topic; wildcards at the start fit none that begins with `$`."""
        levels = topic.split("/")
        found: dict[Value, None] = {}
        branches = [self._root]
        for number, level in enumerate(levels):
            wild = number > 0 or not topic.startswith("$")
            following: list[_Branch[Value]] = []
            for branch in branches:
                if wild and (rest := branch.branches.get("#")) is not None:
                    found.update(rest.values)
                if (exact := branch.branches.get(level)) is not None:
                    following.append(exact)
                if wild and (any_ := branch.branches.get("+")) is not None:
                    following.append(any_)
            branches = following
            if not branches:
                break
        else:
            for branch in branches:
                found.update(branch.values)
                if (rest := branch.branches.get("#")) is not None:
                    found.update(rest.values)
        return list(found)

    def __len__(self) -> int:
        count, branches = 0, [self._root]
        while branches:
            branch = branches.pop()
            count += len(branch.values)
            branches += branch.branches.values()
        return count
