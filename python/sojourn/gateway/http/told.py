"""What a stream tells: events of the realm, what a route has of its own, and what is about the stream itself."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Raw, Struct

from sojourn.model.record import RealmEvent


class Gap(Struct, frozen=True, kw_only=True):
    """Events that the client has not seen are gone.

    Attributes:
        first: Number of the first of them.
        last: And of the last.
        reason: Why, in words.
    """

    first: int
    last: int
    reason: str


class Passed(Struct, frozen=True):
    """Events up to this number were of no interest to the client."""

    number: int


class Said(Struct, frozen=True):
    """Something that a route tells of its own.

    Attributes:
        number: Its `id`: what `Last-Event-ID` says when the stream is to go on after it.
        kind: Its `event`.
        value: Its `data`; as JSON already, where many are told the same.
    """

    number: int
    kind: str
    value: Struct | Raw


Told: TypeAlias = RealmEvent | Gap | Passed | Said
