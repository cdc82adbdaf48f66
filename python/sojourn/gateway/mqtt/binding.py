"""A binding: a filter and the atoms that get what it fits, or may publish where it fits.

As a text it is `FILTER` and then options, each after a semicolon: `sensors/+/temp;qos=1;drop=newest;keep=100`. Atoms
have them as aliases of the scopes `mqtt.in` and `mqtt.out`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from sojourn.gateway.mqtt.error import InvalidTopic
from sojourn.gateway.mqtt.limit import KEEP, MOST_KEEP
from sojourn.gateway.mqtt.topic import SHARE, check_filter

if TYPE_CHECKING:
    from sojourn.gateway.mqtt.backlog import Drop

Direction: TypeAlias = Literal["in", "out"]
IN, OUT = "mqtt.in", "mqtt.out"
SCOPES: dict[str, Direction] = {IN: "in", OUT: "out"}
HINT = "as `sensors/+/temp;qos=1;group=NAME;drop=newest;keep=100;reply`"
MOST_QOS = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """See above.

    Attributes:
        direction: `in`: the atom gets what the filter fits; `out`: it may publish there.
        pattern: The filter.
        atom: Its name, `scope:alias`, or a pattern of names.
        qos: The most of what comes; what is published has it.
        group: Atoms (and gateways) of one group share what comes: each message goes to one of them. Empty: to all.
        drop: What goes when too much waits.
        keep: How many messages may wait.
        reply: The broker is told that a message was taken only when the atom has answered it.
    """

    direction: Direction
    pattern: str
    atom: str
    qos: int = 0
    group: str = ""
    drop: Drop = "oldest"
    keep: int = KEEP
    reply: bool = False

    def __str__(self) -> str:
        return text_of(self)


def binding_of(direction: Direction, text: str, atom: str) -> Binding:
    """A binding of its text.

    Raises:
        InvalidTopic: It is none, and why.
    """
    pattern, *options = text.split(";")
    binding = Binding(direction, pattern, atom)
    for option in options:
        binding = with_option(binding, option)
    return checked(binding)


def with_option(binding: Binding, option: str) -> Binding:
    """The binding with one more option.

    Raises:
        InvalidTopic: There is none such.
    """
    match option.strip().split("="):
        case ["qos", "0" | "1" | "2" as qos]:
            return replace(binding, qos=int(qos))
        case ["group", group]:
            return replace(binding, group=group)
        case ["drop", "oldest" | "newest" as drop]:
            return replace(binding, drop="oldest" if drop == "oldest" else "newest")
        case ["keep", number] if number.isascii() and number.isdigit() and len(number) <= len(str(MOST_KEEP)):
            return replace(binding, keep=int(number))
        case ["reply"]:
            return replace(binding, reply=True)
        case _:
            raise InvalidTopic(f"{option!r} is no option of a binding", HINT)


def checked(binding: Binding) -> Binding:
    """The binding, all of which can be.

    Raises:
        InvalidTopic: It can not, and why.
    """
    check_filter(binding.pattern)
    if ";" in binding.pattern or "\n" in binding.pattern:
        raise InvalidTopic(f"the filter {binding.pattern!r} has a semicolon or a line break", HINT)
    if binding.pattern.startswith(SHARE):
        raise InvalidTopic(f"the filter {binding.pattern!r} is shared", "give the group as an option: `;group=NAME`")
    if set(binding.group) & set("/+#;\0") or binding.keep > MOST_KEEP or not 0 <= binding.qos <= MOST_QOS:
        raise InvalidTopic(f"the options of {binding.pattern!r} cannot be", HINT)
    if not binding.atom:
        raise InvalidTopic(f"the filter {binding.pattern!r} is bound to no atom")
    return binding


def text_of(binding: Binding) -> str:
    """A binding as a text; what is usual is left out."""
    usual = Binding(binding.direction, binding.pattern, binding.atom)
    parts = [binding.pattern]
    parts += [
        f"{name}={getattr(binding, name)}"
        for name in ("qos", "group", "drop", "keep")
        if getattr(binding, name) != getattr(usual, name)
    ]
    return ";".join([*parts, *(["reply"] if binding.reply else [])])
