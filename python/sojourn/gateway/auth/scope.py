"""What a token allows."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """A right.

    READ: see everything. ATOMS: start, stop, move and change atoms and their modules. NODES: cordon and drain nodes.
    ADMIN: everything, also settings of the realm. Each of these allows READ, too. REACH: reach atoms through a gateway;
    nothing else.
    """

    READ = "read"
    ATOMS = "atoms"
    NODES = "nodes"
    ADMIN = "admin"
    REACH = "reach"


ALL = frozenset(Scope)


def allows(held: frozenset[Scope], needed: Scope) -> bool:
    """Whether these rights are enough for another."""
    return needed in held or Scope.ADMIN in held or (needed is Scope.READ and bool(held - {Scope.REACH}))
