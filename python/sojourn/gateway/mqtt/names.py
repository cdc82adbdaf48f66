"""Which atoms are bound to what, by their aliases and by command."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sojourn.gateway.mqtt.binding import IN, OUT, SCOPES, Binding, binding_of
from sojourn.gateway.mqtt.error import InvalidTopic
from sojourn.gateway.mqtt.limit import BINDINGS
from sojourn.model.errors import NodeError
from sojourn.model.names import is_global

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

log = logging.getLogger(__name__)

LOCAL = re.compile(r"[A-Za-z0-9._-]{1,64}")
FindAll: TypeAlias = "Callable[[str, str], Sequence[str]]"


class Alias(NamedTuple):
    """What an atom says of itself: a scope (`mqtt.in` or `mqtt.out`) and the binding as a text."""

    atom: str
    scope: str
    text: str


@dataclass(slots=True)
class Wanted:
    """Who is bound to what.

    Attributes:
        commands: The bindings by command.
        ways: Binding and atom that gets what comes.
        gates: By the global name of an atom, the bindings by which it may publish.
        wrong: What cannot be, and why.
    """

    commands: frozenset[Binding] = frozenset()
    ways: dict[tuple[Binding, str], None] = field(default_factory=dict)
    gates: dict[str, dict[Binding, None]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def wanted(commands: Iterable[Binding], aliases: Iterable[Alias], find_all: FindAll) -> Wanted:
    """Who is bound to what now.

    Args:
        commands: Bindings by command.
        aliases: What atoms say of themselves.
        find_all: Names by scope and pattern, as `Port.find_all`.
    """
    found = Wanted(frozenset(commands))
    for binding in found.commands:
        try:
            by_command(binding, find_all, found)
        except NodeError as error:
            found.wrong[f"{binding.atom}: {binding}"] = str(error)
    for alias in aliases:
        if alias.scope not in SCOPES:
            continue
        if len(found.ways) + len(found.gates) >= BINDINGS:
            found.wrong[alias.atom] = f"there are more than {BINDINGS} bindings"
            break
        try:
            binding = binding_of(SCOPES[alias.scope], alias.text, alias.atom)
        except InvalidTopic as error:
            found.wrong[f"{alias.atom}: {alias.text}"] = str(error)
            continue
        if alias.scope == IN:
            found.ways[binding, alias.atom] = None
        elif alias.scope == OUT:
            found.gates.setdefault(alias.atom, {})[binding] = None
    return found


def by_command(binding: Binding, find_all: FindAll, found: Wanted) -> None:
    """Adds whom a binding by command means."""
    scope, colon, alias = binding.atom.partition(":")
    exact = is_global(binding.atom) or LOCAL.fullmatch(binding.atom) is not None
    if binding.direction == "in" and exact:
        # Also while there is none such: what comes waits for it.
        found.ways[binding, binding.atom] = None
        return
    if exact:
        atoms = find_all("", re.escape(binding.atom))
    elif colon and LOCAL.fullmatch(scope):
        atoms = find_all(scope, re.escape(alias))
    else:
        atoms = find_all("", binding.atom)
    for atom in atoms:
        if binding.direction == "in":
            found.ways[binding, atom] = None
        else:
            found.gates.setdefault(atom, {})[binding] = None
