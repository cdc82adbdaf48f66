"""The picture of a realm for those who look on: what is there, and what has changed since the last look."""

from sojourn.control.picture.differ import Differ, View

__all__ = ["Differ", "View"]
