"""What a door counts, since it was opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """See above.

    Attributes:
        received: Messages that came from the broker.
        handed: Messages that were handed to atoms; one that goes to several counts as often.
        failed: Calls that atoms did not answer; each is made again where its binding says `reply`.
        early: Messages of which the broker was told that they were taken while they waited for an atom that is away.
        unrouted: Messages that no atom wants any more.
        dropped_in: Messages that went because too many waited for an atom.
        published: Messages of atoms that were given to the broker.
        refused: Messages of atoms that may not be published, or that the broker refused.
        dropped_out: Messages of atoms that went because too many waited for the broker.
        lost: How often the broker was lost, or was not there.
    """

    received: int = 0
    handed: int = 0
    failed: int = 0
    early: int = 0
    unrouted: int = 0
    dropped_in: int = 0
    published: int = 0
    refused: int = 0
    dropped_out: int = 0
    lost: int = 0
