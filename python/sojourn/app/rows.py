"""Rows of nodes, atoms, moves and images as data for programs."""

from __future__ import annotations

import dataclasses
import enum


def as_json(value: object) -> object:
    """A record as JSON's types: field by field, enums by their names in small letters, hashes in hexadecimal."""
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple | list):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {field.name.rstrip("_"): as_json(getattr(value, field.name)) for field in fields}
    return value
