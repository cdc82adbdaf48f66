"""Atoms of the registry as the fleet's: the one place where both meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.placement import demand, place
from sojourn.control.registry import LIVING
from sojourn.model.placement import Ask

if TYPE_CHECKING:
    from sojourn.control.placement import Fleet
    from sojourn.model.placement import Choice
    from sojourn.model.record import AtomRecord


def ask_of(atom: AtomRecord, *, here: bool = True) -> Ask:
    """What placement is asked for an atom.

    Args:
        atom: The atom.
        here: Whether it is where it is said to be; otherwise it is nowhere, as after the loss of its node.
    """
    return Ask(
        atom=atom.name,
        spec=atom.spec,
        module=atom.module,
        cores=atom.cores,
        memory_bytes=atom.memory_bytes,
        node=atom.node if here else "",
    )


def count(fleet: Fleet, atom: AtomRecord, *, there: bool = True) -> None:
    """Counts an atom where it is, if it takes anything there."""
    if atom.state in LIVING and atom.node:
        fleet.place(atom.name, demand(fleet, ask_of(atom)), atom.node, there=there, module=atom.module)
    else:
        fleet.take_away(atom.name)


def elsewhere(fleet: Fleet, atom: AtomRecord, now: float, *, here: bool = False) -> Choice:
    """Where an atom should be; without `here` as if it were nowhere."""
    return place(fleet, ask_of(atom, here=here), now)


def nowhere(atom: AtomRecord, why: str, state: str = "unplaced") -> AtomRecord:
    """An atom that cannot be placed, and why."""
    return msgspec.structs.replace(atom, state=state, reason=why)
